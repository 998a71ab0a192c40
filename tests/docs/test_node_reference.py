"""The reference of the built-in nodes."""

from __future__ import annotations

from tests.docs.node_reference import PAGE, page


def test_the_reference_says_what_the_nodes_declare() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.docs.node_reference"
