"""What lists of events and orders may be narrowed to. All parts hold together; ``None`` leaves one open.

``since`` and ``until`` are aware times: from ``since`` on, and before ``until``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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
    """``text``: a part of the order number, the channel's or the one that is shown. Times are those of the last change."""

    channel: str | None = None
    status: str | None = None
    priority: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERY_EVENT = EventFilter()
EVERY_ORDER = OrderFilter()


def is_between(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether a time is one that the filter wants; an unknown one is not, once a time is asked for."""
    if at is None:
        return since is None and until is None
    return (since is None or at >= since) and (until is None or at < until)
