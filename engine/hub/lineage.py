"""What a target lists under the numbers of parcels and parts, told of the orders that they hold. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from engine.hub.difference import ALONE, Difference, Name, System, Via, difference, same_amount, same_version, total
from engine.store.consignments import Consignment, Member
from engine.store.reconciliations import ListedLine, ListedOrder

Unit = tuple[str, str, str]
"""Channel, shop, and the number under which a target lists a consignment."""


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


@dataclass(frozen=True, slots=True)
class Consigned:
    """What was sent to a target as parcels and parts: those that it lists on the ``day`` that is compared, and those that hold orders
    of that day. ``elsewhere``: how it lists the latter on their own days.
    """

    day: str = ""
    sent: Sequence[Consignment] = ()
    elsewhere: Sequence[ListedOrder] = ()


NOTHING = Consigned()


@dataclass(slots=True)
class Told:
    """By order: what is ``held`` of it and in how many ``copies``, or as what it was ``sent`` where nothing is. ``found``: what is
    not right with the consignments themselves.
    """

    held: dict[Name, list[Held]] = field(default_factory=lambda: defaultdict[Name, "list[Held]"](list))
    copies: dict[Name, int] = field(default_factory=lambda: defaultdict[Name, int](int))
    sent: dict[Name, Via] = field(default_factory=dict[Name, Via])
    found: list[Difference] = field(default_factory=list[Difference])


@dataclass(frozen=True, slots=True)
class Known:
    """What is expected of orders: whether one has to be at the targets, and what was paid for it (``None``: not known)."""

    is_needed: Callable[[Name], bool]
    amount: Callable[[Name], str | None]


@dataclass(frozen=True, slots=True)
class _Whole:
    """A parcel, an order that is split, or a parcel that is split: ``newest`` was sent last of its ``units``; ``listed``: those that
    the target lists.
    """

    name: Name
    newest: Consignment
    units: Sequence[Consignment]
    listed: Mapping[str, Sequence[ListedOrder]]

    @property
    def here(self) -> list[Consignment]:
        return [unit for unit in self.units if unit.number in self.listed]

    def via(self, part: int = 0) -> Via:
        is_parcel = self.newest.is_parcel
        orders = len(self.newest.members) if is_parcel else 0
        return Via(self.newest.whole if is_parcel else "", orders, part, self.newest.parts)


def told_by_order(system: System, listed: Iterable[ListedOrder], consigned: Consigned, known: Known) -> Told:
    """A list of a target, order by order."""
    told = Told()
    listed = list(listed)
    units = _units(listed, consigned)
    by_unit: dict[Unit, list[ListedOrder]] = defaultdict(list)
    for one in (*listed, *consigned.elsewhere):
        if (unit := _name(one)) in units:
            by_unit[unit].append(one)
    for one in listed:
        if (name := _name(one)) not in units:
            told.held[name].append(Held.alone(one))
            told.copies[name] += 1
    for whole in _wholes(units, by_unit):
        _tell(whole, system, consigned.day, known, told)
    return told


def shapes(listed: Iterable[ListedOrder], consigned: Consigned) -> tuple[int, int]:
    """How many of the numbers that a target lists are those of parcels, and of parts."""
    listed = list(listed)
    units = _units(listed, consigned)
    found = [units[unit] for unit in {_name(one) for one in listed} if unit in units]
    parts = sum(bool(one.parts) for one in found)
    return len(found) - parts, parts


def _units(listed: Iterable[ListedOrder], consigned: Consigned) -> dict[Unit, Consignment]:
    """By what they are listed as. Where nothing is known of how a parcel came to be, what the target itself says of it counts."""
    units: dict[Unit, Consignment] = {}
    for one in listed:
        if one.members:
            members = tuple(Member(number) for number in sorted(set(one.members)))
            units[_name(one)] = Consignment("", *_name(one), whole=one.channel_order_id, day=consigned.day, members=members)
    for sent in sorted(consigned.sent, key=lambda one: one.event_id):
        units[sent.channel, sent.shop_id, sent.number] = sent
    return units


def _wholes(units: Mapping[Unit, Consignment], by_unit: Mapping[Unit, Sequence[ListedOrder]]) -> list[_Whole]:
    groups: dict[Name, list[tuple[Unit, Consignment]]] = defaultdict(list)
    for unit, sent in units.items():
        groups[sent.channel, sent.shop_id, sent.whole].append((unit, sent))
    return sorted((_whole(name, group, by_unit) for name, group in groups.items()), key=lambda one: (one.newest.event_id, one.name))


def _whole(name: Name, group: Sequence[tuple[Unit, Consignment]], by_unit: Mapping[Unit, Sequence[ListedOrder]]) -> _Whole:
    sent = [one for _, one in group]
    newest = max(sent, key=lambda one: one.event_id)
    return _Whole(name, newest, sent, {one.number: by_unit[unit] for unit, one in group if unit in by_unit})


def _tell(whole: _Whole, system: System, day: str, known: Known, told: Told) -> None:
    here = whole.here
    for member in whole.newest.members:
        name = _of(whole, member.channel_order_id)
        there = [unit for unit in here if _names(whole.listed[unit.number], member)]
        if there:
            told.copies[name] += 1
            told.held[name] += _held(whole, member, there)
        else:
            told.sent[name] = whole.via()
    if here and whole.newest.day == day:
        told.found += [*_doubled(whole, system), *_parts_missing(whole, system, known), *_amounts(whole, system, known)]


def _held(whole: _Whole, member: Member, there: Sequence[Consignment]) -> Iterable[Held]:
    """The version of a parcel, or of its parts, is that of the order whose number they bear; of the others it is known as it was sent.
    So it is where a parcel was sent again in a version of its own, when an order left it.
    """
    if member.channel_order_id == whole.newest.whole:
        for unit in there:
            for version in dict.fromkeys(one.version for one in whole.listed[unit.number]):
                yield Held(_of_member(version, unit, member), None, whole.via(unit.part))
    else:
        yield Held(member.version, None, whole.via())
    yield Held(None, member.amount if whole.newest.is_parcel else _sent_in_all(whole), whole.via())


def _of_member(listed: str | None, unit: Consignment, member: Member) -> str | None:
    is_as_sent = not unit.parts and listed is not None and unit.version is not None and same_version(listed, unit.version)
    return member.version if is_as_sent and member.version is not None else listed


def _doubled(whole: _Whole, system: System) -> Iterable[Difference]:
    for unit in whole.here:
        times = len(whole.listed[unit.number])
        if times > 1:
            yield difference(whole.name, "doubled", system, whole.via(unit.part), found=str(times))


def _parts_missing(whole: _Whole, system: System, known: Known) -> Iterable[Difference]:
    if any(known.is_needed(_of(whole, member.channel_order_id)) for member in whole.newest.members):
        there = {unit.part for unit in whole.here}
        for part in range(1, whole.newest.parts + 1):
            if part not in there:
                yield difference(whole.name, "missing", system, whole.via(part))


def _amounts(whole: _Whole, system: System, known: Known) -> Iterable[Difference]:
    """Each part against what was sent, and a parcel against the sum of its orders."""
    if whole.newest.parts:
        for unit in whole.here:
            yield from _amount_of_part(whole, unit, system)
    if whole.newest.is_parcel:
        found = [_sent_in_all(whole)] if whole.newest.parts else [one.amount for one in whole.listed.get(whole.newest.number, ())]
        expected = total([member.amount or known.amount(_of(whole, member.channel_order_id)) for member in whole.newest.members])
        for amount in dict.fromkeys(found):
            if expected is not None and amount is not None and not same_amount(expected, amount):
                yield difference(whole.name, "different", system, whole.via(), field="sum", expected=expected, found=amount)


def _amount_of_part(whole: _Whole, unit: Consignment, system: System) -> Iterable[Difference]:
    for amount in dict.fromkeys(one.amount for one in whole.listed[unit.number]):
        if unit.amount is not None and amount is not None and not same_amount(unit.amount, amount):
            yield difference(whole.name, "different", system, whole.via(unit.part), field="amount", expected=unit.amount, found=amount)


def _sent_in_all(whole: _Whole) -> str | None:
    """What the parts make together: those that are to be there, and those that are there although they are not to be."""
    by_part = {unit.part: unit for unit in whole.units}
    wanted = {*range(1, whole.newest.parts + 1), *(unit.part for unit in whole.here)}
    return total([by_part[part].amount if part in by_part else None for part in sorted(wanted)])


def _names(listed: Iterable[ListedOrder], member: Member) -> bool:
    """Whether one of these does not say that it is without the order."""
    return any(one.members is None or member.channel_order_id in one.members for one in listed)


def _of(whole: _Whole, number: str) -> Name:
    return whole.name[0], whole.name[1], number


def _name(one: ListedOrder) -> Unit:
    return one.channel, one.shop_id, one.channel_order_id
