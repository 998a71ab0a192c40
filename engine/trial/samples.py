"""What a trial may start from: the flow's tests, the examples of its triggers, and what arrived lately."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.flow.document import Flow
from engine.intake.parcel import unpack
from engine.node.triggers import Delivery
from engine.node.types import NodeType
from engine.registry import Registry
from engine.run.sandbox import SANDBOX_TIME
from engine.store.filters import EventFilter
from engine.store.ports import Event

if TYPE_CHECKING:
    from engine.app import Orderloom

SampleKind = Literal["test", "example", "event"]
MOST_EVENTS: Final = 20
_LOOKED_THROUGH: Final = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """``ref`` names a test, is the number of an example (from 0) or the id of an event; ``input`` is what somebody wrote by hand."""

    kind: SampleKind | Literal["input"]
    ref: str = ""
    input: Any = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A sample to choose from. ``title``: of a test or an example, as it is written; ``event``: what arrived, for one of those."""

    trigger: str
    kind: SampleKind
    ref: str
    title: str = ""
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What the trigger is given: ``items`` (of a file: its rows), or the ``delivery`` of an ``event`` as it was recorded."""

    items: tuple[Any, ...] = ()
    delivery: Delivery | None = None
    event: Event | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    received_at: datetime = SANDBOX_TIME


async def offered(app: Orderloom, name: str, flow: Flow) -> list[Offered]:
    """Tests, examples, then events of the flow that is kept under ``name``, newest first."""
    triggers = dict(_triggers(flow, app.registry))
    tests = [Offered(test.trigger, "test", test.name, test.name) for test in flow.tests if test.trigger in triggers]
    examples = [
        Offered(slug, "example", str(number), example.title)
        for slug, found in triggers.items()
        for number, example in enumerate(found.examples)
    ]
    return [*tests, *examples, *await _events(app, name, triggers)]


async def material(app: Orderloom, name: str, flow: Flow, trigger: str, sample: Sample) -> Material:
    """Raises ``NotFound`` (``sample.unknown``, ``event.unknown``, ``event.erased``) or ``InputInvalid`` (``sample.other_trigger``)."""
    if sample.kind == "input":
        return Material(tuple(cast("list[Any]", sample.input)) if isinstance(sample.input, list) else (sample.input,))
    if sample.kind == "event":
        return await _of_event(app, name, dict(_triggers(flow, app.registry)), trigger, sample.ref)
    if sample.kind == "test":
        test = next((one for one in flow.tests if one.name == sample.ref and one.trigger == trigger), None)
        if test is not None:
            return Material(tuple(test.input), answers=test.answers, received_at=test.received_at or SANDBOX_TIME)
    else:
        examples = app.registry.get(flow.nodes[trigger].use).examples
        if sample.ref.isdecimal() and int(sample.ref) < len(examples):
            example = examples[int(sample.ref)]
            return Material(tuple(example.input), headers=example.headers)
    raise NotFound(Problem("sample.unknown", (trigger,)))


def _triggers(flow: Flow, registry: Registry) -> Iterator[tuple[str, NodeType]]:
    for slug, node in flow.nodes.items():
        found = registry.find(node.use)
        if found is not None and found.is_trigger and not node.disabled:
            yield slug, found


async def _events(app: Orderloom, name: str, triggers: Mapping[str, NodeType]) -> list[Offered]:
    page = await app.store.events(EventFilter(flow=name), limit=_LOOKED_THROUGH)
    found: list[Offered] = []
    for event in page.items:
        if event.trigger in triggers and not event.erased and await _same_kind(app, event, triggers[event.trigger]):
            found.append(Offered(event.trigger, "event", str(event.id), event=event))
            if len(found) == MOST_EVENTS:
                break
    return found


async def _of_event(app: Orderloom, name: str, triggers: Mapping[str, NodeType], trigger: str, ref: str) -> Material:
    if not (ref.isascii() and ref.isdecimal() and len(ref) < 20 and int(ref) < 2**63):
        raise NotFound(Problem("event.unknown"))
    event = await app.store.event(int(ref))
    if event.flow != name:
        raise NotFound(Problem("event.unknown"))
    if event.trigger != trigger or trigger not in triggers or not await _same_kind(app, event, triggers[trigger]):
        raise InputInvalid(Problem("sample.other_trigger", (trigger,), {"trigger": event.trigger}))
    return Material(delivery=unpack(await app.store.event_body(event.id)), event=event, received_at=event.received_at)


async def _same_kind(app: Orderloom, event: Event, node_type: NodeType) -> bool:
    """Whether the trigger is still of the type by which the event came: another one would say wrongly which of its fields are personal."""
    try:
        recorded = (await app.flows.plan_at(event.flow, event.version)).by_slug.get(event.trigger)
    except OrderloomError:  # a node type of that version is gone: nobody can say
        return False
    return recorded is not None and recorded.type.name == node_type.name
