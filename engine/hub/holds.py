"""Orders that are held: a person releases them, and a newer version takes the place of the one that was held."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.store.ports import Hold, HoldEnd, Store, Wait

log = logging.getLogger("orderloom.holds")
MOST: Final = 500
"""Holds that are decided on at once."""
NEVER: Final = "unmapped_status"
"""A status that nobody knows never ships: it has to be mapped, or another version has to come."""


def may_ship(reasons: Collection[str]) -> bool:
    """Whether a person may release an order that is held for these reasons."""
    return NEVER not in reasons


class EndsWaits(Protocol):
    async def end(self, wait: Wait, how: str, by: str, body: Any = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Released:
    """``passed_over``: somebody was quicker, a newer version has come, or the order must not be released at all."""

    released: int
    passed_over: int


class Holds:
    def __init__(self, store: Store, waits: EndsWaits) -> None:
        self._store, self._waits = store, waits

    async def release(self, hold_id: int, actor: str) -> Hold:
        """Its run goes on. Returns the hold as it was.

        Raises ``NotFound`` (``hold.unknown``), or ``Conflict``: ``hold.closed``, ``hold.superseded`` where a newer version has come,
        ``hold.status_unknown``.
        """
        hold = await self._store.hold(hold_id)
        number = hold.order.channel_order_id
        if hold.state != "open":
            raise Conflict(Problem("hold.closed", (number,), {"number": number}))
        if any(one.id == hold_id for one in await self._store.overtaken_holds()):
            await self._end(hold, "superseded", "system")
            raise Conflict(Problem("hold.superseded", (number,), {"number": number}))
        if not may_ship(hold.order.reasons):
            raise Conflict(Problem("hold.status_unknown", (number,), {"number": number}))
        try:
            await self._end(hold, "released", actor)
        except Conflict:
            raise Conflict(Problem("hold.closed", (number,), {"number": number})) from None
        detail = {"reasons": ", ".join(hold.order.reasons), "version": hold.order.version, "run": str(hold.run_id)}
        await self._store.audit(actor, "order.release", f"order:{hold.order.channel}/{hold.order.shop_id}/{number}", detail)
        return hold

    async def release_many(self, hold_ids: Sequence[int], actor: str) -> Released:
        """One after the other, at most ``MOST``, each for itself."""
        released = 0
        chosen = list(dict.fromkeys(hold_ids))[:MOST]
        for hold_id in chosen:
            try:
                await self.release(hold_id, actor)
            except (Conflict, NotFound) as error:
                log.info("not released", extra={"hold": str(hold_id), "code": error.problems[0].code})
            else:
                released += 1
        return Released(released, len(chosen) - released)

    async def end_overtaken(self) -> int:
        """Let runs go on whose order has come in a newer version. How many there were."""
        count = 0
        for hold in await self._store.overtaken_holds():
            try:
                await self._end(hold, "superseded", "system")
            except OrderloomError as error:  # somebody was quicker, or it cannot be now: it is looked at again
                log.info("hold not ended", extra={"run": str(hold.run_id), "code": error.problems[0].code})
            else:
                count += 1
        return count

    async def _end(self, hold: Hold, how: HoldEnd, actor: str) -> None:
        await self._waits.end(await self._store.wait(hold.id), how, actor)
