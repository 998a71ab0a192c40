"""Notes what live runs do, in memory: observations until somebody takes them, orders that are under way until they have arrived."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from engine.errors import NodeError
from engine.node.items import Item
from engine.node.keys import order_number
from engine.order import instant, zone_of
from engine.run.plan import Part, Plan
from engine.run.seen import STAMPS
from engine.store.ports import Event, RunState
from engine.watch.observations import SHIPPED, TARGETS, Arrival, Call, Delivery, Observation, Shipped, Skew, Target

T = TypeVar("T")
MOST: Final = 50_000
"""Observations, and orders under way, that are kept in mind; of more the oldest are forgotten."""
LONGEST: Final = 120
CHILD_OF: Final = "run:"
"""The actor of an event that another run brought about: its order arrived when the first of these runs began."""
FRESH: Final = 600.0
"""Seconds. An older stamp speaks of an import, of a platform that let the order go late, or of another zone."""
NEW: Final = 2.0
"""Seconds by which a stamp may lie before the first that a trigger brought: whatever is older was waiting for us to begin."""
ENDED: Final = ("done", "failed", "cancelled")


@dataclass(slots=True)
class UnderWay:
    """An order on its way to ``targets``. ``stamp``: the source's own, where its delay is judged by it; ``rests``: how its run rests, if it
    does; ``since``: when the trigger that brought it brought the first one.
    """

    run_id: int
    channel: str
    order: str
    arrived_at: datetime
    targets: set[Target]
    stamp: datetime | None = None
    rests: RunState | None = None
    since: datetime | None = None


class Ears:
    """Keeps the promises of ``Seen``. ``delivered_to``: whoever counts deliveries.

    The delay from the source's stamp is told only of orders that came when they were new (decision 0036): not of a backfill, nor of what
    a trigger finds waiting when it begins, nor of what its platform shows long after its stamp. Neither delay is told of an order that
    waited on purpose, or was parked.
    """

    def __init__(self, now: Callable[[], datetime], delivered_to: Callable[[Delivery], None] = lambda _: None) -> None:
        self._now, self._delivered_to = now, delivered_to
        self._heard: deque[Observation] = deque(maxlen=MOST)
        self._last: dict[str, Call] = {}
        self.under_way: dict[int, UnderWay] = {}
        self._began: dict[int, datetime] = {}
        self._first: dict[tuple[str, str], datetime] = {}
        self._aside: dict[int, bool] = {}
        self._since = now()

    def take(self) -> list[Observation]:
        """What was heard since the last time."""
        heard = list(self._heard)
        self._heard.clear()
        self._last.clear()
        return heard

    def give_back(self, heard: list[Observation]) -> None:
        """What was taken and could not be used."""
        self._heard.extendleft(reversed(heard))

    def note(self, one: Observation) -> None:
        """What somebody else observed."""
        self._heard.append(one)

    def called(self, connection: str, *, went: bool) -> None:
        last = self._last.get(connection)
        if last is not None and last.went == went:  # an order passes here
            last.times += 1
            return
        self._last[connection] = one = Call(connection, went, self._now())
        self._heard.append(one)

    def dated(self, connection: str, ahead: float) -> None:
        """A channel's answer bears a date that is so many seconds ahead of ours."""
        self._heard.append(Skew(connection, ahead, self._now()))

    def expected(self, event: Event, plan: Plan) -> None:
        """An event whose order is to reach some systems."""
        began = event.received_at
        if event.actor.startswith(CHILD_OF):
            began = self._began.get(int(event.actor.removeprefix(CHILD_OF)), began)
        part = plan.behind[event.trigger]
        if part.calls:
            _add(self._began, event.id, began)
        targets = targets_of(part)
        if targets:
            channel = event.order_key.partition("|")[0][:LONGEST]
            first = self._first.setdefault((event.flow, event.trigger), began)
            _add(self.under_way, event.id, UnderWay(event.id, channel, order_number(event.order_key) or "", began, targets, since=first))

    def arrived(self, event: Event, order: Item) -> None:
        stamp, zone = stamp_of(order)
        offset = None if stamp is None else round((event.received_at - stamp).total_seconds(), 1)
        channel, number = _text(order, "channel"), _text(order, "channel_order_id")
        self._heard.append(Arrival(channel, _text(order, "shop_id"), number, event.received_at, offset, zone))
        known = self.under_way.get(event.id)
        if known is not None:
            known.channel, known.order, known.stamp = channel, number, _judged(stamp, known)

    def delivered(self, event: Event, use: str, content: Mapping[str, Any]) -> None:
        if use == SHIPPED:
            self._told_of(event, content)
        target, order = TARGETS.get(use), content.get("json")
        if target is None or not isinstance(order, dict):
            return
        item, now, known = cast("Item", order), self._now(), self.under_way.get(event.id)
        if known is None and (event.id in self._aside or event.received_at < self._since):
            return
        arrived_at = event.received_at if known is None else known.arrived_at
        stamp = None if known is None else _judged(stamp_of(item)[0], known)
        took = max((now - arrived_at).total_seconds(), 0.0)
        one = Delivery(_text(item, "channel"), target, _text(item, "channel_order_id"), now, took, _seconds(stamp, now))
        self._heard.append(one)
        self._delivered_to(one)
        if known is not None:
            known.targets.discard(target)
            if not known.targets:
                del self.under_way[event.id]

    def _told_of(self, event: Event, shipment: Mapping[str, Any]) -> None:
        """A warehouse may tell late, and many at once: only a stamp in the future says that its times are wrong."""
        said = shipment.get("shipped_at")
        try:
            stamp = instant(said) if isinstance(said, str) else None
        except NodeError:
            return
        if stamp is not None:
            offset = min(round((event.received_at - stamp).total_seconds(), 1), 0.0)
            source = event.order_key.partition("|")[0][:LONGEST]
            number = _text(shipment, "channel_order_id")
            self._heard.append(Shipped(source, number, event.received_at, offset, zone_of(said, "UTC")))

    def set_aside(self, run_id: int) -> None:
        """It waits on purpose, or is parked: whenever it is delivered, that says nothing of how quick we are."""
        self.under_way.pop(run_id, None)
        _add(self._aside, run_id, value=True)

    def rests(self, run_id: int, state: RunState) -> None:
        """A run has ended, or rests for now."""
        if state in ENDED:
            self.under_way.pop(run_id, None)
            self._began.pop(run_id, None)
            self._aside.pop(run_id, None)
        elif run_id in self.under_way:
            self.under_way[run_id].rests = state

    def late(self, after: float) -> list[UnderWay]:
        """Orders that have been under way for longer than so many seconds, oldest first."""
        now = self._now()
        return [one for one in self.under_way.values() if (now - one.arrived_at).total_seconds() > after]

    def as_late(self, one: UnderWay) -> list[Delivery]:
        now = self._now()
        took, since_stamp = (now - one.arrived_at).total_seconds(), _seconds(one.stamp, now)
        return [Delivery(one.channel, target, one.order, now, took, since_stamp, late=True) for target in sorted(one.targets)]


