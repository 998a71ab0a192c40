"""What the hub keeps beside the newest state of an order: its lines, every version that came, and what holds it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the writer's process does without orders and their models
    from engine.order.rules import Unmatched

HubOutcome = Literal["new", "changed", "unchanged", "stale"]
HoldState = Literal["open", "done", "cancelled"]
HoldEnd = Literal["released", "superseded", "due", "led", "merged"]
"""``due``: its time was over; ``led``: its parcel took others along; ``merged``: its goods went along in the parcel of another order."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What is picked for a line. Not personal: it outlives an erasure."""

    sku_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """A version of an order as an event brought it, also one that changed nothing.

    ``body`` is the canonical order; empty where it was erased, and where ``outcome`` is ``unchanged``: then it is that of the version
    before. ``at``: when its event was received.
    """

    id: int
    version: str
    outcome: HubOutcome
    status: str
    currency: str
    amount_paid: str
    hold_reasons: tuple[str, ...]
    event_id: int
    at: datetime
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class NewHold:
    """Which version of which order does not go on, and why. Nothing in it is personal.

    ``missing``: the lines whose SKU it waits for, where it does.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    version: str
    reasons: tuple[str, ...]
    missing: tuple[Unmatched, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A wait of a run that ends when a person releases its order, or when a newer version of the order has come.

    ``id`` is that of the wait. ``ended_how`` and ``ended_by`` are empty while it is open, and where its run was cancelled.
    """

    id: int
    run_id: int
    flow: str
    step: str
    order: NewHold
    state: HoldState
    at: datetime
    closed_at: datetime | None = None
    ended_how: str = ""
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class Unshipped:
    """An order that is paid and not shipped whole. ``ship_by_at`` as the channel said it; both times are UTC text."""

    channel: str
    shop_id: str
    channel_order_id: str
    status: str
    ship_by_at: str | None
    created_at: str | None
