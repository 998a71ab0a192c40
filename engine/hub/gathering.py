"""Ends holds for merging whose time is over: the order goes on, and takes along those that wait for the same receiver."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.json_text import read_kept, write_json
from engine.order import MERGE_WAIT, apart, parcel_key
from engine.run.facts import decision_number
from engine.run.wakes import woken
from engine.store.ports import Event, Fact, Hold, HoldClosing, HoldEnd, HoldFilter, NewHold, Store, Wait

MOST: Final = 50
"""Orders that one may take along."""
MOST_BYTES: Final = 900_000
"""Of all that is taken along: it is one fact of a run (rule R13)."""
TRIES: Final = 20
_SHARED: Final = ("merged", "led")
_ENDED: Final = ("cancelling", "cancelled", "done", "failed")


class Gathering:
    """One after the other, so that of two orders that are due together one takes the other along.

    All that a parcel brings about is one transaction: the leading order learns of the others, and each of those that it goes along.
    """

    def __init__(self, store: Store, resumed: Callable[[Event], None], now: Callable[[], datetime]) -> None:
        self._store, self._resumed, self._now = store, resumed, now
        self._lock = asyncio.Lock()
        self._keys: dict[str, dict[int, bytes | None]] = {}

    async def end(self, wait: Wait) -> None:
        """Raises ``Conflict`` (``wait.closed``) where something was quicker."""
        async with self._lock:
            for _ in range(TRIES):
                hold = await self._store.hold(wait.id)
                if hold.state != "open":
                    raise Conflict(Problem("wait.closed", fields={"state": hold.state}))
                try:
                    going_on = await self._close(await self._closings(hold))
                except Conflict:  # one of them is gone, or its journal has moved on: look again
                    continue
                break
            else:
                raise OrderloomError(Problem("store.already_kept"))
        for run_id in going_on:
            self._resumed(await self._store.event(run_id))

    async def _close(self, closings: Sequence[HoldClosing]) -> list[int]:
        """The runs that go on."""
        at = self._now()
        if len(closings) > 1:
            await self._store.close_holds(closings, at)
            return [one.fact.event_id for one in closings]
        (only,) = closings
        return [only.fact.event_id] if await self._store.close_hold(only.hold_id, at, only.how, only.fact) else []

    async def _closings(self, hold: Hold) -> list[HoldClosing]:
        order = await self._order(hold)
        if order is None and any(one.id == hold.id for one in await self._store.overtaken_holds()):
            return [await self._closing(hold, "superseded")]
        if await self._went_before(hold):
            return [await self._closing(hold, "due", {"orders": [], "in_parcel": True})]
        along = [] if order is None or apart(order) else await self._companions(hold, order)
        body = {"orders": [other for _, other in along], "in_parcel": False}
        told = [await self._closing(one, "merged", _named(hold.order)) for one, _ in along]
        return [await self._closing(hold, "led" if along else "due", body), *told]

    async def _companions(self, hold: Hold, order: Mapping[str, Any]) -> list[tuple[Hold, dict[str, Any]]]:
        """Those that wait at the same step, oldest first, each once."""
        key, size = self._digest(order), 0
        along: list[tuple[Hold, dict[str, Any]]] = []
        for other in sorted(await self._waiting(hold), key=lambda one: one.id):
            if len(along) >= MOST or not hmac.compare_digest(await self._key(other) or b"", key):
                continue
            found = await self._order(other)
            if found is None or await self._went_before(other) or (await self._store.run(other.run_id)).state in _ENDED:
                continue
            size += len(write_json(found))
            if size > MOST_BYTES:
                break
            along.append((other, found))
        return along

    async def _waiting(self, hold: Hold) -> list[Hold]:
        """Others that are held for merging in the same shop, flow and step; of an order that waits twice, the one that came last."""
        found: list[Hold] = []
        cursor: str | None = None
        where = HoldFilter(reason=MERGE_WAIT, channel=hold.order.channel)
        while True:
            page = await self._store.holds(where, limit=500, cursor=cursor)
            found += page.items
            if (cursor := page.next) is None:
                break
        known = self._keys.get(hold.order.channel, {})
        self._keys[hold.order.channel] = {one.id: known[one.id] for one in found if one.id in known}
        place = (hold.flow, hold.step, hold.order.shop_id)
        near = [one for one in found if (one.flow, one.step, one.order.shop_id) == place and _name(one) != _name(hold)]
        return list({_name(one): one for one in sorted(near, key=lambda one: one.id)}.values())

    async def _key(self, hold: Hold) -> bytes | None:
        """Kept as a digest for as long as the hold is open; ``None`` for an order that goes alone."""
        known = self._keys.setdefault(hold.order.channel, {})
        if hold.id not in known:
            order = await self._order(hold)
            known[hold.id] = None if order is None or apart(order) else self._digest(order)
        return known[hold.id]

    def _digest(self, order: Mapping[str, Any]) -> bytes:
        return hmac.digest(self._store.subject_key(), parcel_key(order), sha256)

    async def _order(self, hold: Hold) -> dict[str, Any] | None:
        """As the hub keeps it; ``None`` where it does not keep this version, or no longer."""
        try:
            kept = await self._store.order(*_name(hold))
        except NotFound:
            return None
        return cast("dict[str, Any]", read_kept(kept.body)) if kept.body and kept.version == hold.order.version else None

    async def _went_before(self, hold: Hold) -> bool:
        """Whether an earlier version of the order shares a parcel already."""
        earlier = await self._store.holds(HoldFilter("done", MERGE_WAIT, order=_name(hold)), limit=500)
        return any(one.ended_how in _SHARED and one.flow == hold.flow for one in earlier.items)

    async def _closing(self, hold: Hold, how: HoldEnd, body: Any = None) -> HoldClosing:
        wait, at = await self._store.wait(hold.id), self._now()
        said = {"led": "due"}.get(how, how)
        entry = {"id": wait.effect, "digest": wait.digest, "step": wait.step, "key": wait.item_key, "at": at}
        content = write_json({"results": [{**entry, "ok": woken(said, at, "system", body)}]})
        number = decision_number(await self._store.facts(hold.run_id))
        return HoldClosing(hold.id, how, Fact(hold.run_id, number, "results", content, "system", at))


def _name(hold: Hold) -> tuple[str, str, str]:
    return hold.order.channel, hold.order.shop_id, hold.order.channel_order_id


def _named(order: NewHold) -> dict[str, str]:
    return {name: getattr(order, name) for name in ("channel", "shop_id", "channel_order_id", "version")}