def _add(known: dict[int, T], run_id: int, value: T) -> None:
    if len(known) >= MOST:
        del known[next(iter(known))]
    known[run_id] = value


def targets_of(part: Part) -> set[Target]:
    """The systems that a run through this part of a plan may bring orders to."""
    return set() if part.types.isdisjoint(TARGETS) else {TARGETS[name] for name in part.types if name in TARGETS}


def stamp_of(order: Item) -> tuple[datetime | None, str]:
    """When the source says that the order was changed last, or made, and the zone in which that was read."""
    sources = order.get("time_sources")
    for name in STAMPS:
        try:
            stamp = instant(order.get(name))
        except NodeError:
            continue
        if stamp is not None:
            source = cast("Item", sources).get(name) if isinstance(sources, dict) else None
            zone = cast("Item", source).get("zone") if isinstance(source, dict) else None
            return stamp, zone if isinstance(zone, str) else "UTC"
    return None, "UTC"


def _judged(stamp: datetime | None, known: UnderWay) -> datetime | None:
    """The stamp, where its order came when it was new."""
    if stamp is None or (known.arrived_at - stamp).total_seconds() > FRESH:
        return None
    return None if known.since is not None and (known.since - stamp).total_seconds() > NEW else stamp


def _seconds(stamp: datetime | None, now: datetime) -> float | None:
    """Since a stamp; one in the future is no measure."""
    seconds = None if stamp is None else (now - stamp).total_seconds()
    return seconds if seconds is not None and seconds >= 0 else None


def _text(order: Mapping[str, Any], name: str) -> str:
    value = order.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""
