"""How clocks are measured: the stamps of a source, and the clock of a system that answers."""

from __future__ import annotations

from statistics import median
from typing import Final, cast

from engine.watch.clock import Limits, Mistake, is_well, mistake_in
from engine.watch.observations import Arrival, Shipped, Skew
from engine.watch.rules import ClockOff, ClockSkew
from engine.watch.verdicts import GOOD, Bad, Memory, Verdict

ANSWERS: Final = 3
"""Of a system's answers: so many say how its clock is."""
WELL_AGAIN: Final = 5
"""Orders with believable stamps that end an alarm about a clock."""


def clock_of(rule: ClockOff, memory: Memory, subject: str, one: Arrival | Shipped) -> tuple[Memory, Verdict]:
    limits = Limits(rule.orders, rule.in_future, float(rule.tolerance))
    offsets = [*map(float, memory.get("offsets", ())), cast("float", one.offset)][-max(rule.orders, 2 * rule.in_future, WELL_AGAIN) :]
    kept: Memory = {"offsets": offsets}
    newest = offsets[-WELL_AGAIN:]
    if len(newest) == WELL_AGAIN and all(is_well(offset, limits) for offset in newest):
        return kept, GOOD
    found = mistake_in(offsets, one.zone, one.at, limits)
    return kept, None if found is None else _told(found, subject, one)


def skew_of(rule: ClockSkew, memory: Memory, subject: str, one: Skew) -> tuple[Memory, Verdict]:
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
