"""The lines of parcels and parts against those of the orders in them: all that hangs together at once. Pure.

A parcel may hold parts of orders whose other parts lie elsewhere, and lists say lines by SKU alone: so what a set of parcels and parts
holds together is compared with what the orders in them are about together. For one parcel, and for one split order, it is just that.
The orders, and the parcels too, may be of several days: what is known of the other days stands in what was consigned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from engine.hub.difference import Name, NotCompared, System, difference
from engine.hub.lineage import Known, Told, is_compared
from engine.hub.listed import same_lines, shown_lines
from engine.hub.wholes import Consigned, Unit, Whole, names
from engine.store.reconciliations import ListedLine

Lines = tuple[ListedLine, ...]


def compare_lines(system: System, sent: Consigned, told: Told, known: Known) -> None:
    """One difference for each set that holds other goods than its orders, told on the day of its first parcel; nothing of a set of which
    something is missing or doubled, or whose lines a list does not tell. One of several days that cannot be compared is named as such.
    """
    for wholes in _sets(told.wholes):
        leading = next((one for one in wholes if one.newest.is_parcel), wholes[0])
        if not is_compared(leading, sent.day, known):
            continue
        orders = list(dict.fromkeys(whole.of(member.channel_order_id) for whole in wholes for member in whole.newest.members))
        expected = _sum([known.lines(name) or sent.lines.get(name) for name in orders])
        found = _listed(wholes) if all(told.copies.get(name) == 1 for name in orders) else None
        if expected is None or found is None:
            if _is_of_several_days(wholes, orders, sent.day, known) and _tells_lines(wholes):
                via = leading.via()
                told.not_compared.append(NotCompared(*leading.name, system, via.parcel, via.orders, via.parts))
        elif not same_lines(expected, found):
            shown, there = shown_lines(expected), shown_lines(found)
            told.found.append(difference(leading.name, "different", system, leading.via(), field="lines", expected=shown, found=there))


def _is_of_several_days(wholes: Iterable[Whole], orders: Iterable[Name], day: str, known: Known) -> bool:
    own = (unit.sent for whole in wholes for unit in whole.units if unit.parcel is None)
    return any(one.day not in ("", day) for one in own) or not all(known.is_of_day(name) for name in orders)


def _tells_lines(wholes: Iterable[Whole]) -> bool:
    return any(row.lines is not None for whole in wholes for unit in whole.units if unit.parcel is None for row in unit.listed)


def _sets(wholes: Sequence[Whole]) -> list[list[Whole]]:
    """Wholes that share an order."""
    of_order: dict[Name, list[int]] = defaultdict(list)
    for position, whole in enumerate(wholes):
        for member in whole.newest.members:
            of_order[whole.of(member.channel_order_id)].append(position)
    root = list(range(len(wholes)))
    for positions in of_order.values():
        roots = {_root(root, position) for position in positions}
        for one in roots:
            root[one] = min(roots)
    found: dict[int, list[Whole]] = defaultdict(list)
    for position, whole in enumerate(wholes):
        found[_root(root, position)].append(whole)
    return list(found.values())


def _root(root: Sequence[int], position: int) -> int:
    while root[position] != position:
        position = root[position]
    return position


def _listed(wholes: Iterable[Whole]) -> Lines | None:
    """All that the target lists of these; ``None`` where one of them is not there just once, or does not tell."""
    told: list[Lines | None] = []
    for whole in wholes:
        by_part = Counter(unit.sent.part for unit in whole.units)
        wanted = dict.fromkeys(range(1, whole.newest.parts + 1) if whole.newest.parts else (0,), 1)
        if dict(by_part) != wanted or not all(_is_there(unit, whole) for unit in whole.units):
            return None
        told += [unit.listed[0].lines for unit in whole.units if unit.parcel is None]
    return _sum(told)


def _is_there(unit: Unit, whole: Whole) -> bool:
    return len(unit.listed) == 1 and all(unit.parcel is not None or names(unit.listed, member) for member in whole.newest.members)


def _sum(listed: Sequence[Sequence[ListedLine] | None]) -> Lines | None:
    pieces, gifts = Counter[str](), Counter[str]()
    for lines in listed:
        if lines is None:
            return None
        for line in lines:
            pieces[line.sku] += line.quantity
            gifts[line.sku] += line.gifts
    return _lines(pieces, gifts)


def _lines(pieces: Mapping[str, int], gifts: Mapping[str, int]) -> Lines:
    return tuple(ListedLine(sku, count, gifts.get(sku, 0)) for sku, count in sorted(pieces.items()))
