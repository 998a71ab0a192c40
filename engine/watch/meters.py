"""How each kind of rule measures. Pure: a memory (plain JSON), one observation at a time, a verdict.

Observations may come late or twice: what is older than the newest of its subject never turns a verdict back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final, TypeAlias, cast

from engine.order import instant, utc_text
from engine.watch.clock import Limits, Mistake, is_well, mistake_in
from engine.watch.contract.classes import is_at_least
from engine.watch.goods import parcel_fault, stock_fault, subject_of_goods
from engine.watch.observations import (
    Arrival,
    Call,
    Delivery,
    Drift,
    Ending,
    Gauge,
    Held,
    Level,
    Observation,
    ParcelSeen,
    Shipped,
    Skew,
    StockSeen,
)
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
    Rule,
    StandingStill,
    StockShort,
    StuckOrders,
    TokenEnds,
)

Memory: TypeAlias = dict[str, Any]
ALL: Final = "*"
EASED: Final = 0.8
"""Of a limit: so far a queue has to shrink before it counts as well again."""
ANSWERS: Final = 3
"""Of a system's answers: so many say how its clock is."""
WELL_AGAIN: Final = 5
"""Orders with believable stamps that end an alarm about a clock."""


@dataclass(frozen=True, slots=True)
class Bad:
    """Something is wrong. ``code``: where it differs from that of the rule."""

    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    code: str | None = None


class Good:
    """It is well: there is evidence, not only silence."""


GOOD: Final = Good()
Verdict: TypeAlias = Bad | Good | None
"""``None``: nothing new is known."""


def subject_of(rule: Rule, one: Observation) -> str | None:  # noqa: PLR0911 - one line a kind
    """What an observation is about, as far as the rule looks at it."""
    match rule, one:
        case ((FailuresInARow() | ErrorShare()), Call()):
            return one.connection if rule.connection in ("", one.connection) else None
        case Delayed(), Delivery():
            fits = rule.channel in ("", one.channel) and rule.target in ("any", one.target)
            return f"{one.channel}/{one.target}" if fits else None
        case NoOrders(), Arrival():
            return (rule.channel or ALL) if rule.channel in ("", one.channel) else None
        case ClockSkew(), Skew():
            return one.connection if rule.connection in ("", one.connection) else None
        case ClockOff(), Arrival():
            return f"{one.channel}/{one.shop}" if one.offset is not None else None
        case ClockOff(), Shipped():
            return one.source
        case Drifted(), (Drift() | Held()):
            return _drift_of(rule, one)
        case _, StockSeen() | ParcelSeen():
            return subject_of_goods(rule, one)
        case _, (Level() | Ending()):
            return _subject_of_state(rule, one)
        case _:
            return None


def _drift_of(rule: Drifted, one: Drift | Held) -> str | None:
    """A change that is over was once of the weight that the rule looks for, perhaps."""
    if rule.operation not in ("", one.operation):
        return None
    if isinstance(one, Held):
        return one.operation
    named = f"{one.operation} {one.path} {one.change}{f' {one.found}' if one.change == 'word' else ''}"
    return named if one.over or is_at_least(one.weight, rule.least) else None


def _subject_of_state(rule: Rule, one: Level | Ending) -> str | None:
    if isinstance(one, Ending):
        wanted = rule.connection if isinstance(rule, (TokenEnds, CertificateEnds)) and rule.kind == f"{one.what}_ends" else None
        return one.connection if wanted in ("", one.connection) else None
    if isinstance(rule, StuckOrders):
        return one.of if one.gauge == "stuck" and rule.stage in ("any", one.of) else None
    return ALL if one.gauge == _GAUGES.get(type(rule)) else None


def looked_at(rules: Iterable[Rule], observations: Iterable[Observation]) -> Mapping[type[Rule], Sequence[Observation]]:
    """What each kind of rule may look at, in order of time: under load there are many, and most rules look at few of them."""
    in_order = sorted(observations, key=lambda one: one.at)
    by_type: dict[type[Observation], list[Observation]] = {}
    for one in in_order:
        by_type.setdefault(type(one), []).append(one)
    return {kind: _of(_LOOKS_AT[kind], by_type, in_order) if kind in _LOOKS_AT else in_order for kind in {type(rule) for rule in rules}}


def _of(
    wanted: tuple[type[Observation], ...], by_type: Mapping[type[Observation], Sequence[Observation]], in_order: Sequence[Observation]
) -> Sequence[Observation]:
    """Several types are in order of time among each other, too."""
    there = [one for one in wanted if one in by_type]
    if len(there) > 1:
        return [one for one in in_order if type(one) in wanted]
    return by_type[there[0]] if there else ()


