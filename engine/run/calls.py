"""Calls of other flows, as live effects see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from engine.errors import NodeError, Problem
from engine.node.items import Item
from engine.run.plan import Plan
from engine.store.ports import Event

MOST_DEEP: Final = 8
"""Calls inside of calls (rule R13)."""
FindPlan = Callable[[str], Plan | None]
"""The plan of a flow by its name: the published one, or that of a file beside."""


def no_flows(name: str) -> Plan | None:
    """Where there are no other flows."""
    del name
    return None


class Ended(msgspec.Struct, frozen=True):
    """How a call ended: the ``items`` of its answer, or why there are none; ``run``: the id of the run that was called."""

    items: Sequence[Item] = ()
    failed: Problem | None = None
    run: int | None = None

    def answer(self) -> dict[str, Any]:
        """As the journal keeps it, and the node gets it."""
        return {"items": list(self.items), "run": str(self.run)}

    def entry(self) -> dict[str, Any]:
        """What the result adds to its entry in the journal."""
        if self.failed is None:
            return {"ok": self.answer()}
        return {"failed": {"code": self.failed.code, "where": list(self.failed.where), "fields": dict(self.failed.fields)}}


class Calls(Protocol):
    """Begins the runs of other flows."""

    def newest(self, flow: str) -> int:
        """The published version of a flow. Raises ``NodeError`` (``call.unknown_flow``)."""
        ...

    async def begin(self, parent: Event, effect: str, version: int, content: Mapping[str, Any]) -> Ended | None:
        """Once for each effect, however often it is asked. ``None``: it is under way, and its answer comes later.

        ``content``: ``flow``, ``items``, and the ``channel`` and ``shop_id`` of the order.

        Raises ``OrderloomError`` where it cannot be made.
        """
        ...


class NoCalls:
    """Where there are no other flows."""

    def newest(self, flow: str) -> int:
        raise NodeError("call.unknown_flow", flow=flow)

    async def begin(self, parent: Event, effect: str, version: int, content: Mapping[str, Any]) -> Ended | None:
        del parent, effect, version
        raise NodeError("call.unknown_flow", flow=content["flow"])


NO_CALLS = NoCalls()
