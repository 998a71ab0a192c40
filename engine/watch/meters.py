"""How each kind of rule measures. Pure: a memory (plain JSON), one observation at a time, a verdict.

Observations may come late or twice: what is older than the newest of its subject never turns a verdict back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from engine.order import instant, utc_text
from engine.watch.clock_meters import clock_of, skew_of
from engine.watch.goods import parcel_fault, stock_fault
from engine.watch.observations import Arrival, Call, Delivery, Drift, Ending, Held, Level, Observation, ParcelSeen, StockSeen
from engine.watch.rule import Rule
from engine.watch.rules import (
    CertificateEnds,
    ClockOff,
    ClockSkew,
    Delayed,
    Drifted,
    ErrorShare,
    FailuresInARow,
    Incidents,
    NoOrders,
    Oversold,
    ParcelLate,
    ParcelStill,
    QueueLength,
    StandingStill,
    StockShort,
    StuckOrders,
    TokenEnds,
)
from engine.watch.subjects import ALL
from engine.watch.verdicts import GOOD, Bad, Memory, Verdict

EASED: Final = 0.8
"""Of a limit: so far a queue has to shrink before it counts as well again."""


def take(rule: Rule, memory: Memory, subject: str, one: Observation) -> tuple[Memory, Verdict]:
    """The memory with one more observation, and what follows from it at once."""
    return _TAKE[type(rule)](rule, memory, subject, one)


def look(rule: Rule, memory: Memory, subject: str, now: datetime) -> tuple[Memory, Verdict]:
    """What follows from the memory by now, whether or not something was observed."""
    looked = _LOOK.get(type(rule))
    return (memory, None) if looked is None else looked(rule, memory, subject, now)


def _failures(rule: FailuresInARow, memory: Memory, subject: str, one: Call) -> tuple[Memory, Verdict]:
    if _is_late(memory, one):
        return memory, None
    count = 0 if one.went else int(memory.get("count", 0)) + one.times
    kept: Memory = {"count": min(count, rule.count), "at": utc_text(one.at)}
    if one.went:
        return kept, GOOD
    return kept, Bad({"connection": subject, "count": rule.count}) if count >= rule.count else None


def _share(rule: ErrorShare, memory: Memory, subject: str, one: Call) -> tuple[Memory, Verdict]:
    del subject, rule
    minute = str(_minute(one.at))
    went, failed = memory.get(minute, (0, 0))
    return {**memory, minute: (went + one.times, failed) if one.went else (went, failed + one.times)}, None


def _look_share(rule: ErrorShare, memory: Memory, subject: str, now: datetime) -> tuple[Memory, Verdict]:
    first = _minute(now) - rule.minutes + 1
    kept = {minute: counts for minute, counts in memory.items() if int(minute) >= first}
    failed = sum(counts[1] for counts in kept.values())
    total = failed + sum(counts[0] for counts in kept.values())
    if total >= rule.at_least and failed * 100 > rule.percent * total:
        return kept, Bad({"connection": subject, "percent": failed * 100 // total, "calls": total, "minutes": rule.minutes})
    return kept, GOOD if total and failed * 200 <= rule.percent * total else None


def _delay(rule: Delayed, memory: Memory, subject: str, one: Delivery) -> tuple[Memory, Verdict]:
    del subject
    took = one.since_arrival if rule.since == "arrival" else one.since_stamp
    if took is None or took <= rule.allowed:
        return memory, None
    last = instant(memory.get("late_at"))
    kept = {"late_at": utc_text(one.at if last is None else max(last, one.at))}
    fields = {"channel": one.channel, "target": one.target, "order": one.order, "seconds": rule.seconds, "took": round(took, 1)}
    return kept, Bad(fields, f"alarm.delay_{one.target}" if rule.since == "arrival" else f"alarm.delay_stamp_{one.target}")


def _look_delay(rule: Delayed, memory: Memory, subject: str, now: datetime) -> tuple[Memory, Verdict]:
    del subject
    late_at = instant(memory.get("late_at"))
    if late_at is None or now - late_at <= timedelta(minutes=rule.calm):
        return (memory or {"late_at": utc_text(now)}), None  # what was late before a restart is given its calm minutes, too
    return memory, GOOD


def _orders(rule: NoOrders, memory: Memory, subject: str, one: Arrival) -> tuple[Memory, Verdict]:
    del rule, subject
    return (memory, None) if _is_late(memory, one) else ({"at": utc_text(one.at)}, GOOD)


def _look_orders(rule: NoOrders, memory: Memory, subject: str, now: datetime) -> tuple[Memory, Verdict]:
    last, span = instant(memory.get("at")), rule.business.span_at(now)
    if last is None:
        return {"at": utc_text(now)}, None
    if span is None or now - max(last, span[0]) <= timedelta(minutes=rule.minutes):
        return memory, None
    fields = {"channel": subject, "minutes": rule.minutes, "last": utc_text(last)}
    return memory, Bad(fields, "alarm.no_orders" if subject == ALL else "alarm.no_orders_of")


def _level(rule: Rule, memory: Memory, subject: str, one: Level) -> tuple[Memory, Verdict]:
    del subject
    if _is_late(memory, one):
        return memory, None
    kept: Memory = {"at": utc_text(one.at)}
    if isinstance(rule, QueueLength):
        limit, bad, good = rule.most, one.value > rule.most, one.value <= rule.most * EASED
    else:
        limit = cast("StandingStill | Incidents", rule).at_least
        bad = one.value >= limit
        good = not bad
    return kept, Bad({"count": one.value, "limit": limit}) if bad else GOOD if good else None


def _stock(rule: StockShort | Oversold, memory: Memory, subject: str, one: StockSeen) -> tuple[Memory, Verdict]:
    del subject
    found = stock_fault(rule, one)
    return memory, GOOD if found is None else Bad(found)


def _parcel(rule: ParcelStill | ParcelLate, memory: Memory, subject: str, one: ParcelSeen) -> tuple[Memory, Verdict]:
    del subject
    found = parcel_fault(rule, one)
    code = "alarm.parcel_slow" if isinstance(rule, ParcelLate) and not one.due else None
    return memory, GOOD if found is None else Bad(found, code)


def _stuck(rule: StuckOrders, memory: Memory, subject: str, one: Level) -> tuple[Memory, Verdict]:
    if _is_late(memory, one):
        return memory, None
    kept: Memory = {"at": utc_text(one.at)}
    if one.value < rule.at_least:
        return kept, GOOD
    return kept, Bad({"count": one.value, "stage": subject, "order": one.order}, f"alarm.stuck_{subject}")


def _ending(rule: TokenEnds | CertificateEnds, memory: Memory, subject: str, one: Ending) -> tuple[Memory, Verdict]:
    """A token that is renewed by itself may be short-lived: it is well until that fails."""
    if _is_late(memory, one):
        return memory, None
    kept: Memory = {"at": utc_text(one.at)}
    left, fields = one.ends_at - one.at, {"connection": subject, "at": utc_text(one.ends_at)}
    if one.failed is not None:
        return kept, Bad({**fields, "reason": one.failed}, "alarm.renewal_failed")
    if left <= timedelta(0):
        return kept, Bad(fields, f"alarm.{one.what}_ended")
    if left < timedelta(days=rule.days) and not one.renews:
        return kept, Bad({**fields, "days": left // timedelta(days=1)})
    return kept, GOOD


def _drift(rule: Drifted, memory: Memory, subject: str, one: Drift | Held) -> tuple[Memory, Verdict]:
    del rule, subject
    if one.over:
        return memory, GOOD
    if isinstance(one, Held):
        return memory, Bad({"operation": one.operation, "percent": one.percent, "orders": one.orders}, "alarm.drift_paused")
    fields = {"operation": one.operation, "path": one.path, "found": one.found, "expected": one.expected, "flows": one.flows or "–"}
    if one.source:
        return memory, Bad({**fields, "source": one.source}, "alarm.drift_renamed")
    return memory, Bad(fields, f"alarm.drift_{one.change}")


def _is_late(memory: Memory, one: Observation) -> bool:
    last = instant(memory.get("at"))
    return last is not None and one.at < last


def _minute(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() // 60)


_TAKE: Final[Mapping[type[Rule], Callable[..., tuple[Memory, Verdict]]]] = {
    FailuresInARow: _failures, ErrorShare: _share, Delayed: _delay, NoOrders: _orders,
    QueueLength: _level, StandingStill: _level, StuckOrders: _stuck, Incidents: _level, ClockOff: clock_of, ClockSkew: skew_of,
    Drifted: _drift,
    StockShort: _stock, Oversold: _stock, ParcelStill: _parcel, ParcelLate: _parcel,
    TokenEnds: _ending, CertificateEnds: _ending,
}  # fmt: skip
_LOOK: Final[Mapping[type[Rule], Callable[..., tuple[Memory, Verdict]]]] = {
    ErrorShare: _look_share, Delayed: _look_delay, NoOrders: _look_orders,
}  # fmt: skip
