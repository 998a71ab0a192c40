"""Every flow that comes along has tests that need each of its wires, samples that it runs on, and a README and titles in both languages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flows.folders import gaps, names

ROOT = Path(__file__).parents[2]
TEMPLATES = {
    "order_hub", "hold_high_value_or_risk", "hold_incomplete_address", "merge_same_buyer", "split_by_warehouse", "gift_over_threshold",
    "courier_choice", "urgent_and_fragile_remarks", "three_failures_to_wechat_work", "time_check", "unshipped_past_promise",
    "refund_after_release", "daily_reconciliation", "low_stock", "stuck_orders",
}  # fmt: skip
BESIDES = {
    "book_parcel", "follow_parcels", "hold_doubtful_orders", "orders_from_files", "retail_import", "send_waybills", "ship_parcels",
}  # fmt: skip
NAME = "urgent_and_fragile_remarks"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all flows, as the working folder."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_fifteen_templates_are_there_and_seven_flows_besides() -> None:
    assert (len(TEMPLATES), len(BESIDES)) == (15, 7)
    assert set(names(ROOT)) == TEMPLATES | BESIDES


@pytest.mark.parametrize("name", names(ROOT))
def test_a_flow_has_tests_samples_and_both_languages(name: str, root: Path) -> None:
    assert gaps(root, name) == []


def _document(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def damage(flows: Path) -> None:
        path = flows / f"{NAME}.json"
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), "utf-8")

    return damage


def _text(file: str, pattern: str, into: str) -> Callable[[Path], object]:
    return lambda flows: (flows / file).write_text(re.sub(pattern, into, (flows / file).read_text("utf-8")), "utf-8")


def _write(file: str, text: str) -> Callable[[Path], object]:
    return lambda flows: (flows / file).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda flows: shutil.rmtree(flows / NAME), "no README"),
        (lambda flows: (flows / NAME / "sample.json").unlink(), "no sample that it is run on"),
        (_write(f"{NAME}/other.json", "{}"), "other.json: not in the README"),
        (_write(f"{NAME}/sample.json", '[{"data": {}}]'), "parked"),
        (_write(f"{NAME}/sample.json", "[]"), "nothing came"),
        (_text(f"{NAME}/README.md", "orderloom run", "orderloom show"), "no sample that it is run on"),
        (_text(f"{NAME}/README.md", "orderloom test", "orderloom show"), "no command that tests it"),
        (_text(f"{NAME}/README.md", "(?s)## 中文.*", ""), "English words, "),
        (_text(f"{NAME}/README.md", ": 加急与易碎备注", ""), "heading"),
        (_text(f"{NAME}/README.md", "[A-Za-z]+ ", ""), "English words"),
        (_text("README.md", NAME, "another"), "not listed"),
        (_document(lambda flow: flow["title"].pop("zh")), "title: not in both languages"),
        (_document(lambda flow: flow["description"].update(zh="Only English")), "description: not in both languages"),
        (_document(lambda flow: flow["nodes"]["hub"].pop("title")), "hub: not in both languages"),
        (_document(lambda flow: flow.update(tests=flow["tests"][:1])), "1 tests"),
        (_document(lambda flow: flow["tests"].pop()), "no test needs"),
        (_document(lambda flow: flow["nodes"]["remarks"].update(params={"remarks": [{"tag": "urgent", "words": ["急"]}]})), "red: "),
        (_document(lambda flow: flow["wires"].pop()), "route_without_wire"),
    ],
)
def test_a_flow_that_lacks_something_is_named(damage: Callable[[Path], object], told: str, root: Path) -> None:
    damage(root / "flows")
    assert any(told in gap for gap in gaps(root, NAME))
