"""What lists may be narrowed to. All parts hold together; ``None`` leaves one open.

``since`` and ``until`` are aware times: from ``since`` on, and before ``until``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.store.order_records import HoldState
from engine.store.records import IncidentState, RunState, WaitKind, WaitState

EventMark = Literal["conflict", "cancellation"]
EVENT_MARKS: tuple[EventMark, ...] = ("conflict", "cancellation")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """``order``: an ordering key, or the number of an order that the hub holds. Times are those of receipt.

    ``mark``: ``conflict`` (a known key with other content) or ``cancellation`` (a cancellation or refund, which passes others).
    """

    flow: str | None = None
    trigger: str | None = None
    order: str | None = None
    mark: EventMark | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """``text``: a part of the order number, the channel's or the one that is shown. Times are those of the last change.

    ``sku``: of one of its lines now, written whole; ``subject``: a blind index, of any of its versions; ``held``: whether a reason or
    a hold keeps it back.
    """

    channel: str | None = None
    status: str | None = None
    priority: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sku: str | None = None
    subject: bytes | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """``order``: (channel, shop, channel order id)."""

    state: HoldState | None = "open"
    reason: str | None = None
    channel: str | None = None
    order: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """``order``: an ordering key, or the number of an order that the hub holds. Accepted from ``since`` on and before ``until``."""

    flow: str | None = None
    state: RunState | None = None
    order: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """``order`` as in ``RunFilter``; ``code``: a code word, or the part of one before a dot, such as ``http``."""

    state: IncidentState | None = "open"
    run_id: int | None = None
    flow: str | None = None
    step: str | None = None
    code: str | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class WaitFilter:
    state: WaitState | None = "open"
    kind: WaitKind | None = None
    flow: str | None = None
    run_id: int | None = None


EVERY_EVENT = EventFilter()
EVERY_ORDER = OrderFilter()
OPEN_INCIDENTS = IncidentFilter()
OPEN_WAITS = WaitFilter()
OPEN_HOLDS = HoldFilter()


def spellings(sku: str) -> tuple[str, ...]:
    """How a SKU may be written that a person typed."""
    return tuple(dict.fromkeys((sku, sku.upper(), sku.lower())))


def is_between(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether a time is one that the filter wants; an unknown one is not, once a time is asked for."""
    if at is None:
        return since is None and until is None
    return (since is None or at >= since) and (until is None or at < until)
