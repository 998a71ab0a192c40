"""The JSON Schema (2020-12) of the flow format, generated from the models. ``flows/flow.schema.json`` is a copy of it."""

from __future__ import annotations

import json
from typing import Any, Final

from engine.flow.document import Flow
from engine.node.durations import WithDurations

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def flow_schema() -> dict[str, Any]:
    """The schema as JSON values. Parameters of nodes are open in it: each node type has a schema of its own."""
    schema = Flow.model_json_schema(by_alias=True, schema_generator=WithDurations, mode="validation")
    return {"$schema": DIALECT, "title": "Orderloom flow", **{name: value for name, value in schema.items() if name != "title"}}


def schema_text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(flow_schema(), ensure_ascii=False, indent=2) + "\n"
