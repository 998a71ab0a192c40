"""What is wrong with stock and parcels, by each kind of rule. Pure: what is seen tells all, nothing is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.watch.observations import ParcelSeen, StockSeen
from engine.watch.rule import Rule
from engine.watch.rules import Oversold, ParcelLate, ParcelStill, StockShort


def stock_fault(rule: StockShort | Oversold, one: StockSeen) -> Mapping[str, Any] | None:
    """The fields of the alarm; ``None`` where all is well. A SKU's own limits count before those of the rule."""
    if one.gone:
        return None
    if isinstance(rule, Oversold):
        missing = -one.free
        fields = {"sku": one.sku, "sold": one.sold, "quantity": one.quantity, "missing": missing}
        return fields if missing >= rule.at_least else None
    at_least = rule.at_least if one.at_least is None else one.at_least
    days = rule.days if one.days is None else one.days
    is_short = one.free < at_least or (days is not None and one.cover is not None and one.cover < days)
    cover = "–" if one.cover is None else str(one.cover)
    return {"sku": one.sku, "free": one.free, "at_least": at_least, "cover": cover} if is_short else None


def parcel_fault(rule: ParcelStill | ParcelLate, one: ParcelSeen) -> Mapping[str, Any] | None:
    """Likewise."""
    if one.over:
        return None
    fields = {"parcel": one.shown, "carrier": one.carrier or "–", "channel": one.channel or "–", "order": one.order or "–"}
    if isinstance(rule, ParcelStill):
        return {**fields, "hours": one.hours} if one.hours >= rule.hours else None
    late = one.misses or (not one.due and one.percent is not None and one.percent > rule.percent)
    percent = "–" if one.percent is None else str(one.percent)
    return {**fields, "due": one.due or "–", "percent": percent} if late else None


def looks_at(rule: Rule, one: StockSeen | ParcelSeen) -> bool:
    if isinstance(one, StockSeen):
        return isinstance(rule, (StockShort, Oversold))
    return isinstance(rule, (ParcelStill, ParcelLate)) and (one.over or rule.carrier in ("", one.carrier))


def subject_of_goods(rule: Rule, one: StockSeen | ParcelSeen) -> str | None:
    """A SKU, or the id of a parcel."""
    if not looks_at(rule, one):
        return None
    return one.sku if isinstance(one, StockSeen) else one.id
