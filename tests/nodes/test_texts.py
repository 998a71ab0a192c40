"""Every sentence of a built-in node is there in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.catalogue import PROBLEM, entries
from engine.node.types import NodeType
from engine.registry import installed
from engine.testing.form import texts_of

NODES = [node_type for node_type in installed() if node_type.origin.startswith("nodes.")]
SOURCE = Path(__file__).parents[2] / "nodes"
CODE = re.compile(r'NodeError\(\s*"([a-z_]+\.[a-z_]+)"')


@pytest.mark.parametrize("node_type", NODES, ids=lambda n: n.use)
def test_every_text_of_a_node_has_a_chinese_one(node_type: NodeType) -> None:
    known = entries("zh")
    assert [text for text in texts_of(node_type) if (None, text) not in known] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_that_a_node_raises_is_explained(language: str) -> None:
    known = entries(language)
    assert sorted(code for code in _codes() if (PROBLEM, code) not in known) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_problem_says_what_is_wrong_and_what_to_do(language: str) -> None:
    known = entries(language)
    assert [code for code in _codes() if len(known.get((PROBLEM, code), "\n").split("\n")) != 2] == []


def test_both_languages_name_the_same_fields_of_a_problem() -> None:
    en, zh = entries("en"), entries("zh")
    differing = [code for code in _codes() if _places(en.get((PROBLEM, code), "")) != _places(zh.get((PROBLEM, code), ""))]
    assert differing == []


def _codes() -> Iterator[str]:
    for file in sorted(SOURCE.rglob("*.py")):
        yield from CODE.findall(file.read_text())


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))