def always_looked_at(rule: Rule) -> tuple[str, ...]:
    """Subjects about which silence says something."""
    return ((rule.channel or ALL),) if isinstance(rule, NoOrders) else ()


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
    count = 0 if one.went else int(memory.get("count", 0)) + 1
    kept: Memory = {"count": min(count, rule.count), "at": utc_text(one.at)}
    if one.went:
        return kept, GOOD
    return kept, Bad({"connection": subject, "count": rule.count}) if count >= rule.count else None


def _share(rule: ErrorShare, memory: Memory, subject: str, one: Call) -> tuple[Memory, Verdict]:
    del subject, rule
    minute = str(_minute(one.at))
    went, failed = memory.get(minute, (0, 0))
    return {**memory, minute: (went + one.went, failed + (not one.went))}, None


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


def _clock(rule: ClockOff, memory: Memory, subject: str, one: Arrival | Shipped) -> tuple[Memory, Verdict]:
    limits = Limits(rule.orders, rule.in_future, float(rule.tolerance))
    offsets = [*map(float, memory.get("offsets", ())), cast("float", one.offset)][-max(rule.orders, 2 * rule.in_future, WELL_AGAIN) :]
    kept: Memory = {"offsets": offsets}
    newest = offsets[-WELL_AGAIN:]
    if len(newest) == WELL_AGAIN and all(is_well(offset, limits) for offset in newest):
        return kept, GOOD
    found = mistake_in(offsets, one.zone, one.at, limits)
    return kept, None if found is None else _told(found, subject, one)


def _skew(rule: ClockSkew, memory: Memory, subject: str, one: Skew) -> tuple[Memory, Verdict]:
    """The median of the newest answers: one that was long on its way, or came from another machine there, says nothing."""
    offsets = [*map(float, memory.get("offsets", ())), round(one.seconds, 1)][-ANSWERS:]
    kept: Memory = {"offsets": offsets}
    if len(offsets) < ANSWERS:
        return kept, None
    middle = median(offsets)
    if abs(middle) <= rule.seconds:
        return kept, GOOD
    fields = {"connection": subject, "seconds": round(abs(middle)), "side": "ahead" if middle > 0 else "behind"}
    return kept, Bad(fields, f"alarm.skew_{'grave_' if rule.is_grave else ''}{fields['side']}")


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


def _told(found: Mistake, subject: str, one: Arrival | Shipped) -> Bad:
    where = "ahead" if found.offset < 0 else "behind"
    fields = {
        "source": subject.rstrip("/"),
        "orders": found.orders,
        "order": one.order,
        "off": length(abs(found.offset)),
        "read": found.read,
    }
    if found.kind == "zone":
        return Bad({**fields, "written": found.written, "side": where}, f"alarm.zone_{where}")
    return Bad(fields, "alarm.clock_ahead")


def length(seconds: float) -> str:
    """``8:00`` hours and minutes."""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}:{minutes:02}"


def _is_late(memory: Memory, one: Observation) -> bool:
    last = instant(memory.get("at"))
    return last is not None and one.at < last


def _minute(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() // 60)


_GAUGES: Final[Mapping[type[Rule], Gauge]] = {QueueLength: "queue", StandingStill: "standing", Incidents: "incidents"}
_LOOKS_AT: Final[Mapping[type[Rule], tuple[type[Observation], ...]]] = {
    FailuresInARow: (Call,), ErrorShare: (Call,), Delayed: (Delivery,), NoOrders: (Arrival,), ClockOff: (Arrival, Shipped),
    ClockSkew: (Skew,), QueueLength: (Level,), StandingStill: (Level,), StuckOrders: (Level,), Incidents: (Level,), TokenEnds: (Ending,),
    CertificateEnds: (Ending,), StockShort: (StockSeen,), Oversold: (StockSeen,), ParcelStill: (ParcelSeen,), ParcelLate: (ParcelSeen,),
}  # fmt: skip
"""A kind that is not named here looks at everything."""
_TAKE: Final[Mapping[type[Rule], Callable[..., tuple[Memory, Verdict]]]] = {
    FailuresInARow: _failures, ErrorShare: _share, Delayed: _delay, NoOrders: _orders,
    QueueLength: _level, StandingStill: _level, StuckOrders: _stuck, Incidents: _level, ClockOff: _clock, ClockSkew: _skew,
    Drifted: _drift,
    StockShort: _stock, Oversold: _stock, ParcelStill: _parcel, ParcelLate: _parcel,
    TokenEnds: _ending, CertificateEnds: _ending,
}  # fmt: skip
_LOOK: Final[Mapping[type[Rule], Callable[..., tuple[Memory, Verdict]]]] = {
    ErrorShare: _look_share, Delayed: _look_delay, NoOrders: _look_orders,
}  # fmt: skip
