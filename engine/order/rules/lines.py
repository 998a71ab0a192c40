"""Lines by the matching table: our SKU for the platform's, and how many of ours one of the platform's is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.order.money import scale_of
from engine.order.rules.applied import AppliedRules, Match
from engine.order.rules.changes import Change
from engine.order.rules.keys import MatchKeys, keys_of, text_of
from engine.order.rules.model import ShopRules, places
from engine.order.rules.parts import lines_of


def line_changes(order: Mapping[str, Any], matches: Sequence[Match], shop: ShopRules) -> tuple[list[Change], list[Mapping[str, Any]]]:
    """The changes, and the lines that no SKU is known for. A line that was matched before is not matched again."""
    by_place = {(one.channel, one.shop_id, one.key): one for one in matches}
    where = places(text_of(order, "channel"), text_of(order, "shop_id"))
    changes: list[Change] = []
    unmatched: list[Mapping[str, Any]] = []
    for place, line in lines_of(order):
        if line.get("sku_matched") is True:
            continue
        found = _best(keys_of(line), where, by_place)
        if found is not None:
            changes += _matched(f"/lines/{place}", line, found, str(order.get("currency") or ""))
        elif _is_open(line, shop):
            unmatched.append(line)
    return changes, unmatched


def lacks_a_match(order: Mapping[str, Any], rules: AppliedRules) -> bool:
    """Whether the order has a line that no SKU is known for."""
    return bool(line_changes(order, rules.matches, rules.shop)[1])


def is_found_by(line: Mapping[str, Any], key: str, sku_code: str) -> bool:
    """Whether a line that was matched has its code by the row with this key."""
    return line.get("sku_matched") is True and line.get("sku_code") == sku_code and key in keys_of(line).all()


def _best(keys: MatchKeys, where: Sequence[tuple[str, str]], by_place: Mapping[tuple[str, str, str], Match]) -> Match | None:
    """A code counts before a title, the platform's before the seller's, and a shop's own row before that of its channel."""
    for key in keys.all():
        for channel, shop_id in where:
            if (found := by_place.get((channel, shop_id, key))) is not None:
                return found
    return None


def _is_open(line: Mapping[str, Any], shop: ShopRules) -> bool:
    """Nothing is picked for a line without quantity."""
    quantity = line.get("qty")
    wanted = not (isinstance(quantity, int) and quantity <= 0)
    return wanted and (not text_of(line, "sku_code") or shop.other_sku == "hold")


def _matched(path: str, line: Mapping[str, Any], found: Match, currency: str) -> list[Change]:
    """What the platform called it stays beside our code, so that the line is found by it again."""
    changes = [Change("sku", f"{path}/sku_matched", True)]  # noqa: FBT003 - a value of the order
    if line.get("sku_code") != found.sku_code:
        if not text_of(line, "platform_sku") and text_of(line, "sku_code"):
            changes.append(Change("sku", f"{path}/platform_sku", line["sku_code"]))
        changes.append(Change("sku", f"{path}/sku_code", found.sku_code))
    quantity = line.get("qty")
    if found.each > 1 and isinstance(quantity, int) and not isinstance(quantity, bool):
        changes.append(Change("sku", f"{path}/qty", quantity * found.each))
        changes.append(Change("sku", f"{path}/unit_price", _shared(line.get("unit_price"), found.each, currency)))
    return changes


def _shared(price: object, each: int, currency: str) -> str | None:
    """The price of one of ours; ``None`` where it is not exact: what was paid for the line stands in ``paid_share``."""
    try:
        one = Decimal(price) / each if isinstance(price, str) else None
    except InvalidOperation:
        return None
    if one is None or one != round(one, scale := scale_of(currency)):
        return None
    return f"{one:.{scale}f}"
