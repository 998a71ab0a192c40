"""What a target lists under the numbers of parcels and parts, told of the orders that they hold. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from engine.hub.difference import ALONE, Difference, Name, NotCompared, System, Via, difference, same_amount, total
from engine.hub.wholes import Consigned, Unit, UnitName, Whole, is_as_sent, name_of, names, units_of, wholes_of
from engine.store.consignments import Member
from engine.store.reconciliations import ListedLine, ListedOrder

__all__ = ["NOTHING", "Consigned", "Held", "Known", "Told", "shapes", "told_by_order"]


class Held(msgspec.Struct, frozen=True):
    """What a list says of an order; ``None``: it does not tell."""

    version: str | None = None
    amount: str | None = None
    via: Via = ALONE
    status: str | None = None
    lines: tuple[ListedLine, ...] | None = None
    receiver: tuple[str, ...] | None = None

    @classmethod
    def alone(cls, one: ListedOrder) -> Held:
        """An order that stands for itself."""
        return cls(one.version, one.amount, ALONE, one.status, one.lines, one.receiver)


NOTHING = Consigned()


@dataclass(slots=True)
class Told:
    """By order: what is ``held`` of it and in how many ``copies``, or as what it was ``sent`` where nothing is. ``found``: what is
    not right with the consignments themselves. ``wholes``: what there is of these; ``not_compared``: whose lines could not be.
    """

    held: dict[Name, list[Held]] = field(default_factory=lambda: defaultdict[Name, "list[Held]"](list))
    copies: dict[Name, int] = field(default_factory=lambda: defaultdict[Name, int](int))
    sent: dict[Name, Via] = field(default_factory=dict[Name, Via])
    found: list[Difference] = field(default_factory=list[Difference])
    wholes: Sequence[Whole] = ()
    not_compared: list[NotCompared] = field(default_factory=list[NotCompared])


@dataclass(frozen=True, slots=True)
class Known:
    """What is expected of orders: whether one has to be at the targets, whether it is of the day, and what was paid for it and is in it
    (``None``: not known).
    """

    is_needed: Callable[[Name], bool]
    is_of_day: Callable[[Name], bool]
    amount: Callable[[Name], str | None]
    lines: Callable[[Name], Sequence[ListedLine] | None]


def told_by_order(system: System, listed: Iterable[ListedOrder], consigned: Consigned, known: Known) -> Told:
    """A list of a target, order by order."""
    told = Told()
    listed = list(listed)
    units = units_of(listed, consigned)
    by_unit: dict[UnitName, list[ListedOrder]] = defaultdict(list)
    for one in (*listed, *consigned.elsewhere):
        if (unit := name_of(one)) in units:
            by_unit[unit].append(one)
    for one in listed:
        if (name := name_of(one)) not in units:
            told.held[name].append(Held.alone(one))
            told.copies[name] += 1
    told.wholes = wholes_of(units, by_unit)
    for whole in told.wholes:
        _tell(whole, told)
        if whole.here and is_compared(whole, consigned.day, known):
            told.found += [*_doubled(whole, system), *_parts_missing(whole, system, known), *_amounts(whole, system, known)]
    return told


def is_compared(whole: Whole, day: str, known: Known) -> bool:
    """Whether it is told on this day what is not right with it."""
    return known.is_of_day(whole.name) if whole.day is None else whole.day == day


def shapes(listed: Iterable[ListedOrder], consigned: Consigned) -> tuple[int, int]:
    """How many of the numbers that a target lists are those of parcels, and of parts."""
    listed = list(listed)
    units = units_of(listed, consigned)
    found = [units[unit] for unit in {name_of(one) for one in listed} if unit in units]
    parts = sum(bool(one.parts) for one in found)
    return len(found) - parts, parts


def _tell(whole: Whole, told: Told) -> None:
    """Parts of orders in a parcel are told with the other parts of their orders."""
    for member in whole.newest.members:
        if member.parts:
            continue
        name = whole.of(member.channel_order_id)
        there = [unit for unit in whole.here if names(unit.listed, member)]
        if there:
            told.copies[name] += 1
            told.held[name] += _held(whole, member, there)
        else:
            told.sent[name] = whole.via()


def _held(whole: Whole, member: Member, there: Sequence[Unit]) -> Iterable[Held]:
    """The version of a parcel, or of its parts, is that of the order whose number they bear; of the others it is known as it was sent.
    So it is where a parcel was sent again in a version of its own, when an order left it.
    """
    leads = member.channel_order_id == whole.newest.whole
    for unit in there:
        via = whole.via(unit.sent.part)
        for row in dict.fromkeys(unit.listed):
            status = row.status if leads or is_as_sent(row, unit.sent) else None
            yield Held(_version(row, unit, member) if leads else None, None, via, status, None, row.receiver)
    if not leads:
        yield Held(member.version, None, whole.via())
    yield Held(None, member.amount if whole.newest.is_parcel else _sent_in_all(whole), whole.via())


def _version(row: ListedOrder, unit: Unit, member: Member) -> str | None:
    is_sent = not unit.sent.parts and is_as_sent(row, unit.sent)
    return member.version if is_sent and member.version is not None else row.version


def _doubled(whole: Whole, system: System) -> Iterable[Difference]:
    """Listed twice under its number, or sent both by itself and in a parcel."""
    for unit in whole.here:
        if (times := len(unit.listed)) > 1:
            yield difference(whole.name, "doubled", system, whole.via(unit.sent.part), found=str(times))
    for part, times in Counter(unit.sent.part for unit in whole.here if unit.sent.parts).items():
        if times > 1:
            yield difference(whole.name, "doubled", system, whole.via(part), found=str(times))


def _parts_missing(whole: Whole, system: System, known: Known) -> Iterable[Difference]:
    if any(known.is_needed(whole.of(member.channel_order_id)) for member in whole.newest.members):
        there = {unit.sent.part for unit in whole.here}
        for part in range(1, whole.newest.parts + 1):
            if part not in there:
                yield difference(whole.name, "missing", system, whole.via(part))


def _amounts(whole: Whole, system: System, known: Known) -> Iterable[Difference]:
    """Each part against what was sent, and a parcel against the sum of what is in it."""
    if whole.newest.parts:
        for unit in whole.here:
            yield from _amount_of_part(whole, unit, system)
    if whole.newest.is_parcel:
        rows = [row for unit in whole.here if unit.sent.number == whole.newest.number for row in unit.listed]
        found = [_sent_in_all(whole)] if whole.newest.parts else [row.amount for row in rows]
        expected = total([_paid(whole, member, known) for member in whole.newest.members])
        for amount in dict.fromkeys(found):
            if expected is not None and amount is not None and not same_amount(expected, amount):
                yield difference(whole.name, "different", system, whole.via(), field="sum", expected=expected, found=amount)


def _paid(whole: Whole, member: Member, known: Known) -> str | None:
    return member.amount or (None if member.parts else known.amount(whole.of(member.channel_order_id)))


def _amount_of_part(whole: Whole, unit: Unit, system: System) -> Iterable[Difference]:
    sent, via = unit.sent.amount, whole.via(unit.sent.part)
    for amount in dict.fromkeys(one.amount for one in unit.listed):
        if sent is not None and amount is not None and not same_amount(sent, amount):
            yield difference(whole.name, "different", system, via, field="amount", expected=sent, found=amount)


def _sent_in_all(whole: Whole) -> str | None:
    """What the parts make together: those that are to be there, and those that are there although they are not to be."""
    by_part = {unit.sent.part: unit.sent for unit in whole.units}
    wanted = {*range(1, whole.newest.parts + 1), *(unit.sent.part for unit in whole.here)}
    return total([by_part[part].amount if part in by_part else None for part in sorted(wanted)])
