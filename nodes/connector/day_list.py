"""The orders of a day, read by the same windows of changes as a source reads: what was made on a day has changed since that day began.

No list by time of creation is asked for: Pinduoduo and many shops of one's own have none, and an order that such a list shows late is found
by its change as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Final

from engine.sdk import Asks, ConnectionRef, Day, DayList, Delivery, Item, Look, NodeError
from nodes.connector.windows import Rules

OVERLAP: Final = timedelta(minutes=1)
"""The windows of a day that is over lie close together: nothing shows up late in them any more."""
FARTHEST: Final = timedelta(days=89)
"""Platforms tell of changes of the last three months."""
MOST_LOOKS: Final = 50_000
Looking = Callable[[ConnectionRef, Rules, Asks, Day | None], Look]
"""(shop, rules, asks, day): with a ``day`` it may leave out what was made on another one."""


def day_list(channel: str, looking: Looking, canonical: Callable[[Item], Item], longest: timedelta | None = None) -> DayList:
    """``longest``: of a window, as the platform allows."""

    async def deliveries(shop: ConnectionRef, asks: Asks, day: Day) -> AsyncIterator[Delivery]:
        """Raises ``NodeError`` (``poll.too_far_back``, ``poll.endless``) besides what asking raises."""
        back = asks.now() - day.since
        if back > FARTHEST:
            raise NodeError("poll.too_far_back", days=FARTHEST.days)
        look = looking(shop, Rules(OVERLAP, back, longest, news=False), asks, day)
        cursor = None
        for _ in range(MOST_LOOKS):
            portion = await look(cursor)
            for one in portion.deliveries:
                yield one
            if not portion.more:
                return
            cursor = portion.cursor
        raise NodeError("poll.endless", shop=shop.connection)

    return DayList(channel, deliveries, canonical)
