"""How long orders take, by channel and system: counted by minute, kept in the store, so that a restart forgets nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from engine.store.ports import Store
from engine.watch.observations import Delivery, Target
from engine.watch.sketch import Sketch

KEPT: Final = timedelta(hours=25)
Since = Literal["arrival", "stamp"]
Place = tuple[str, Target, Since]


class Counted(msgspec.Struct):
    channel: str
    target: Target
    since: Since
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class DelayLine:
    """Seconds from ``since`` (the arrival here, or the channel's own stamp) until a system had the order.

    ``longest`` is exact, and ``order`` the one that took it; the shares are told to 1 %.
    """

    channel: str
    target: Target
    since: Since
    count: int
    p50: float
    p95: float
    longest: float
    order: str


class Delays:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._minutes: dict[datetime, dict[Place, Sketch]] = {}
        self._changed: set[datetime] = set()

    def add(self, one: Delivery) -> None:
        minute = minute_of(one.at)
        self._changed.add(minute)
        places = self._minutes.setdefault(minute, {})
        measured: dict[Since, float | None] = {"arrival": one.since_arrival, "stamp": one.since_stamp}
        for since, seconds in measured.items():
            if seconds is not None:
                places.setdefault((one.channel, one.target, since), Sketch()).add(seconds, one.order)

    async def keep(self) -> None:
        """Write what has changed. What the store does not take is written the next time."""
        for minute in sorted(self._changed):
            body = msgspec.json.encode([Counted(*place, sketch) for place, sketch in self._minutes[minute].items()])
            self._changed.discard(minute)
            try:
                await self._store.keep_delays(minute, body)
            except BaseException:
                self._changed.add(minute)
                raise
        newest = minute_of(self._now()) - timedelta(minutes=1)
        self._minutes = {minute: places for minute, places in self._minutes.items() if minute >= newest or minute in self._changed}

    async def lines(self, window: timedelta) -> Sequence[DelayLine]:
        """Of the last while, in whole minutes; channels, systems and beginnings in the order of their names."""
        await self.keep()
        found: dict[Place, Sketch] = {}
        for kept in await self._store.delays(minute_of(self._now() - window)):
            for one in msgspec.json.decode(kept.body, type=list[Counted]):
                found.setdefault((one.channel, one.target, one.since), Sketch()).merge(one.sketch)
        return [_line(place, sketch) for place, sketch in sorted(found.items()) if sketch.count]

    async def forget_old(self) -> None:
        await self._store.delete_delays(self._now() - KEPT)


def minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _line(place: Place, sketch: Sketch) -> DelayLine:
    return DelayLine(*place, sketch.count, sketch.share(0.5) or 0.0, sketch.share(0.95) or 0.0, sketch.longest, sketch.order)
