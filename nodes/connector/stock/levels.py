"""Rows of stock lists as the hub keeps them. The names of their fields are parameters; those of our contract are the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from engine.sdk import Item, NodeError, Params, PlainPath, clean_sku, get, instant, utc_text

HOLDS: Final[dict[str, Any]] = {"enumTitles": {"goods": "goods in warehouses", "offer": "what a channel offers for sale"}}
MEANS: Final[dict[str, Any]] = {"enumTitles": {"all": "all units that lie there", "free": "units that no order has reserved"}}
PATHS: Final = tuple(f"params.{name}_path" for name in ("sku", "quantity", "reserved", "warehouse", "shop", "changed"))
_MOST: Final = 2**53


class LevelFields(Params):
    """Where a row says what."""

    holds: Literal["goods", "offer"] = Field(
        default="goods",
        title="What it tells of",
        description="goods: units in warehouses; offer: units that a sales channel offers.",
        json_schema_extra=HOLDS,
    )
    sku_path: PlainPath = Field(default="sku_code", title="SKU", description="The field with the SKU code.")
    quantity_path: PlainPath = Field(default="quantity", title="Units", description="The field with the number of units.")
    quantity_means: Literal["all", "free"] = Field(
        default="all",
        title="Units are",
        description="all: also those reserved for orders; free: without them, so they are added.",
        json_schema_extra=MEANS,
    )
    reserved_path: PlainPath | None = Field(
        default="reserved", title="Reserved units", description="Units of orders that are not shipped. Empty: not told."
    )
    warehouse_path: PlainPath | None = Field(default="warehouse", title="Warehouse", description="Empty: the system has one only.")
    shop_path: PlainPath | None = Field(default="shop_id", title="Shop", description="Empty: the system knows no shops.")
    changed_path: PlainPath | None = Field(
        default="updated_at", title="As of", description="Since when the units are so. Empty: since it was read."
    )


def level_of(row: Item, fields: LevelFields) -> dict[str, Any] | None:
    """``{sku_code, quantity, reserved?, warehouse, shop_id, at?}``; ``None`` for a row without a SKU or without a whole number of units."""
    sku = get(row, fields.sku_path, None)
    sku_code = clean_sku(str(sku)) if isinstance(sku, (str, int)) and not isinstance(sku, bool) else None
    quantity = units(get(row, fields.quantity_path, None))
    if sku_code is None or quantity is None:
        return None
    reserved = units(get(row, fields.reserved_path, None)) if fields.reserved_path else None
    if fields.quantity_means == "free":
        quantity += reserved or 0
    level: dict[str, Any] = {"sku_code": sku_code, "quantity": quantity}
    for name, path in (("warehouse", fields.warehouse_path), ("shop_id", fields.shop_path)):
        level[name] = _text(get(row, path, None)) if path else ""
    if reserved is not None:
        level["reserved"] = reserved
    if at := _moment(get(row, fields.changed_path, None) if fields.changed_path else None):
        level["at"] = at
    return level


def units(value: object) -> int | None:
    """A whole number, also written as ``12`` or ``12.0``; ``None`` for anything else."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().replace(",", ""))
    except ValueError:
        return None
    return int(number) if abs(number) <= _MOST and number == int(number) else None


def counts(answer: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(answer.get(name, 0)) for name in ("kept", "changed", "older", "gone")}


def _text(value: object) -> str:
    return str(value).strip()[:100] if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _moment(value: object) -> str | None:
    try:
        moment = instant(value) if value is not None else None
    except NodeError:
        return None
    return None if moment is None else utc_text(moment)
