"""The stages of an order's path, by the types of nodes that end them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from engine.node.types import NodeType

Stage = Literal["source", "accepted", "canonical", "checked", "handed", "wms", "finance", "shipped"]
STAGES: Final[tuple[Stage, ...]] = ("source", "accepted", "canonical", "checked", "handed", "wms", "finance", "shipped")
Timed = Literal["canonical", "wms", "finance", "shipped"]
TIMED: Final[tuple[Timed, ...]] = ("canonical", "wms", "finance", "shipped")
"""Stages that an order is expected to reach within a time."""
_BY_TYPE: Final[Mapping[str, Stage]] = {
    "connector.to_hub": "canonical",
    "connector.to_wms": "wms",
    "connector.to_finance": "finance",
    "connector.hold_order": "checked",
    "task.approve": "checked",
    "task.form": "checked",
    "flow.sub_flow": "handed",
}
_SHIPPED: Final = "_shipped"
"""How the nodes are called that tell a channel what was shipped."""


def stage_of(node_type: NodeType) -> Stage | None:
    """The stage that an order has reached once a node is done; ``None`` for one that ends none."""
    if node_type.is_trigger:
        return "source"
    if node_type.name.endswith(_SHIPPED):
        return "shipped"
    return _BY_TYPE.get(node_type.name)
