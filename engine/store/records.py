"""What the store keeps, as the engine hands it over and gets it back.

Ids are 63-bit integers that grow with time; times are aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec

from engine.store.order_records import HoldEnd, HubOutcome, NewHold, OrderLine
from engine.store.parcel_records import NewParcel

RunState = Literal["queued", "running", "waiting", "parked", "done", "failed", "cancelling", "cancelled"]
OPEN_STATES: tuple[RunState, ...] = ("queued", "running", "cancelling")
"""States in which a run is somebody's work. A waiting run is nobody's until it wakes."""
RESTING_STATES: tuple[RunState, ...] = ("parked", "waiting")
IncidentState = Literal["open", "resumed", "skipped", "cancelled"]
WaitState = Literal["open", "done", "cancelled"]
WaitKind = Literal["timer", "signal", "task", "backoff", "child", "deadline", "hold"]
T = TypeVar("T")
__all__ = [
    "OPEN_STATES",
    "RESTING_STATES",
    "Accepted",
    "AuditRow",
    "ChildRun",
    "Event",
    "Fact",
    "FlowRecord",
    "FlowVersion",
    "HubOrder",
    "HubOutcome",
    "Incident",
    "IncidentState",
    "NewCall",
    "NewEvent",
    "NewIncident",
    "NewWait",
    "Notice",
    "Page",
    "Recording",
    "Run",
    "RunEnd",
    "RunState",
    "Wait",
    "WaitKind",
    "WaitState",
]


class NewCall(msgspec.Struct, frozen=True, array_like=True):
    """By which run, and by which of its effects, an event was made (rule R11); ``depth``: 1 for the call of a run that nobody called."""

    parent: int
    effect: str
    depth: int


class NewEvent(msgspec.Struct, frozen=True, array_like=True, tag="event"):
    """An event to be kept. ``key`` and ``content`` decide on duplicates: same flow and key and same content digest is one;
    same key with other content is kept under ``key`` + ``~`` + content digest and marked as a conflict. ``delivery_key`` is a second key.
    ``fingerprint`` (rule R8) goes to the run. An event that a run made by a ``call`` is sealed with the key of that run's event
    (rule R9). ``deadline``: a wait of that kind is opened with the run. ``share``: JSON of why it goes through this version where
    others go through another, which becomes a fact of its run.
    """

    flow: str
    version: int
    trigger: str
    key: str
    content: str
    order_key: str
    body: bytes
    received_at: datetime
    actor: str
    delivery_key: str | None = None
    passes: bool = False
    fingerprint: str = ""
    call: NewCall | None = None
    deadline: datetime | None = None
    share: bytes = b""


class Accepted(msgspec.Struct, frozen=True, array_like=True, tag="accepted"):
    """``id`` of the event (of the first one, for a duplicate); ``key`` as kept."""

    id: int
    key: str
    duplicate: bool
    conflict: bool


class Event(msgspec.Struct, frozen=True):
    id: int
    flow: str
    version: int
    trigger: str
    key: str
    order_key: str
    received_at: datetime
    actor: str
    passes: bool
    conflict: bool
    erased: bool = False


class Fact(msgspec.Struct, frozen=True, array_like=True):
    """One entry of a run's journal. ``kind``: ``results``, ``intention``, ``resumption``, ``cancellation``, …; ``body`` is JSON."""

    event_id: int
    number: int
    kind: str
    body: bytes
    actor: str
    at: datetime


class HoldClosing(msgspec.Struct, frozen=True):
    """How one of several holds ends, and the fact that tells its run."""

    hold_id: int
    how: HoldEnd
    fact: Fact


class Recording(msgspec.Struct, frozen=True):
    """An event as it arrived, and the facts of its run in their order."""

    body: bytes
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class NewIncident:
    """Something parked. ``fields`` hold no personal data."""

    step: str
    item_key: str
    code: str
    where: Sequence[str]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewWait:
    """Something that a run waits for. ``effect`` is its identity: what waits already, or has waited, is not opened again,
    but for what was cancelled, and for the rest of a call whose time has not come after all.

    ``due_at``: when it wakes by itself (``None``: never); ``digest``: of what was asked, for the fact that answers it;
    ``roles``: who may answer a task; ``hold``: the order that waits for its release. Nothing in it is personal.
    """

    kind: WaitKind
    effect: str
    digest: str
    step: str
    item_key: str
    due_at: datetime | None = None
    roles: tuple[str, ...] = ()
    hold: NewHold | None = None


class RunEnd(msgspec.Struct, frozen=True, array_like=True):
    """What a run has come to. ``waits``: what it waits for; one whose wait is over already is ``queued`` again.

    ``cancelling``: it only ends from now on; a run that has ended stays as it is. ``drops_waits``: whatever it waited for is closed,
    although it is done. ``timed``: it may have a deadline, which ends with it; deadlines, and the incidents that they raised, outlast
    a run that goes on.
    """

    state: RunState
    at: datetime
    incidents: Sequence[NewIncident] = ()
    waits: Sequence[NewWait] = ()
    drops_waits: bool = False
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    id: int
    flow: str
    version: int
    state: RunState
    order_key: str
    accepted_at: datetime
    ended_at: datetime | None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    id: int
    run_id: int
    flow: str
    step: str
    item_key: str
    code: str
    where: tuple[str, ...]
    fields: Mapping[str, Any]
    state: IncidentState
    at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that a run waits for, or waited for. ``at``: since when."""

    id: int
    run_id: int
    flow: str
    step: str
    item_key: str
    kind: WaitKind
    effect: str
    digest: str
    due_at: datetime | None
    roles: tuple[str, ...]
    state: WaitState
    at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that error flows have not been told yet: an incident was opened, or (``incident_id`` is ``None``) a run failed."""

    id: int
    run_id: int
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class ChildRun:
    """A run that another one called. ``effect`` is the id of the call, and the child's event key."""

    child: int
    parent: int
    effect: str
    depth: int


@dataclass(frozen=True, slots=True)
class HubOrder:
    """An order as the hub keeps it. The projections are not personal; ``body`` (canonical JSON) is sealed with its event's key.

    ``hold_reasons``: why it must not ship now; ``subjects``: blind indexes of whom it is for (see ``engine.hub.subjects``);
    ``ship_by_at``: until when it is to be shipped, as UTC text; ``parcel``: the one it is shipped in.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    version: str
    content: str
    status: str
    currency: str
    amount_paid: str
    display_no: str
    created_at: str | None
    priority: str
    body: bytes
    event_id: int = 0
    updated_at: datetime | None = None
    hold_reasons: tuple[str, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    subjects: tuple[bytes, ...] = ()
    ship_by_at: str | None = None
    parcel: NewParcel | None = None


@dataclass(frozen=True, slots=True)
class FlowRecord:
    name: str
    draft: bytes | None
    draft_etag: str | None
    published: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """``calls``: what was resolved when it was published, as JSON (see ``engine.flow.calls``)."""

    flow: str
    version: int
    document: bytes
    digest: str
    note: str
    actor: str
    at: datetime
    calls: str = "{}"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """``before`` chains the rows: each holds the digest of the one before it, so that a change is noticed."""

    id: int
    at: datetime
    actor: str
    action: str
    resource: str
    detail: Mapping[str, Any]
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    next: str | None = None
