"""Orders as lists tell them: of targets by their contract, of a channel in canonical form. Receivers become keyed digests at once. Pure."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, cast

from engine.errors import NodeError
from engine.hub.difference import Name
from engine.hub.subjects import subjects_of
from engine.order.cleanse import clean_sku
from engine.privacy.scrub import scrub
from engine.store.reconciliations import ListedLine, ListedOrder

LONGEST: Final = 80
LONGEST_LINES: Final = 300
_SHOWN_DIGITS: Final = 8


def entry_of(given: Any, connection: str, key: bytes) -> ListedOrder:
    """A row of ``GET /orders`` of a target. ``key`` is that of the blind index. Raises ``NodeError`` with ``reconcile.no_list``."""
    if not isinstance(given, dict):
        raise NodeError("reconcile.no_list", name=connection)
    row = cast("dict[str, Any]", given)
    channel, shop, number = (_text(row.get(part)) or "" for part in ("channel", "shop_id", "channel_order_id"))
    version, amount, status = (shown(row.get(field)) for field in ("version", "amount", "status"))
    lines, receiver = lines_of(row), receiver_of(row, key)
    return ListedOrder(channel, shop, number, version, amount, status, _members(row.get("merged_orders")), lines, receiver)


def order_of(order: Mapping[str, Any], shop_id: str, key: bytes) -> ListedOrder:
    """A canonical order as its channel lists it. ``shop_id``: where the order names none."""
    amount: Any = order.get("amount")
    paid = cast("dict[str, Any]", amount).get("paid") if isinstance(amount, dict) else None
    shop, number = _text(order.get("shop_id")) or shop_id, _text(order.get("channel_order_id")) or ""
    version, status = _text(order.get("version") or order.get("updated_at")), _text(order.get("status"))
    lines, receiver = lines_of(order), receiver_of(order, key)
    return ListedOrder(str(order.get("channel") or ""), shop, number, version, _text(paid), status, None, lines, receiver)


def lines_of(order: Mapping[str, Any]) -> tuple[ListedLine, ...] | None:
    """``lines: [{sku_code, qty, is_gift?}]``, each SKU once; ``None`` where one of them does not say both, or there are none."""
    lines: Any = order.get("lines")
    pieces, gifts = Counter[str](), Counter[str]()
    for line in cast("list[Any]", lines) if isinstance(lines, list) else ():
        told = cast("dict[str, Any]", line) if isinstance(line, dict) else {}
        sku, quantity = told.get("sku_code"), told.get("qty")
        if not isinstance(sku, str) or not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 0:
            return None
        code = clean_sku(sku) or ""
        pieces[code] += quantity
        gifts[code] += quantity if told.get("is_gift") is True else 0
    return tuple(ListedLine(code, count, gifts[code]) for code, count in sorted(pieces.items())) or None


def receiver_of(order: Mapping[str, Any], key: bytes) -> tuple[str, ...] | None:
    """Of ``receiver: {phone, address}``; what is masked or enciphered tells nothing."""
    return tuple(sorted({digest.hex() for digest in subjects_of(order, key)})) or None


def same_lines(one: Sequence[ListedLine], other: Sequence[ListedLine]) -> bool:
    """The same pieces of each SKU; a gift may be missing on either side, for rules add it on the way to the warehouse."""
    first, second = ({line.sku: line for line in lines if line.quantity} for lines in (one, other))
    none = ListedLine("", 0)
    for sku in {*first, *second}:
        (_, most, gifts), (_, other_most, other_gifts) = first.get(sku, none), second.get(sku, none)
        if most < other_most - other_gifts or other_most < most - gifts:
            return False
    return True


def same_receiver(one: Sequence[str], other: Sequence[str]) -> bool:
    """Nothing that both tell is different: one of them may know the phone number only, or the address."""
    return set(one) <= set(other) or set(other) <= set(one)


def shown_lines(lines: Iterable[ListedLine]) -> str:
    """Such as ``CUP ×2, SOAP ×1``."""
    text = ", ".join(f"{scrub(line.sku[:LONGEST])} ×{line.quantity}" for line in lines)
    return text if len(text) <= LONGEST_LINES else text[: LONGEST_LINES - 1] + "…"


def fingerprint(name: Name, receiver: Iterable[str], key: bytes) -> str:
    """Stands for phone number and address in this one order: it says that they differ, and links no two orders of a person."""
    marks = (hmac.digest(key, "\x1f".join((*name, one)).encode(), sha256).hex()[:_SHOWN_DIGITS] for one in receiver)
    return "+".join(sorted(marks))


def shown(value: object) -> str | None:
    """A value that pages and mails will show: a list of others may hold anything."""
    text = _text(value)
    return None if text is None else scrub(text[:LONGEST])


def _members(told: Any) -> tuple[str, ...] | None:
    """A target may say which orders a parcel holds: by their numbers, or as they came."""
    if not isinstance(told, list):
        return None
    numbers = (cast("dict[str, Any]", one).get("channel_order_id") if isinstance(one, dict) else one for one in cast("list[Any]", told))
    return tuple(dict.fromkeys(text for number in numbers if (text := _text(number)))) or None


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
