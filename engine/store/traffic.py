"""Recorded traffic, and the share of a flow's orders that goes through another version: what the store keeps of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ShareState = Literal["share", "switched"]


@dataclass(frozen=True, slots=True)
class NewTraffic:
    """What shall be recorded: the orders of a ``flow`` (of one ``trigger``, where it is named), or of all flows that use a ``connection``.

    ``most`` orders at most, taken in before ``until``; kept until ``keep_until``. ``key``: of the pseudonyms; it is gone with the end.
    """

    flow: str
    trigger: str
    connection: str
    most: int
    began_at: datetime
    until: datetime
    keep_until: datetime
    key: bytes


@dataclass(frozen=True, slots=True)
class Traffic:
    """``ended_at``: ``None`` while it is recorded. ``taken`` orders; ``left_out``: how many could not be, by the code of the reason."""

    id: int
    flow: str
    trigger: str
    connection: str
    most: int
    began_at: datetime
    until: datetime
    keep_until: datetime
    actor: str
    ended_at: datetime | None = None
    taken: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class TrafficOrder:
    """One order of it. ``body``: its traffic with pseudonyms (JSON), sealed at rest; empty where ``reason`` says why it was left out."""

    event_id: int
    flow: str
    trigger: str
    version: int
    order_key: str
    received_at: datetime
    calls: int
    body: bytes = b""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """``version`` takes ``percent`` of the orders of a flow whose others go through ``base``. ``peak``: the most that it ever took: an
    order that went along stays with it where the share has shrunk since.

    ``switched``: all of them do, and ``base`` is what one click goes back to.
    """

    flow: str
    base: int
    version: int
    percent: int
    state: ShareState
    began_at: datetime
    changed_at: datetime
    actor: str
    peak: int = 0
