"""What each kind of rule looks at: which observations, and what each of them is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from engine.watch.contract.classes import is_at_least
from engine.watch.goods import subject_of_goods
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

ALL: Final = "*"


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


_GAUGES: Final[Mapping[type[Rule], Gauge]] = {QueueLength: "queue", StandingStill: "standing", Incidents: "incidents"}
_LOOKS_AT: Final[Mapping[type[Rule], tuple[type[Observation], ...]]] = {
    FailuresInARow: (Call,), ErrorShare: (Call,), Delayed: (Delivery,), NoOrders: (Arrival,), ClockOff: (Arrival, Shipped),
    ClockSkew: (Skew,), QueueLength: (Level,), StandingStill: (Level,), StuckOrders: (Level,), Incidents: (Level,), TokenEnds: (Ending,),
    CertificateEnds: (Ending,), StockShort: (StockSeen,), Oversold: (StockSeen,), ParcelStill: (ParcelSeen,), ParcelLate: (ParcelSeen,),
}  # fmt: skip
"""A kind that is not named here looks at everything."""
