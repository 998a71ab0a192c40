"""The promises that every node makes, and the texts that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from orderloom_courier_express.nodes.label import courier_label
from orderloom_courier_express.nodes.tracking import courier_tracking

from engine.sdk import NodeType
from engine.testing import check_nodes
from engine.testing.form import texts_of

NODES = pytest.mark.parametrize("node_type", [courier_label, courier_tracking], ids=["label", "tracking"])
LOCALES = Path(__file__).parents[1] / "orderloom_courier_express" / "locales"


def sentences(language: str) -> dict[tuple[str | None, str], str]:
    with (LOCALES / language / "courier.po").open("rb") as file:
        return {(entry.context, str(entry.id)): str(entry.string) for entry in read_po(file, locale=language) if entry.id}


def test_the_nodes_keep_the_promises_of_every_node() -> None:
    check_nodes([courier_label, courier_tracking])


@NODES
def test_every_text_of_a_node_has_a_chinese_one(node_type: NodeType) -> None:
    known = sentences("zh")
    assert [text for text in texts_of(node_type) if text != "out" and not known.get((None, text))] == []


def test_every_problem_is_explained_in_both_languages() -> None:
    codes = {code for context, code in sentences("en") if context == "problem"}
    assert codes == {code for context, code in sentences("zh") if context == "problem"}


def test_a_repeated_label_does_no_harm_so_that_nobody_has_to_be_asked() -> None:
    assert courier_label.promise == "idempotent"


def test_the_package_uses_the_sdk_and_nothing_else_of_the_engine() -> None:
    sources = [file.read_text(encoding="utf-8") for file in LOCALES.parent.rglob("*.py")]
    assert set(re.findall(r"^(?:from|import) (engine[.\w]*)", "\n".join(sources), re.MULTILINE)) == {"engine.sdk"}
