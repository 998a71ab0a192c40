"""The reference of the built-in nodes."""

from __future__ import annotations

import re

from engine.node.durations import DURATION_PATTERN
from engine.registry import installed
from tests.docs.node_reference import PAGE, page


def test_the_reference_says_what_the_nodes_declare() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.docs.node_reference"


def test_defaults_of_durations_are_written_as_in_a_flow_document() -> None:
    fields = [field for node_type in installed() for field in node_type.params_schema.get("properties", {}).values()]
    defaults = [field["default"] for field in fields if field.get("format") == "duration-text" and "default" in field]
    assert defaults
    assert all(re.fullmatch(DURATION_PATTERN, default) for default in defaults)
