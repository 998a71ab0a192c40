"""One order of several that go to the same receiver: lines joined, money added up, and where everything came from. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

from engine.sdk import MERGE_WAIT, Item, NodeError, format_money, hold_reasons_of, instant, sum_money
from nodes.rule.goods import currency_of, lines_of, money_at, part_of

AMOUNTS: Final = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")
_NAMED: Final = ("channel", "shop_id", "channel_order_id", "display_no", "version")
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


def by_payment(order: Item) -> tuple[str, str, str]:
    """Who came first: by time of payment, then of creation, then by number."""
    paid, created = order.get("paid_at"), order.get("created_at")
    return str(paid or created or "~"), str(created or "~"), str(order.get("channel_order_id"))


def overtaken(orders: Sequence[Item]) -> set[int]:
    """Positions of versions that another item brings newer; of equal ones the last counts."""
    newest: dict[tuple[str, ...], tuple[tuple[datetime, str], int]] = {}
    older: set[int] = set()
    for position, order in enumerate(orders):
        name = tuple(str(order.get(one)) for one in _NAMED[:3])
        mine = (_version(order), position)
        other = newest.get(name)
        newest[name] = mine if other is None else max(mine, other)
        if other is not None:
            older.add(min(mine, other)[1])
    return older


def _version(order: Item) -> tuple[datetime, str]:
    """Comparable: versions are times where they can be read as such."""
    version = str(order.get("version") or order.get("updated_at") or "")
    try:
        moment = instant(version)
    except NodeError:
        moment = None
    return moment or _LONG_AGO, version


Naming = Callable[[Item], dict[str, Any]]


def merged(orders: Sequence[Item], naming: Naming | None = None) -> Item:
    """The first order with the lines, amounts, notes and tags of all; `merged_orders` and each line's `from_order` name the sources.

    ``naming``: how a source is named, else by ``named``.
    """
    first = orders[0]
    return {
        **first,
        "lines": [_marked(line, order) for order in orders for line in lines_of(order)],
        "amount": {**part_of(first, "amount"), **_amounts(orders)},
        "presentment": None,
        "note": {**part_of(first, "note"), **{name: _texts(orders, name) for name in ("buyer", "seller")}},
        "ship_by_at": min((str(order["ship_by_at"]) for order in orders if order.get("ship_by_at")), default=None),
        "hold_reasons": _joined(list(hold_reasons_of(order)) for order in orders if hold_reasons_of(order) != (MERGE_WAIT,)),
        **_tagged(orders),
        "merged_orders": [source for order in orders for source in _sources(order, naming or named)],
    }


def named(order: Item) -> dict[str, Any]:
    """Whose order it was, so that its waybill goes back to its own channel and its money can be checked. Nothing personal."""
    paid = part_of(order, "amount").get("paid")
    return {**{name: order.get(name) for name in _NAMED}, "paid": paid, "lines": len(lines_of(order))}


def named_with_part(order: Item) -> dict[str, Any]:
    """The same of what may be a part of a split order, whose own number no channel knows: of which order, and which part of how many."""
    part = part_of(order, "part")
    return named(order) | ({"part": {name: part.get(name) for name in ("of_order", "number", "of")}} if part else {})


def _sources(order: Item, naming: Naming) -> list[Any]:
    """An order that is made of others already names those."""
    earlier = order.get("merged_orders")
    return cast("list[Any]", earlier) if isinstance(earlier, list) and earlier else [naming(order)]


def _marked(line: Mapping[str, Any], order: Item) -> dict[str, Any]:
    return {**line, "from_order": line.get("from_order") or order.get("channel_order_id")}


def _amounts(orders: Sequence[Item]) -> dict[str, str | None]:
    """Sums; unknown as soon as one of them is."""
    currency = currency_of(orders[0])
    made: dict[str, str | None] = {}
    for name in AMOUNTS:
        found = [money_at(part_of(order, "amount"), name, currency, "amount") for order in orders]
        known = [amount for amount in found if amount is not None]
        made[name] = format_money(sum_money(known), currency) if len(known) == len(orders) else None
    return made


def _texts(orders: Sequence[Item], name: str) -> str | None:
    texts = [text for order in orders if isinstance(text := part_of(order, "note").get(name), str) and text.strip()]
    return "\n".join(dict.fromkeys(texts)) or None


def _tagged(orders: Sequence[Item]) -> dict[str, Any]:
    tags = _joined(cast("list[object]", order["tags"]) for order in orders if isinstance(order.get("tags"), list))
    high = any(order.get("priority") == "high" for order in orders)
    had = {name for order in orders for name in ("tags", "priority") if name in order}
    return {
        **({"tags": tags} if "tags" in had else {}),
        **({"priority": "high" if high else orders[0].get("priority", "normal")} if "priority" in had else {}),
    }


def _joined(lists: Iterable[Sequence[object]]) -> list[object]:
    """All texts, each once."""
    return list(dict.fromkeys(one for found in lists for one in found if isinstance(one, str)))
