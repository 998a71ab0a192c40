"""An order's path as data: stations, the hand-overs between them, and where it breaks off by its build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.path.stages import Stage

Way = Literal["webhook", "polling", "database", "file", "queue", "schedule", "manual", "call"]
GapCode = Literal["path.no_target", "path.no_wms", "path.no_finance", "path.not_told_shipped", "path.unused_channel"]
Place = tuple[str, str]
"""A flow and a node in it."""


@dataclass(frozen=True, slots=True)
class Station:
    """A system, a flow or a person that an order is with. ``name``: of the connection, the flow or the node.

    ``titles``: what people call it, by language, where its flow says so; ``places``: the nodes that make it up; ``way``: how orders come
    in; ``system``: the type of the connection.
    """

    id: str
    stage: Stage
    name: str
    places: tuple[Place, ...]
    titles: Mapping[str, str] | None = None
    connection: str | None = None
    system: str | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """From one station to the next."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the path breaks off as it is built; ``station``: after which one, if any."""

    code: GapCode
    fields: Mapping[str, Any]
    station: str | None = None


@dataclass(frozen=True, slots=True)
class OrderPath:
    """Stations in the order of their stages."""

    stations: Sequence[Station]
    hand_overs: Sequence[HandOver]
    gaps: Sequence[Gap]
