"""One order as a recording keeps it: what came in and what went out, with pseudonyms, and proved to run as the true one did."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from engine.errors import InputInvalid, OrderloomError
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.json_text import read_json, read_kept, write_json
from engine.node.keys import keys_of
from engine.node.triggers import Arrival, Delivery
from engine.privacy.item import shown as open_part
from engine.privacy.pseudonyms import Pseudonyms
from engine.privacy.scrub import scrubbed
from engine.privacy.stand_in import StandIn
from engine.replay.played import play, played_of
from engine.run.effects import Suspended
from engine.run.facts import Recorded, read_facts
from engine.run.made import made
from engine.run.past import Asking
from engine.run.plan import Plan, Step
from engine.run.replay import Looked, look_back
from engine.run.shown import request_json
from engine.run.view import classes_at
from engine.store.ports import Event, Recording, TrafficOrder

NOT_JSON: Final = "recording.not_json"
MENDED: Final = "recording.mended"
NOT_TRUE: Final = "recording.not_true"
"""With pseudonyms the order runs otherwise than it did, so that nothing could be learnt from it."""
_TOLD: Final = frozenset({"content-type", "retry-after", "date", "content-length"})
_LONGEST: Final = 64
_QUOTED: Final = re.compile(rf'"([^"]{{1,{_LONGEST}}})"' + rf"|'([^']{{1,{_LONGEST}}})'")


async def capture(event: Event, plan: Plan, kept: Recording, pseudonyms: Pseudonyms) -> TrafficOrder:
    """Never raises: what cannot be recorded is left out, with the code of the reason."""
    try:
        return await _captured(event, plan, kept, pseudonyms)
    except OrderloomError as error:
        return left_out(event, error.problems[0].code)


def left_out(event: Event, reason: str) -> TrafficOrder:
    return TrafficOrder(event.id, event.flow, event.trigger, event.version, event.order_key, event.received_at, 0, reason=reason)


async def _captured(event: Event, plan: Plan, kept: Recording, pseudonyms: Pseudonyms) -> TrafficOrder:
    step, delivery, recorded = plan.by_slug[event.trigger], unpack(kept.body), read_facts(kept.facts)
    if recorded.patches or recorded.params:
        return left_out(event, MENDED)
    arrival = read_delivery(step, delivery)
    try:
        body = read_json(delivery.body)
    except InputInvalid:
        return left_out(event, NOT_JSON)
    stand_in = _stand_in(plan, step, arrival, body, pseudonyms)
    other = _delivery(delivery, body, stand_in)
    truly = await look_back(plan, event, arrival, recorded)
    order = _order(event, other, truly, recorded, stand_in)
    again = await play(plan, played_of(order), read_delivery(step, other))
    if not _alike(arrival, truly, read_delivery(step, other), again):
        return left_out(event, NOT_TRUE)
    return _with_requests(order, again)


def _stand_in(plan: Plan, step: Step, arrival: Arrival, body: Any, pseudonyms: Pseudonyms) -> StandIn:
    """Open are the numbers by which an order is known, the open fields of what the trigger reads, and what the author wrote."""
    classes = classes_at(plan, step.slug, "out")
    known = {arrival.channel, arrival.shop_id, arrival.order_id, arrival.version, arrival.delivery_id}
    seen = {text for item in arrival.items for text in _texts(open_part(item, classes))}
    texts = {text for text in {*known, *seen, *_written(plan)} if text}
    return StandIn(pseudonyms, classes if list(arrival.items) == [body] else {}, texts)


def _delivery(delivery: Delivery, body: Any, stand_in: StandIn) -> Delivery:
    return Delivery(
        write_json(stand_in.document(body)),
        {name: stand_in.text(value, name) for name, value in delivery.headers.items()},
        {name: stand_in.text(value, name) for name, value in delivery.query.items()},
    )


def _order(event: Event, delivery: Delivery, truly: Looked, recorded: Recorded, stand_in: StandIn) -> TrafficOrder:
    ending = recorded.ending
    body = {
        "event": {"key": event.key, "passes": event.passes},
        "delivery": {"body": delivery.body.decode(), "headers": delivery.headers, "query": delivery.query},
        "calls": [_call(one, stand_in) for one in truly.asked],
        "skips": sorted(recorded.skips),
        "seats": {slug: [[*seat, own] for seat, own in rows.items()] for slug, rows in recorded.seats.items()},
        "ending": ending
        and {
            "step": ending.step,
            "key": ending.key,
            "state": ending.state,
            "reason": stand_in.text(ending.reason, "note"),
            "steps": sorted(ending.steps),
        },
    }
    return TrafficOrder(
        event.id, event.flow, event.trigger, event.version, event.order_key, event.received_at, len(truly.asked), write_json(body)
    )


def _call(one: Asking, stand_in: StandIn) -> dict[str, Any]:
    place: dict[str, Any] = {"step": one.slug, "key": one.key, "call": one.call}
    if isinstance(one.error, Suspended):
        return {**place, "waits": True}
    if one.error is not None:
        problem = one.error.problems[0]
        return {**place, "failed": {"code": problem.code, "where": list(problem.where), "fields": scrubbed(dict(problem.fields))}}
    return {**place, "answer": _answer(one.answer, stand_in)}


def _answer(answer: Any, stand_in: StandIn) -> Any:
    if not isinstance(answer, dict) or not isinstance(answer.get("headers"), dict):  # pyright: ignore[reportUnknownMemberType]
        return answer if isinstance(answer, str) else stand_in.answer(answer)
    parts = cast("dict[str, Any]", answer)
    headers = {
        name: value if name.lower() in _TOLD else stand_in.text(str(value), name)
        for name, value in cast("Mapping[str, Any]", parts["headers"]).items()
    }
    return {**stand_in.answer({name: value for name, value in parts.items() if name != "headers"}), "headers": headers}


def _with_requests(order: TrafficOrder, again: Looked) -> TrafficOrder:
    """What went out, as the order with pseudonyms asks it."""
    body = read_kept(order.body)
    asked = {(one.slug, one.key, one.call): request_json(one.request) for one in again.asked}
    calls = [{**call, "request": asked[call["step"], call["key"], call["call"]]} for call in body["calls"]]
    return TrafficOrder(
        order.event_id, order.flow, order.trigger, order.version, order.order_key, order.received_at, order.calls,
        write_json({**body, "calls": calls}),
    )  # fmt: skip


def _alike(arrival: Arrival, truly: Looked, other: Arrival, again: Looked) -> bool:
    """Whether both make the same things at the same places, for the same order."""
    same_order = arrival.order_id is None or keys_of(arrival).order == keys_of(other).order
    return same_order and set(made(truly.execution, truly.asked)) == set(made(again.execution, again.asked))


def _written(plan: Plan) -> Iterator[str]:
    """Values in parameters, and the texts inside expressions."""
    for node in plan.flow.nodes.values():
        for text in _texts(dict(node.params)):
            yield from (text, *(one or other for one, other in _QUOTED.findall(text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if 1 < len(value) <= _LONGEST:
            yield value
    elif isinstance(value, (dict, list)):
        inner: Any = value.values() if isinstance(value, dict) else value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for child in inner:
            yield from _texts(child)
