"""What the API answers with, as data: OpenAPI is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from engine.json_text import for_browsers, write_json
from engine.store.ports import AuditRow, Event, FlowVersion, Page, Run

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page of a list; ``next`` is the cursor of the page after it."""

    items: Sequence[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """What is wrong, where, and what to do, in the reader's language."""

    code: str
    where: str
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class RunShown:
    id: str
    flow: str
    version: int
    state: str
    event: str
    order_key: str
    accepted_at: str
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class CalledShown:
    id: str
    flow: str
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class RunWhole(RunShown):
    """``reason``: why a node ended the run ahead of its end."""

    reason: str | None
    parent: CalledShown | None
    children: Sequence[CalledShown]
    deadline: str | None


@dataclass(frozen=True, slots=True)
class EventShown:
    id: str
    flow: str
    version: int
    trigger: str
    key: str
    order_key: str
    received_at: str
    actor: str
    passes: bool
    conflict: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class VersionShown:
    flow: str
    version: int
    digest: str
    note: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class AuditShown:
    id: str
    at: str
    actor: str
    action: str
    resource: str
    detail: Mapping[str, Any]
    chain: str


def utc(at: datetime) -> str:
    """``2026-01-16T03:04:05.123Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_or_none(at: datetime | None) -> str | None:
    return None if at is None else utc(at)


def raw(value: Any) -> Any:
    """Free JSON as it goes out: fractional numbers exact, integers beyond 2^53 as strings."""
    return msgspec.Raw(write_json(for_browsers(value)))


def listed(page: Page[S], show: Callable[[S], T]) -> Listed[T]:
    return Listed([show(one) for one in page.items], page.next)


def run_shown(run: Run) -> RunShown:
    return RunShown(
        str(run.id), run.flow, run.version, run.state, str(run.id), run.order_key, utc(run.accepted_at), utc_or_none(run.ended_at)
    )


def called_shown(run: Run) -> CalledShown:
    return CalledShown(str(run.id), run.flow, run.version, run.state)


def event_shown(event: Event) -> EventShown:
    return EventShown(
        id=str(event.id),
        flow=event.flow,
        version=event.version,
        trigger=event.trigger,
        key=event.key,
        order_key=event.order_key,
        received_at=utc(event.received_at),
        actor=event.actor,
        passes=event.passes,
        conflict=event.conflict,
        erased=event.erased,
    )


def version_shown(version: FlowVersion) -> VersionShown:
    return VersionShown(version.flow, version.version, version.digest, version.note, version.actor, utc(version.at))


def audit_shown(row: AuditRow) -> AuditShown:
    return AuditShown(str(row.id), utc(row.at), row.actor, row.action, row.resource, row.detail, row.chain)
