"""The one canonical form of a flow document: fixed order of keys, a line a node and a wire, made for ``git diff``."""

from __future__ import annotations

from typing import Any

from engine.flow.document import Flow
from engine.json_text import write_json

WIDTH = 110
_OPEN = ("nodes", "wires", "tests")
_KEEP_EMPTY = ("nodes", "wires", "tests", "layout")


def write_flow(flow: Flow) -> str:
    """The text of the document; reading and writing it again changes nothing."""
    return _lines(plain(flow), 0, path=()) + "\n"


def plain(flow: Flow) -> dict[str, Any]:
    """The document as JSON values in canonical order, without what is empty or default."""
    data = flow.model_dump(mode="python", by_alias=True, exclude_none=True, exclude_unset=True)
    data["format"] = flow.format
    data["layout"] = dict(sorted(flow.layout.items()))
    ordered = {name: data[name] for name in _names() if name in data and (data[name] or name in _KEEP_EMPTY)}
    ordered["nodes"] = {slug: _node(node) for slug, node in ordered["nodes"].items()}
    for name in ("wires", "tests"):
        ordered.setdefault(name, [])
    return {name: ordered[name] for name in _names() if name in ordered}


def _names() -> list[str]:
    return [field.alias or name for name, field in Flow.model_fields.items()]


def _node(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name == "use" or (value and name != "disabled") or value is True}


def _lines(value: Any, indent: int, path: tuple[str, ...]) -> str:
    if not isinstance(value, (dict, list)) or not value:
        return _inline(value)
    if path and not (len(path) == 1 and path[0] in _OPEN):
        flat = _inline(value)
        if indent + len(flat) + len(path[-1]) + 4 <= WIDTH:
            return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        rows = [f"{pad}{_inline(str(key))}: {_lines(child, indent + 2, (*path, str(key)))}" for key, child in value.items()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    rows = [pad + _lines(child, indent + 2, (*path, "")) for child in value]  # pyright: ignore[reportUnknownVariableType]
    return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_inline(str(key))}: {_inline(child)}" for key, child in value.items()) + "}"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return "[" + ", ".join(_inline(child) for child in value) + "]"  # pyright: ignore[reportUnknownVariableType]
    return write_json(value).decode()
