"""Parcels, split orders and split parcels as one target was sent them and lists them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from engine.hub.difference import Name, Via, same_version
from engine.store.consignments import Consignment, Member
from engine.store.reconciliations import ListedLine, ListedOrder

UnitName = tuple[str, str, str]
"""Channel, shop, and the number under which a target lists a consignment."""


@dataclass(frozen=True, slots=True)
class Consigned:
    """What was sent to a target as parcels and parts: those that it lists on the ``day`` that is compared, those that hold orders of that
    day, and what hangs together with these. ``elsewhere``: how it lists them on their own days; ``lines``: of their orders of other days,
    as the hub has them.
    """

    day: str = ""
    sent: Sequence[Consignment] = ()
    elsewhere: Sequence[ListedOrder] = ()
    lines: Mapping[Name, Sequence[ListedLine]] = field(default_factory=dict[Name, Sequence[ListedLine]])


@dataclass(frozen=True, slots=True)
class Unit:
    """What was sent under a number, and how the target lists it. ``parcel``: what a part of an order lies in that was not sent by itself;
    it is listed where that names it.
    """

    sent: Consignment
    listed: Sequence[ListedOrder]
    parcel: Consignment | None = None

    @property
    def via(self) -> Via:
        """Of a part."""
        around = self.parcel
        return Via(around.number if around else "", len(around.members) if around else 0, self.sent.part, self.sent.parts)


@dataclass(frozen=True, slots=True)
class Whole:
    """A parcel, an order that is split, or a parcel that is split: ``newest`` was sent last of its ``units``."""

    name: Name
    newest: Consignment
    units: Sequence[Unit]

    @property
    def here(self) -> list[Unit]:
        """Those that the target lists."""
        return [unit for unit in self.units if unit.listed]

    @property
    def day(self) -> str | None:
        """On which the target lists it; ``None`` for an order all of whose known parts lie in parcels, which are of any day."""
        own = [unit.sent for unit in self.units if unit.parcel is None]
        return max(own, key=lambda one: one.event_id).day if own else None

    def via(self, part: int = 0) -> Via:
        is_parcel = self.newest.is_parcel
        inside = next((unit.via for unit in self.units if part and unit.sent.part == part and unit.parcel is not None), None)
        orders = len(self.newest.members) if is_parcel else 0
        return inside or Via(self.newest.whole if is_parcel else "", orders, part, self.newest.parts)

    def of(self, number: str) -> Name:
        return self.name[0], self.name[1], number


def units_of(listed: Iterable[ListedOrder], consigned: Consigned) -> dict[UnitName, Consignment]:
    """By what they are listed as. Where nothing is known of how a parcel came to be, what the target itself says of it counts."""
    units: dict[UnitName, Consignment] = {}
    for one in listed:
        if one.members:
            members = tuple(Member(number) for number in sorted(set(one.members)))
            units[name_of(one)] = Consignment("", *name_of(one), whole=one.channel_order_id, day=consigned.day, members=members)
    for sent in sorted(consigned.sent, key=lambda one: one.event_id):
        units[sent.channel, sent.shop_id, sent.number] = sent
    return units


def wholes_of(units: Mapping[UnitName, Consignment], listed: Mapping[UnitName, Sequence[ListedOrder]]) -> list[Whole]:
    """Oldest first."""
    groups: dict[Name, list[Unit]] = defaultdict(list)
    for name, sent in units.items():
        rows = listed.get(name, ())
        groups[sent.channel, sent.shop_id, sent.whole].append(Unit(sent, rows))
        for member in sent.members:
            if member.parts:
                groups[sent.channel, sent.shop_id, member.channel_order_id].append(_share(sent, member, rows))
    wholes = [Whole(name, max((one.sent for one in group), key=lambda one: one.event_id), group) for name, group in groups.items()]
    return sorted(wholes, key=lambda one: (one.newest.event_id, one.name))


def names(listed: Iterable[ListedOrder], member: Member) -> bool:
    """Whether one of these does not say that it is without the order."""
    return any(one.members is None or member.named in one.members for one in listed)


def is_as_sent(listed: ListedOrder, sent: Consignment) -> bool:
    """Whether a target has it in the version that it was sent in, as far as both are known."""
    return listed.version is not None and sent.version is not None and same_version(listed.version, sent.version)


def name_of(one: ListedOrder) -> UnitName:
    return one.channel, one.shop_id, one.channel_order_id


def _share(parcel: Consignment, member: Member, listed: Sequence[ListedOrder]) -> Unit:
    """A part of an order in a parcel, as if it had been sent by itself. The parcel's own amount and lines are those of others too."""
    sent = replace(
        parcel, number=member.named, whole=member.channel_order_id, part=member.part, parts=member.parts, version=member.version,
        amount=member.amount, members=(Member(member.channel_order_id, member.version),),
    )  # fmt: skip
    return Unit(sent, [_of_share(row, parcel, member) for row in listed if names([row], member)][:1], parcel)


def _of_share(row: ListedOrder, parcel: Consignment, member: Member) -> ListedOrder:
    """What the parcel says of version and status is about the part whose number it bears, and about all as long as it is as it was sent."""
    is_sent, leads = is_as_sent(row, parcel), member.named == parcel.number
    version = row.version if leads and not (is_sent and member.version is not None) else member.version
    return replace(row, version=version, status=row.status if leads or is_sent else None, amount=None, members=None, lines=None)
