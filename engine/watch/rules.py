"""Rules as data: when something is wrong. One pydantic model a kind; its schema makes the form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field

from engine.watch.hours import Hours, time_of_day
from engine.watch.rule import Rule, TimeOfDay

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GRAVE: Final = 300
"""Seconds between two clocks. JD refuses calls from 6 minutes on, Taobao and Pinduoduo from 10."""
_BEGINNINGS: Final[dict[str, Any]] = {"enumTitles": {"arrival": "its arrival here", "stamp": "the channel's own time"}}
_ENDS: Final[dict[str, Any]] = {"enumTitles": {"wms": "the warehouse", "finance": "the books", "any": "either of them"}}
_WEIGHTS_TITLED: Final[dict[str, Any]] = {
    "enumTitles": {"recorded": "nobody reads it", "suggested": "it looks like a rename", "warned": "it is read", "parked": "orders stop"}
}
_STAGES: Final[dict[str, Any]] = {
    "enumTitles": {
        "any": "each of them", "canonical": "in one form", "wms": "the warehouse", "finance": "the books", "shipped": "shipped",
    }
}  # fmt: skip


class FailuresInARow(Rule):
    """Calls to a connection that fail one after the other. Over with the first call that goes through."""

    kind: Literal["failures"] = "failures"
    code, title, icon = "alarm.failures", "Failures in a row", "unlink"
    count: int = Field(default=3, ge=1, le=1000, title="Failures in a row")
    connection: str = Field(default="", max_length=60, title="Connection", description="Empty: each of them.")


class ErrorShare(Rule):
    """The share of the calls to a connection that fail, over some minutes. Over when it is half of that again."""

    kind: Literal["error_share"] = "error_share"
    code, title, icon = "alarm.error_share", "Share of failed calls", "activity"
    percent: int = Field(default=20, ge=1, le=99, title="Per cent", description="The alarm is raised above this.")
    minutes: int = Field(default=10, ge=1, le=120, title="Minutes", description="Over which calls are counted.")
    at_least: int = Field(default=20, ge=1, le=100_000, title="At least so many calls", description="Fewer calls tell nothing.")
    connection: str = Field(default="", max_length=60, title="Connection", description="Empty: each of them.")


class Delayed(Rule):
    """An order that takes too long to reach the warehouse or finance. The alarm names the order that was late first."""

    kind: Literal["delay"] = "delay"
    code, title, icon = "alarm.delay_wms", "Delay of orders", "clock"
    seconds: int = Field(default=5, ge=1, le=86_400, title="Seconds", description="An order may take so long.")
    since: Literal["arrival", "stamp"] = Field(
        default="arrival", title="Counted from", json_schema_extra=_BEGINNINGS,
        description="From the channel's own time polling counts too; a second more is allowed, and what was imported late is not judged.",
    )  # fmt: skip
    target: Literal["wms", "finance", "any"] = Field(
        default="any", title="Until it is in", json_schema_extra=_ENDS
    )  # fmt: skip
    channel: str = Field(default="", max_length=60, title="Channel", description="Such as taobao. Empty: each of them.")
    calm: int = Field(default=5, ge=1, le=1440, title="Over after minutes", description="Without another order that is late.")

    @property
    def called(self) -> str:
        return self.title if self.since == "arrival" else "Delay from the channel's own time"

    @property
    def allowed(self) -> float:
        """Seconds. A stamp of whole seconds is up to one older than the order."""
        return self.seconds + (0.0 if self.since == "arrival" else 1.0)


class NoOrders(Rule):
    """No order has come for a while, in business hours. Often the first sign that an interface has died quietly."""

    kind: Literal["no_orders"] = "no_orders"
    code, title, icon = "alarm.no_orders", "No orders", "inbox"
    minutes: int = Field(default=60, ge=1, le=10_080, title="Minutes without an order")
    channel: str = Field(default="", max_length=60, title="Channel", description="Such as taobao. Empty: all of them together.")
    open_from: TimeOfDay = Field(default="09:00", title="Business hours from")
    open_to: TimeOfDay = Field(default="22:00", title="Business hours until")
    days: str = Field(
        default="mon,tue,wed,thu,fri,sat,sun", title="Days", pattern=r"^(mon|tue|wed|thu|fri|sat|sun)(, ?(mon|tue|wed|thu|fri|sat|sun))*$",
        description="On which business begins: mon, tue, wed, thu, fri, sat, sun, with commas between.",
    )  # fmt: skip

    @property
    def business(self) -> Hours:
        days = frozenset(DAYS.index(day.strip()) for day in self.days.split(","))
        return Hours(time_of_day(self.open_from), time_of_day(self.open_to), self.zone, days)


class QueueLength(Rule):
    """Orders that wait for their turn. Over when four fifths of the limit are left."""

    kind: Literal["queue"] = "queue"
    code, title, icon = "alarm.queue", "Length of the queue", "list-checks"
    most: int = Field(default=1000, ge=1, le=1_000_000, title="Orders in line", description="The alarm is raised above this.")


class StandingStill(Rule):
    """Orders that should go on and do not. Which they are is shown among the incidents."""

    kind: Literal["standing"] = "standing"
    code, title, icon = "alarm.standing", "Orders that stand still", "hourglass"
    at_least: int = Field(default=1, ge=1, le=1_000_000, title="At least so many")


class StuckOrders(Rule):
    """Orders that have not reached a stage of their path in the time that is expected of it. The alarm names the oldest."""

    kind: Literal["stuck"] = "stuck"
    code, title, icon = "alarm.stuck_wms", "Stuck orders", "hourglass"
    at_least: int = Field(default=1, ge=1, le=1_000_000, title="At least so many")
    stage: Literal["any", "canonical", "wms", "finance", "shipped"] = Field(default="any", title="Stage", json_schema_extra=_STAGES)


class Incidents(Rule):
    """Open incidents: orders that need a hand."""

    kind: Literal["incidents"] = "incidents"
    code, title, icon = "alarm.incidents", "Number of incidents", "triangle-alert"
    at_least: int = Field(default=20, ge=1, le=1_000_000, title="At least so many")


class TokenEnds(Rule):
    """The permission of a shop ends within some days and nobody renews it, or renewing it by itself has failed."""

    kind: Literal["token_ends"] = "token_ends"
    code, title, icon = "alarm.token_ends", "Tokens that end", "key-round"
    days: int = Field(default=7, ge=1, le=365, title="Days before the end")
    connection: str = Field(default="", max_length=60, title="Connection", description="Empty: each of them.")


class CertificateEnds(Rule):
    """The certificate of a system that we call over `https` ends within some days."""

    kind: Literal["certificate_ends"] = "certificate_ends"
    code, title, icon = "alarm.certificate_ends", "Certificates that end", "file-check"
    days: int = Field(default=14, ge=1, le=365, title="Days before the end")
    connection: str = Field(default="", max_length=60, title="Connection", description="Empty: each of them.")


class ClockOff(Rule):
    """Stamps of a source that are whole half hours off, or lie in the future: mostly its times are read in the wrong zone."""

    kind: Literal["clock"] = "clock"
    code, title, icon = "alarm.zone_ahead", "Wrong clock or zone", "calendar-clock"
    orders: int = Field(default=20, ge=3, le=200, title="Orders in a row", description="So many have to be off by the same.")
    in_future: int = Field(default=3, ge=1, le=100, title="Orders from the future", description="So many are enough.")
    tolerance: int = Field(default=300, ge=1, le=840, title="Tolerance in seconds")


class ClockSkew(Rule):
    """The clock of a channel that we call and ours differ. Signatures bear the time: beyond some minutes the channel refuses every call."""

    kind: Literal["skew"] = "skew"
    code, title, icon = "alarm.skew_ahead", "Clocks that differ", "calendar-clock"
    seconds: int = Field(default=60, ge=2, le=3600, title="Seconds", description="Clocks may differ by so much.")
    connection: str = Field(default="", max_length=60, title="Connection", description="Empty: each of them.")

    @property
    def is_grave(self) -> bool:
        return self.seconds >= GRAVE

    @property
    def called(self) -> str:
        return "Clocks that differ gravely" if self.is_grave else self.title


class Drifted(Rule):
    """The form of what a channel sends has changed. Over when a person has accepted the change, or it shows no more."""

    kind: Literal["drift"] = "drift"
    code, title, icon = "alarm.drift_new", "Changed form of a channel's data", "file-check"
    least: Literal["recorded", "suggested", "warned", "parked"] = Field(
        default="suggested", title="From which weight on", json_schema_extra=_WEIGHTS_TITLED,
        description="How much a change matters, by what the flows read.",
    )  # fmt: skip
    operation: str = Field(default="", max_length=80, title="Operation", description="Such as taobao.order. Empty: each of them.")
    pause_percent: int = Field(
        default=50, ge=0, le=100, title="Pause sending from per cent",
        description="When so many of the orders have drifted, nothing is sent on until a person lets it go. Intake goes on. 0: never.",
    )  # fmt: skip
    pause_at_least: int = Field(default=20, ge=1, le=100_000, title="At least so many orders", description="Fewer orders tell nothing.")
    pause_minutes: int = Field(default=10, ge=1, le=120, title="Minutes", description="Over which orders are counted.")


class StockShort(Rule):
    """A SKU of which too few units are left, or that lasts for too few days. An alarm for each SKU; its own limits count before these."""

    kind: Literal["stock_short"] = "stock_short"
    code, title, icon = "alarm.stock_short", "SKU is short", "package"
    at_least: int = Field(
        default=10, ge=0, le=1_000_000, title="At least so many units",
        description="Free ones: what lies in the warehouses less what is sold and not shipped.",
    )  # fmt: skip
    days: int | None = Field(
        default=None, ge=1, le=365, title="At least so many days", description="By the sales of the last 14 days. Empty: not asked."
    )


class Oversold(Rule):
    """More of a SKU is sold and not shipped than lies in the warehouses. An alarm for each SKU."""

    kind: Literal["oversold"] = "oversold"
    code, title, icon = "alarm.oversold", "SKU is oversold", "package"
    at_least: int = Field(default=1, ge=1, le=1_000_000, title="At least so many units", description="That are sold and not there.")


class ParcelStill(Rule):
    """A parcel that was shipped and does not move. An alarm for each parcel, before the customer asks."""

    kind: Literal["parcel_still"] = "parcel_still"
    code, title, icon = "alarm.parcel_still", "Shipped but not moving", "truck"
    hours: int = Field(default=48, ge=1, le=2160, title="Hours without a movement")
    carrier: str = Field(default="", max_length=60, title="Courier", description="Such as yto. Empty: each of them.")


class ParcelLate(Rule):
    """A parcel that is, or will be, later than promised; without a promise, one that takes much longer than is usual there."""

    kind: Literal["parcel_late"] = "parcel_late"
    code, title, icon = "alarm.parcel_late", "Parcel will be late", "truck"
    percent: int = Field(
        default=150, ge=100, le=1000, title="Per cent of the usual time",
        description="For parcels without a promised time: of the median of the courier and region.",
    )  # fmt: skip
    carrier: str = Field(default="", max_length=60, title="Courier", description="Such as yto. Empty: each of them.")


KINDS: Final[Mapping[str, type[Rule]]] = MappingProxyType(
    {
        str(model.model_fields["kind"].default): model
        for model in (
            FailuresInARow,
            ErrorShare,
            Delayed,
            NoOrders,
            QueueLength,
            StandingStill,
            StuckOrders,
            Incidents,
            ClockOff,
            ClockSkew,
            TokenEnds,
            CertificateEnds,
            Drifted,
            StockShort,
            Oversold,
            ParcelStill,
            ParcelLate,
        )
    }
)
DEFAULTS: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "three_failures": FailuresInARow(),
        "delay_over_5_s": Delayed(),
        "delay_from_channel": Delayed(since="stamp"),
        "stands_still": StandingStill(),
        "stuck_orders": StuckOrders(),
        "wrong_clock": ClockOff(),
        "clock_skew": ClockSkew(),
        "clock_skew_grave": ClockSkew(seconds=GRAVE),
        "changed_form": Drifted(),
        "oversold": Oversold(),
        "sku_short": StockShort(),
        "parcel_still": ParcelStill(),
        "parcel_late": ParcelLate(),
        "token_ends": TokenEnds(),
        "certificate_ends": CertificateEnds(),
    }
)
"""Rules that are there from the beginning. They tell nobody until somebody says whom; they can be changed, and put out of use."""
