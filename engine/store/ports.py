"""What the engine asks of its store. Twins in memory and on SQLite pass one behaviour suite.

Bodies are sealed by the store itself with one data key an event (rule R9): callers hand over and receive plain bytes.
Ids are 63-bit integers that grow with time; times are aware UTC datetimes.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from engine.store.filters import EVERY_EVENT, EVERY_ORDER, EventFilter, OrderFilter

RunState = Literal["queued", "running", "waiting", "parked", "done", "failed", "cancelling", "cancelled"]
OPEN_STATES: tuple[RunState, ...] = ("queued", "running", "cancelling")
"""States in which a run is somebody's work. A waiting run is nobody's until it wakes."""
IncidentState = Literal["open", "resumed", "skipped", "cancelled"]
WaitState = Literal["open", "done", "cancelled"]
WaitKind = Literal["timer", "signal", "task", "backoff"]
HubOutcome = Literal["new", "changed", "unchanged", "stale"]
T = TypeVar("T")


class NewEvent(msgspec.Struct, frozen=True):
    """An event to be kept. ``key`` and ``content`` decide on duplicates: same flow and key and same content digest is one;
    same key with other content is kept under ``key`` + ``~`` + content digest and marked as a conflict. ``delivery_key`` is a second key.
    ``owner`` 0 stands for the store's own; ``fingerprint`` (rule R8) goes to the run.
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
    owner: int = 0
    fingerprint: str = ""


class Accepted(msgspec.Struct, frozen=True):
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


class Fact(msgspec.Struct, frozen=True):
    """One entry of a run's journal. ``kind``: ``results``, ``intention``, ``resumption``, ``cancellation``, …; ``body`` is JSON."""

    event_id: int
    number: int
    kind: str
    body: bytes
    actor: str
    at: datetime


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
    """Something that a run waits for. ``effect`` is its identity: what waits already, or has waited, is not opened again.

    ``due_at``: when it wakes by itself (``None``: never); ``digest``: of what was asked, for the fact that answers it;
    ``roles``: who may answer a task. Nothing in it is personal.
    """

    kind: WaitKind
    effect: str
    digest: str
    step: str
    item_key: str
    due_at: datetime | None = None
    roles: tuple[str, ...] = ()


class RunEnd(msgspec.Struct, frozen=True):
    """What a run has come to. ``waits``: what it waits for; a run that is ``waiting`` for nothing that is still open is ``queued``."""

    state: RunState
    at: datetime
    incidents: Sequence[NewIncident] = ()
    waits: Sequence[NewWait] = ()


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
class HubOrder:
    """An order as the hub keeps it. The projections are not personal; ``body`` (canonical JSON) is sealed with its event's key."""

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


@dataclass(frozen=True, slots=True)
class FlowRecord:
    name: str
    draft: bytes | None
    draft_etag: str | None
    published: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FlowVersion:
    flow: str
    version: int
    document: bytes
    digest: str
    note: str
    actor: str
    at: datetime


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


@dataclass(frozen=True, slots=True)
class RunFilter:
    """``order``: an ordering key, or the number of an order that the hub holds. Accepted from ``since`` on and before ``until``."""

    flow: str | None = None
    state: RunState | None = None
    order: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Journal(Protocol):
    """The hot path: everything is gathered into few transactions. Each future resolves once its write is durable."""

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        """Keep an event and open its run (state ``queued``)."""
        ...

    def put_fact(self, fact: Fact, end: RunEnd | None = None) -> Future[None]:
        """Add a fact; with ``end``, set the run's state in the same transaction.

        Incidents of ``end`` that are not open yet are opened; those that are open and not among them are closed.
        """
        ...

    def end_run(self, event_id: int, end: RunEnd) -> Future[None]:
        """Set a run's state without a new fact."""
        ...

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        """Keep an order and, in the same transaction, the fact that says so.

        ``fact.body`` is a JSON object that contains the outcome placeholder ``"@outcome"``, which the store replaces by the outcome.
        ``stale``: a newer version is held; ``unchanged``: the same version and content is held; neither changes anything.
        """
        ...

    def backlog(self) -> int:
        """How many writes wait."""
        ...


