"""The templates for holding, merging, splitting, gifts, couriers, remarks, interception and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from engine.cli.program import run
from engine.flow.reader import read_flow
from engine.flow.writer import write_flow
from engine.json_text import read_json
from engine.registry import installed
from engine.run.tests import run_tests

from .test_our_flows import FLOWS, load, with_params

NAMES = (
    "courier_choice",
    "gift_over_threshold",
    "hold_high_value_or_risk",
    "hold_incomplete_address",
    "merge_same_buyer",
    "refund_after_release",
    "split_by_warehouse",
    "three_failures_to_wechat_work",
    "time_check",
    "urgent_and_fragile_remarks",
)
Sent = Sequence[tuple[str, Any]]


def test_the_files_are_sound_and_their_tests_green(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(FLOWS / f"{name}.json") for name in NAMES]
    assert run(["check", *files]) == 0
    assert run(["test", *files]) == 0
    assert "0 failed" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_template_speaks_both_languages_and_is_drawn_and_written_as_the_others(name: str) -> None:
    flow = load(name)
    assert all(set(title or {}) == {"en", "zh"} for title in (flow.title, flow.description, *(node.title for node in flow.nodes.values())))
    assert len(set(flow.layout.values())) == len(flow.nodes) == len(flow.layout)
    assert write_flow(flow) == (FLOWS / f"{name}.json").read_text()
    assert "## 中文" in (FLOWS / name / "README.md").read_text()


@pytest.mark.parametrize(
    ("name", "slug", "params"),
    [
        ("courier_choice", "courier", {"couriers": [{"code": "YTO"}]}),
        ("gift_over_threshold", "gifts", {"campaigns": [{"name": "january_300", "sku": "GIFT-TOWEL"}]}),
        ("hold_high_value_or_risk", "risks", {"rows": [{"when": "true"}]}),
        ("hold_incomplete_address", "missing", {"rows": [{"when": "false"}]}),
        ("merge_same_buyer", "merge", {"max_grams": 1}),
        ("refund_after_release", "stop", {"cases": [{"when": "false"}]}),
        ("split_by_warehouse", "split", {"otherwise": "SZ"}),
        ("three_failures_to_wechat_work", "which", {"cases": [{"when": "true"}]}),
        ("time_check", "ahead", {"when": "true"}),
        ("urgent_and_fragile_remarks", "remarks", {"remarks": [{"tag": "urgent", "words": ["急"]}]}),
    ],
)
async def test_a_rule_of_a_template_that_is_broken_turns_a_test_red(name: str, slug: str, params: dict[str, Any]) -> None:
    results = await run_tests(with_params(load(name), slug, **params), installed())
    assert not all(result.green for result in results)


def sent(name: str, out: Path, trigger: str = "own_shop", sample: str = "sample.json") -> Sent:
    """What the sample of a template sends, by node."""
    files = ["--input", str(FLOWS / name / sample), "--output", str(out)]
    assert run(["run", str(FLOWS / f"{name}.json"), "--trigger", trigger, *files]) == 0
    lines = [read_json(line) for line in out.read_bytes().splitlines()]
    return [(line["node"], line["request"].get("body")) for line in lines if line["kind"] == "effect"]


@pytest.mark.parametrize(
    ("name", "trigger", "nodes"),
    [
        ("hold_high_value_or_risk", "own_shop", {"hub", "to_wms", "hold_risk", "tell_risk"}),
        ("hold_incomplete_address", "own_shop", {"hub", "to_wms", "hold_address", "tell_service"}),
        ("merge_same_buyer", "own_shop", {"hub", "wait", "to_wms"}),
        ("split_by_warehouse", "own_shop", {"hub", "to_shenzhen", "to_hangzhou"}),
        ("gift_over_threshold", "own_shop", {"hub", "to_wms"}),
        ("courier_choice", "own_shop", {"hub", "to_wms", "tell_team", "hold_order"}),
        ("urgent_and_fragile_remarks", "own_shop", {"hub", "to_wms", "tell_team", "hold_doubtful"}),
        ("refund_after_release", "own_shop", {"hub", "to_wms", "intercept", "tell_floor", "caught"}),
        ("three_failures_to_wechat_work", "alarm", {"tell", "tell_over"}),
        ("time_check", "own_shop", {"hub", "to_wms"}),
    ],
)
def test_the_sample_shows_what_the_template_does(name: str, trigger: str, nodes: set[str], tmp_path: Path) -> None:
    assert nodes <= {node for node, _ in sent(name, tmp_path / "out.jsonl", trigger)}


def test_what_is_split_costs_what_it_cost(tmp_path: Path) -> None:
    bodies = [body for node, body in sent("split_by_warehouse", tmp_path / "out.jsonl") if node.startswith("to_")]
    assert {body["channel_order_id"]: body["amount"]["paid"] for body in bodies} == {
        "OWN-0001-1": "42.00",
        "OWN-0001-2": "63.01",
        "OWN-0002": "20.00",
    }


@pytest.mark.parametrize("name", [name for name in NAMES if name != "three_failures_to_wechat_work"])
def test_nobody_is_told_a_telephone_number_or_an_address(name: str, tmp_path: Path) -> None:
    told = str([body for node, body in sent(name, tmp_path / "out.jsonl") if node.startswith("tell")])
    assert "19900000505" not in told
    assert "示例大道" not in told


def test_a_template_is_read_as_any_flow() -> None:
    assert {read_flow((FLOWS / f"{name}.json").read_bytes()).name for name in NAMES} == set(NAMES)
