"""Where the flow layer looks node types up, without knowing how they were found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.node.types import NodeType


class NodeTypes(Protocol):
    """Node types by ``name@version``; the registry is the real one."""

    def find(self, use: str) -> NodeType | None: ...
    def get(self, use: str) -> NodeType: ...
    def versions(self, name: str) -> Mapping[int, NodeType]: ...
    def names(self) -> list[str]: ...
