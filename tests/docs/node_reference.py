"""Writes ``docs/nodes.md``, the reference of the built-in nodes, from what the nodes declare: ``python -m tests.docs.node_reference``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final, cast

from engine.json_text import write_json
from engine.node.examples import Example
from engine.node.types import NodeType
from engine.registry import installed
from engine.testing import run_example

PAGE: Final = Path(__file__).parents[2] / "docs" / "nodes.md"
_HEAD: Final = """# The built-in nodes

Each node is called by name and version in a flow, such as `"use": "rule.condition@1"`. Plugins add more: [plugins.md](plugins.md).
Try a node on items of your own with `orderloom try`; effects are captured there and answered as in the node's first example.

This page is made from what the nodes declare: `python -m tests.docs.node_reference` writes it anew.
"""
_FAMILIES: Final = {
    "connector": "Connectors: triggers, and other systems",
    "transform": "Transforms: what an item looks like",
    "rule": "Rules: where an item goes",
    "notify": "Notifiers: telling people",
    "flow": "Flow control: when an item goes on",
    "task": "Tasks: asking people",
}
_STARTS: Final = {
    "hook": "a webhook",
    "file": "a file",
    "manual": "a person",
    "schedule": "its times",
    "incident": "an incident or a failure of another flow",
    "alarm": "alarms that begin or are over",
    "call": "another flow",
    "source": "what it fetches",
}
_KINDS: Final = {
    "item": "Pure; works on each item by itself.",
    "batch": "Pure; works on all items that reach it together.",
    "effect": "Reaches the outside for each item; calls are repeated as the node's policy says.",
    "batch_effect": "Reaches the outside once for all items; calls are repeated as the node's policy says.",
}


def page() -> str:
    """The whole page."""
    ours = [node_type for node_type in installed() if node_type.origin.startswith("nodes.")]
    parts = [_HEAD]
    for family, node_types in groupby(ours, key=lambda node_type: node_type.family):
        parts.append(f"## {_FAMILIES[family]}\n")
        parts.extend("\n".join(_node(node_type)) for node_type in node_types)
    return "\n".join(parts)


def _node(node_type: NodeType) -> Iterator[str]:
    yield f"### `{node_type.use}` {node_type.label}\n"
    yield node_type.help + "\n"
    yield f"Starts a flow by {_STARTS[node_type.starts]}." if node_type.starts else _KINDS[node_type.kind]
    if node_type.accepts != "any":
        yield f"Takes items of type `{node_type.accepts}`."
    yield f"Leaves by {', '.join(f'`{port.name}`' for port in node_type.outputs)}.\n"
    yield from _parameters(node_type.params_schema)
    yield from _shown_arrival(node_type) if node_type.is_trigger else _shown_call(node_type)


def _parameters(schema: Mapping[str, Any]) -> Iterator[str]:
    fields = cast("Mapping[str, Mapping[str, Any]]", schema.get("properties", {}))
    if not fields:
        return
    yield "| parameter | holds | default | |"
    yield "| --- | --- | --- | --- |"
    for name, field in fields.items():
        default = "required" if name in schema.get("required", ()) else _default(field)
        yield f"| `{name}` | {_holds(field, schema)} | {default} | {_cell(str(field.get('description', '')))} |"
    yield ""


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return "–" if value in (None, [], {}) else f"`{_cell(write_json(value).decode())}`"


def _holds(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a parameter holds, in words."""
    if "connectionTypes" in field:
        return f"connection ({', '.join(field['connectionTypes'])})"
    if "$ref" in field:
        return _referred(str(field["$ref"]).rpartition("/")[2])
    choices = [part for part in field.get("anyOf", ()) if part.get("type") != "null"]
    if choices:
        return " or ".join(dict.fromkeys(_holds(part, schema) for part in choices))
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    return _of_type(field, schema)


def _of_type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if field.get("type") == "array":
        return f"list: {_holds(field.get('items', {}), schema)}"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return f"map to {_holds(inner, schema)}" if isinstance(inner, dict) else "object"
    return str(field.get("format") or field.get("type") or "any value")


def _referred(model: str) -> str:
    return {"ConnectionRef": "connection", "SecretRef": "connection, for its secret"}.get(model, "object")


def _shown_arrival(node_type: NodeType) -> Iterator[str]:
    example = node_type.examples[0]
    params = f", with parameters `{_json(example.params)}`" if example.params else ""
    yield f"{example.title}{params}:\n"
    yield _fenced("json", "\n".join(_json(item) for item in example.input[:1]))


def _shown_call(node_type: NodeType) -> Iterator[str]:
    example = next((one for one in node_type.examples if _can_be_tried(node_type, one)), None)
    if example is None:
        return
    items = _json(list(example.input) if len(example.input) != 1 else example.input[0])
    params = f" --params {shlex.quote(_json(example.params))}" if example.params else ""
    command = f"$ echo {shlex.quote(items)} \\\n    | orderloom try {node_type.name}{params} --input -"
    lines = [_json({"port": port, "item": item}) for port, sent in example.output.items() for item in sent]
    yield f"{example.title}:\n"
    yield _fenced("console", "\n".join((command, *lines)))


def _can_be_tried(node_type: NodeType, example: Example) -> bool:
    """Whether ``orderloom try`` can show it: no event of its own, and answered as every call there is answered."""
    if example.problem or example.event or example.constants or "\\" in _json([*example.input, example.params]):
        return False
    ran = run_example(node_type, replace(example, answers=(), requests=()))
    return not ran.problems and ran.output == dict(example.output)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


def _json(value: Any) -> str:
    return write_json(value).decode()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
