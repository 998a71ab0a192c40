"""What is observed. Plain facts with a time; nothing in them is personal."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

Target = Literal["wms", "finance"]
Gauge = Literal["queue", "standing", "incidents", "stuck"]
TARGETS: dict[str, Target] = {"connector.to_wms": "wms", "connector.to_finance": "finance"}
"""By node type: which system has an order once the node is done."""
SHIPPED: Final = "connector.take_waybill"
"""The node type that is told what a warehouse shipped."""


class Call(msgspec.Struct, tag="call"):
    """Attempts to call a system, one after the other, that all went or all did not. ``at``: of the first; ``times`` grows until they are
    taken."""

    connection: str
    went: bool
    at: datetime
    times: int = 1


class Arrival(msgspec.Struct, frozen=True, tag="arrival"):
    """An order arrived. ``offset``: seconds from the source's own stamp to the arrival, negative where the stamp lies in the future;
    ``None`` without a stamp. ``zone``: the one in which the stamp was read.
    """

    channel: str
    shop: str
    order: str
    at: datetime
    offset: float | None = None
    zone: str = "UTC"


class Shipped(msgspec.Struct, frozen=True, tag="shipped"):
    """A warehouse told what it shipped, with its own stamp. ``source``: its channel; ``offset``: none where it lies in the past."""

    source: str
    order: str
    at: datetime
    offset: float
    zone: str = "UTC"


class Delivery(msgspec.Struct, frozen=True, tag="delivery"):
    """An order reached a system, or (``late``) has not reached it for so long. Seconds since it arrived, and since the source's stamp:
    ``None`` where that tells nothing of the way here (``Ears``).
    """

    channel: str
    target: Target
    order: str
    at: datetime
    since_arrival: float
    since_stamp: float | None = None
    late: bool = False


class Level(msgspec.Struct, frozen=True, tag="level"):
    """How much there is of something now. ``of``: a stage, of orders that are late there; ``order``: the oldest of them."""

    gauge: Gauge
    value: int
    at: datetime
    of: str = ""
    order: str = ""


class Drift(msgspec.Struct, frozen=True, tag="drift"):
    """The form of what a channel sends has changed at a path, or (``over``) is as it was, or is accepted.

    ``source``: the field that the old one has probably become; ``flows``: what the change touches, as text.
    """

    operation: str
    change: str
    path: str
    expected: str
    found: str
    source: str
    weight: str
    flows: str
    at: datetime
    over: bool = False


class Held(msgspec.Struct, frozen=True, tag="held"):
    """Nothing is sent on of an operation's orders: so many per cent of so many had drifted. ``over``: a person let them go."""

    operation: str
    percent: int
    orders: int
    at: datetime
    over: bool = False


class StockSeen(msgspec.Struct, frozen=True, tag="stock"):
    """A SKU now: ``free`` units (what lies there less what is sold and not shipped), ``cover``: days that they last by recent sales.

    ``at_least``, ``days``: limits of its own. ``gone``: nobody lists or sells it any more.
    """

    sku: str
    at: datetime
    quantity: int = 0
    sold: int = 0
    free: int = 0
    cover: int | None = None
    at_least: int | None = None
    days: int | None = None
    gone: bool = False


class ParcelSeen(msgspec.Struct, frozen=True, tag="parcel"):
    """A parcel now. ``hours`` since it last moved; ``percent``: how much of the usual time it has been under way, where that is known;
    ``misses``: the promised time is over, or will be before it usually arrives. ``over``: it is there, or nobody waits for it.
    """

    id: str
    at: datetime
    shown: str = ""
    carrier: str = ""
    channel: str = ""
    order: str = ""
    hours: int = 0
    percent: int | None = None
    misses: bool = False
    due: str = ""
    over: bool = False


class Ending(msgspec.Struct, frozen=True, tag="ending"):
    """When a connection's token or certificate ends. ``renews``: it is renewed by itself; ``failed``: the code, where that did not go."""

    what: Literal["token", "certificate"]
    connection: str
    ends_at: datetime
    at: datetime
    renews: bool = False
    failed: str | None = None


class Skew(msgspec.Struct, frozen=True, tag="skew"):
    """How far the clock of a system that we call is ahead of ours, in seconds: the date of its answer beside our time."""

    connection: str
    seconds: float
    at: datetime


Observation = Call | Skew | Arrival | Shipped | Delivery | Level | Drift | Held | StockSeen | ParcelSeen | Ending