class Store(Protocol):
    """Everything else. Async; each write is durable on return and carries its actor."""

    journal: Journal
    owner: int

    async def open(self) -> None: ...
    async def close(self) -> None: ...

    def signing_key(self) -> bytes:
        """A secret of this store, the same at each start, by which it knows the tokens that it gave."""
        ...

    async def event(self, event_id: int) -> Event: ...
    async def event_body(self, event_id: int) -> bytes:
        """Raises ``NotFound`` (``event.erased``) when its key was destroyed."""
        ...

    async def facts(self, event_id: int) -> Sequence[Fact]: ...
    async def events(self, where: EventFilter = EVERY_EVENT, *, limit: int = 50, cursor: str | None = None) -> Page[Event]: ...
    async def events_of_order(self, order_key: str) -> Sequence[Event]: ...

    async def run(self, run_id: int) -> Run: ...
    async def runs(self, where: RunFilter, *, limit: int = 50, cursor: str | None = None) -> Page[Run]: ...
    async def run_counts(self) -> Mapping[tuple[str, RunState], int]: ...
    async def run_counts_since(self, since: datetime) -> Mapping[str, int]:
        """How many runs were accepted from then on, by flow. Reads them all: meant for a day, not for a year."""
        ...

    async def open_runs(self) -> Sequence[Event]:
        """Events whose runs have not ended (``OPEN_STATES``) and belong to this owner or to one that is gone.

        Oldest first; they are adopted.
        """
        ...

    async def parked_order_keys(self) -> Sequence[tuple[str, str]]:
        """(flow, order key) of parked runs."""
        ...

    async def incidents(
        self,
        *,
        state: IncidentState | None = "open",
        run_id: int | None = None,
        flow: str | None = None,
        step: str | None = None,
        code: str | None = None,
        order: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Incident]:
        """``order`` as in ``RunFilter``; ``code``: a code word, or the part of one before a dot, such as ``http``."""
        ...

    async def incident_counts(self) -> Mapping[tuple[str, str], int]:
        """How many incidents are open, by (flow, step)."""
        ...

    async def incident(self, incident_id: int) -> Incident: ...
    async def close_incident(self, incident_id: int, state: IncidentState, fact: Fact) -> None:
        """Journal the decision, close the incident and set its run back to ``queued``, in one transaction."""
        ...

    async def waits(
        self,
        *,
        state: WaitState | None = "open",
        kind: WaitKind | None = None,
        flow: str | None = None,
        run_id: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Wait]:
        """Newest first."""
        ...

    async def wait(self, wait_id: int) -> Wait: ...
    async def wait_for_effect(self, effect: str) -> Wait:
        """Raises ``NotFound`` (``wait.unknown``)."""
        ...

    async def due_waits(self, until: datetime, *, limit: int = 200) -> Sequence[Wait]:
        """Open waits that are due by then, those that are due longest first."""
        ...

    async def wait_counts(self) -> Mapping[tuple[str, WaitKind], int]:
        """How many are open, by flow and kind."""
        ...

    async def close_wait(self, wait_id: int, at: datetime, fact: Fact | None = None) -> bool:
        """Journal what ended the wait, close it, and set its run back to ``queued``, in one transaction.

        False: the run has ended meanwhile; then the wait is closed as cancelled and nothing is journaled.
        Raises ``NotFound`` (``wait.unknown``) or ``Conflict`` (``wait.closed``: something was quicker).
        """
        ...

    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]: ...
    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder: ...
    async def order_counts(self) -> Mapping[str, int]:
        """By channel."""
        ...

    async def flows(self) -> Sequence[FlowRecord]: ...
    async def flow(self, name: str) -> FlowRecord: ...
    async def save_draft(self, name: str, document: bytes, *, expected: str | None, actor: str) -> str:
        """New ETag. ``expected`` is the ETag that the editor saw (``None``: there must be no draft; ``"*"``: whatever there is).

        Raises ``Conflict`` (``flow.changed``).
        """
        ...

    def drafts_saved(self) -> int:
        """How many drafts were saved through this store since it was made: tells at no cost that one may have changed."""
        ...

    async def publish(self, name: str, document: bytes, *, note: str, actor: str) -> int:
        """The new version; publishing what is published already gives the same version again."""
        ...

    async def version(self, name: str, version: int) -> FlowVersion: ...
    async def versions(self, name: str) -> Sequence[FlowVersion]: ...
    async def published(self) -> Mapping[str, int]: ...
    async def change_mark(self) -> int:
        """A number that changes whenever anybody, in any process, publishes or changes a connection."""
        ...

    async def connection_names(self) -> Sequence[str]: ...
    async def connection(self, name: str) -> bytes | None:
        """Plain JSON of a connection (kept sealed with the master key)."""
        ...

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None: ...
    async def delete_connection(self, name: str, *, actor: str) -> None:
        """Raises ``NotFound`` (``connection.missing``)."""
        ...

    async def audit(self, actor: str, action: str, resource: str, detail: Mapping[str, Any]) -> None: ...
    async def audit_rows(self, *, limit: int = 50, cursor: str | None = None) -> Page[AuditRow]: ...
    async def audit_broken_at(self) -> int | None:
        """The first row whose chain does not hold, if any."""
        ...


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Where a store lives. ``url`` as SQLAlchemy writes it; ``None``: ``orderloom.db`` in ``data``."""

    data: str
    url: str | None = None
    master_key_file: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
