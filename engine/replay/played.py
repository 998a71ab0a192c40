"""One recorded order played again: its delivery with pseudonyms, its calls answered by their places, what people and chance decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from engine.errors import OrderloomError, Problem
from engine.json_text import read_kept
from engine.node.triggers import Arrival, Delivery
from engine.run.effects import EffectRequest, Suspended, effect_id, request_digest
from engine.run.execution import Execution
from engine.run.facts import Ending, Recorded
from engine.run.live import scope_of
from engine.run.past import Asking
from engine.run.plan import Plan, Step
from engine.run.replay import Looked
from engine.store.ports import Event, NewWait, TrafficOrder

Spot = tuple[str, str, int]
"""Node, item key, number of the call."""


@dataclass(frozen=True, slots=True)
class Played:
    """``answers`` by place: ``{"answer": …}``, ``{"failed": {code, where, fields}}`` or ``{"waits": true}``."""

    event: Event
    delivery: Delivery
    answers: Mapping[Spot, Mapping[str, Any]]
    skips: frozenset[tuple[str, str]] = frozenset()
    seats: Mapping[str, Mapping[tuple[str, str], str]] | None = None
    ending: Ending | None = None

    def decided(self) -> Recorded:
        """A journal with nothing in it but what people and chance decided."""
        seats = {slug: dict(rows) for slug, rows in (self.seats or {}).items()}
        return Recorded(skips=set(self.skips), seats=seats, ending=self.ending)


async def play(plan: Plan, played: Played, arrival: Arrival) -> Looked:
    """The run as it was recorded."""
    event, effects = played.event, _ByPlace(played)
    scope = scope_of(plan, event, arrival.channel, arrival.shop_id)
    recorded = structs.replace(played.decided(), terms=arrival.terms)
    execution = Execution(plan, event.trigger, arrival.items, scope, effects, recorded)
    await execution.run()
    return Looked(execution, effects.asked)


def played_of(order: TrafficOrder) -> Played:
    """What was recorded of an order that was taken."""
    body = read_kept(order.body)
    told, delivery = body["event"], body["delivery"]
    event = Event(
        order.event_id, order.flow, order.version, order.trigger, told["key"], order.order_key, order.received_at, "recording",
        passes=told["passes"], conflict=False,
    )  # fmt: skip
    ending = body["ending"]
    return Played(
        event,
        Delivery(delivery["body"].encode(), delivery["headers"], delivery["query"]),
        {(one["step"], one["key"], one["call"]): one for one in body["calls"]},
        frozenset((slug, key) for slug, key in body["skips"]),
        {slug: {(wire, key): own for wire, key, own in rows} for slug, rows in body["seats"].items()},
        Ending(ending["step"], ending["key"], ending["state"], ending["reason"], frozenset(ending["steps"])) if ending else None,
    )


class _ByPlace:
    """Answers a call by its place, for with pseudonyms in it a request is another one than that which was made."""

    def __init__(self, played: Played) -> None:
        self.asked: list[Asking] = []
        self._event, self._answers = played.event, played.answers

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        identity = effect_id(self._event.flow, step.slug, self._event.key, key, call, 0)
        asking = Asking(step.slug, key, call, identity, request_digest(request), request)
        self.asked.append(asking)
        known = self._answers.get((step.slug, key, call), {})
        if "answer" in known:
            asking.answer = known["answer"]
            return asking.answer
        asking.error = _failure(known["failed"]) if "failed" in known else Suspended(_wait(asking))
        raise asking.error

    def knows(self, step: Step, key: str, call: int) -> bool:
        known = self._answers.get((step.slug, key, call), {})
        return "answer" in known or "failed" in known

    async def settle(self, step: Step) -> None:
        """Nothing is durable here."""


def _failure(failed: Mapping[str, Any]) -> OrderloomError:
    return OrderloomError(Problem(failed["code"], tuple(failed["where"]), failed["fields"]))


def _wait(asking: Asking) -> NewWait:
    return NewWait("backoff", asking.id, asking.digest, asking.slug, asking.key)
