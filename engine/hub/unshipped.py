"""Orders that should have been shipped by now, or soon: by the platform's promise, else so many hours after they were made. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from engine.order import instant, utc_text
from engine.store.order_records import Unshipped
from engine.store.ports import Store

MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Promise:
    """``hours``: of a channel that promises no time of its own, from when the order was made; ``ahead``: how long before that it counts."""

    hours: int
    ahead: timedelta = timedelta()


def late_among(orders: Sequence[Unshipped], promise: Promise, now: datetime) -> list[dict[str, Any]]:
    """``{channel, shop_id, channel_order_id, status, ship_by_at, promised, hours_late}``, the latest first.

    ``promised``: whether the channel said the time itself; ``hours_late``: whole hours, negative while there is time left.
    """
    found = [(due, one) for one in orders if (due := due_at(one, promise)) is not None and due - promise.ahead <= now]
    return [_row(one, due, now) for due, one in sorted(found, key=lambda pair: (pair[0], pair[1].channel_order_id))]


def due_at(one: Unshipped, promise: Promise) -> datetime | None:
    if one.ship_by_at:
        return instant(one.ship_by_at)
    made = instant(one.created_at) if one.created_at else None
    return None if made is None else made + timedelta(hours=promise.hours)


class ShipBy:
    """The hub's orders that are not shipped in time."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def late(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{channel?, hours, minutes_ahead?}`` to ``{at, found, rows}`` (see ``late_among``), at most ``MOST`` of ``found``."""
        now, promise = self._now(), Promise(int(asked["hours"]), timedelta(minutes=int(asked.get("minutes_ahead") or 0)))
        ends = now + promise.ahead
        kept = await self._store.unshipped(ends, ends - timedelta(hours=promise.hours), asked.get("channel") or None)
        rows = late_among(kept, promise, now)
        return {"at": utc_text(now), "found": len(rows), "rows": rows[:MOST]}


def _row(one: Unshipped, due: datetime, now: datetime) -> dict[str, Any]:
    order = {"channel": one.channel, "shop_id": one.shop_id, "channel_order_id": one.channel_order_id, "status": one.status}
    late = int((now - due).total_seconds() // 3600)
    return {**order, "ship_by_at": utc_text(due), "promised": bool(one.ship_by_at), "hours_late": late}
