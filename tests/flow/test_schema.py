from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from engine.flow.schema import flow_schema, schema_text

FLOWS = Path(__file__).parents[2] / "flows"


def test_the_schema_file_is_current() -> None:
    assert (FLOWS / "flow.schema.json").read_text(encoding="utf-8") == schema_text(), "write engine.flow.schema.schema_text() to the file"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(flow_schema())


@pytest.mark.parametrize("name", ["order_hub", "retail_import"])
def test_our_flows_fit_the_schema(name) -> None:
    Draft202012Validator(flow_schema()).validate(json.loads((FLOWS / f"{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "document",
    [
        {"format": 1, "name": "x"},
        {"format": 2, "name": "x", "nodes": {}},
        {"format": 1, "name": "x", "nodes": {"a": {"use": "rule.condition"}}},
        {"format": 1, "name": "x", "nodes": {}, "wires": ["a->b"]},
        {"format": 1, "name": "x", "nodes": {}, "colour": "red"},
        {"format": 1, "name": "x", "nodes": {"a": {"use": "rule.condition@1", "policy": {"timeout": "soon"}}}},
    ],
)
def test_other_documents_do_not(document) -> None:
    assert not Draft202012Validator(flow_schema()).is_valid(document)
