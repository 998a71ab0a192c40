"""Node types: the palette."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import get

from designer.api.given import Language, Loom
from designer.api.shapes import Listed, raw
from engine.catalogue import text
from engine.node.types import NodeType


@dataclass(frozen=True, slots=True)
class NodeShown:
    """``params`` is a JSON Schema; ``starts`` says how a trigger is fed, ``promise`` what happens to a call that a crash cut short."""

    use: str
    name: str
    version: int
    family: str
    kind: str
    label: str
    help: str
    icon: str
    starts: str | None
    promise: str | None
    params: Any
    outputs: Sequence[str]
    examples: Any


@get("/nodes", opt={"permission": "node.read"})
async def list_nodes(orderloom: Loom, language: Language) -> Listed[NodeShown]:
    """All installed node types, plugins too, in the reader's language."""
    return Listed([_shown(node, language) for node in orderloom.registry])


def _shown(node: NodeType, language: str) -> NodeShown:
    return NodeShown(
        use=node.use,
        name=node.name,
        version=node.version,
        family=node.family,
        kind=node.kind,
        label=text(node.label, language),
        help=text(node.help, language),
        icon=node.icon,
        starts=node.starts,
        promise=node.promise if node.is_effect else None,
        params=raw(node.params_schema),
        outputs=list(node.ports),
        examples=raw([_example(example) for example in node.examples]),
    )


def _example(example: Any) -> dict[str, Any]:
    return {"title": example.title, "params": example.params, "input": example.input, "output": example.output}


routes = [list_nodes]
