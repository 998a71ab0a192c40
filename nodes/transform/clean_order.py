"""Clean order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from pydantic import Field

from engine.sdk import (
    Example,
    Item,
    Kind,
    NodeError,
    Params,
    clean_money,
    clean_name,
    clean_order_number,
    clean_phone,
    clean_sku,
    clean_text,
    clean_time,
    half_width_numbers,
    mask,
    node,
    passes,
    zone_of,
)

Part = dict[str, Any]
Cleaner = Callable[[Any], Any]

_NUMBERS = ("channel_order_id", "display_no", "parent_channel_order_id")
_AMOUNTS = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")
_OF_TEXT: tuple[Cleaner, ...] = (clean_name, clean_text, clean_sku, clean_phone, half_width_numbers)
_PLACES = ("address", "country", "province", "city", "district", "town", "zip")


class CleanOrderParams(Params):
    order_number: bool = Field(
        default=True, title="Order numbers", description="Half width, upper case, no spaces, no leading #, no .0 from Excel."
    )
    names: bool = Field(
        default=True, title="Names and places", description="HTML entities resolved, invisible characters removed, spaces collapsed."
    )
    half_width: bool = Field(
        default=False,
        title="Half-width addresses",
        description="Full-width digits and letters of an address as half-width ones, to be compared, printed and picked in one form.",
    )
    notes: bool = Field(default=True, title="Notes", description="The same for notes, whose line breaks stay.")
    sku: bool = Field(default=True, title="SKU codes", description="Half width, upper case, no spaces, one kind of dash.")
    money: bool = Field(default=True, title="Amounts", description="Plain decimals with the scale of the order's currency.")
    time: bool = Field(default=True, title="Times", description="UTC; times without an offset are read in the zone below.")
    phone: bool = Field(default=True, title="Phone numbers", description="Digits without separators; country code and extension stay.")
    zone: str = Field(
        default="UTC", max_length=60, title="Time zone", description="An offset such as +08:00 or a name such as Asia/Shanghai."
    )


@node(
    "transform.clean_order",
    version=1,
    label="Clean order",
    reads=("*",),
    outputs={"out": passes()},
    icon="sparkles",
    examples=(
        Example(
            {},
            [
                {
                    "channel_order_id": " #1001 ",
                    "currency": "CNY",
                    "amount": {"paid": "￥1,234.5"},
                    "receiver": {"name": "测试\u3000乙 ", "phone": "199-0000 0101"},
                    "lines": [{"sku_code": "ｊｊ—snj", "title": "手工皂 &ndash; 薰衣草", "unit_price": "1,234.5"}],
                }
            ],
            {
                "out": [
                    {
                        "channel_order_id": "1001",
                        "currency": "CNY",
                        "amount": {"paid": "1234.50"},
                        "receiver": {"name": "测试 乙", "phone": "19900000101"},
                        "lines": [{"sku_code": "JJ-SNJ", "title": "手工皂 – 薰衣草", "unit_price": "1234.50"}],
                    }
                ]
            },
            title="An order typed by hand",
        ),
        Example(
            {"zone": "+08:00"},
            [{"created_at": "2026/1/15 23:58"}],
            {
                "out": [
                    {"created_at": "2026-01-15T15:58:00Z", "time_sources": {"created_at": {"text": "2026/1/15 23:58", "zone": "+08:00"}}}
                ]
            },
            title="A local time keeps its source text",
        ),
        Example(
            {"half_width": True},
            [{"receiver": {"name": "测试Ａ", "address": "示例路１２８号（３幢）－５０１"}}],
            {"out": [{"receiver": {"name": "测试Ａ", "address": "示例路128号（3幢）-501"}}]},
            title="Numbers of an address in one form",
        ),
        Example(
            {"sku": False}, [{"lines": [{"sku_code": "a 1"}]}], {"out": [{"lines": [{"sku_code": "a 1"}]}]}, title="A part switched off"
        ),
        Example({}, [{"channel_order_id": "4.0126E+18"}], problem="order.number_damaged", title="A number that a spreadsheet rounded"),
    ),
)
def clean_order(item: Item, params: CleanOrderParams) -> Item:
    """Brings order numbers, names, SKU codes, amounts, times and phone numbers to one form.

    Fields that are absent stay absent, and masked values stay as they are. Cleaning an order twice changes nothing. A line whose
    SKU turns out empty holds the order (`sku_unmapped`).
    """
    order = dict(item)
    if params.order_number:
        _clean(order, {name: _number_cleaner(name) for name in _NUMBERS})
    if params.names:
        _clean_names(order)
    if params.half_width:
        _clean_receiver(order, dict.fromkeys(_PLACES, half_width_numbers), {"address": Kind.ADDRESS})
    if params.notes:
        _clean_part(order, "note", dict.fromkeys(("buyer", "seller"), clean_text))
    if params.phone:
        _clean_receiver(order, {"phone": clean_phone}, {"phone": Kind.PHONE})
    if params.sku:
        _clean_skus(order)
    if params.money:
        _clean_amounts(order)
    if params.time:
        _clean_times(order, params.zone)
    return order


def _number_cleaner(path: str) -> Cleaner:
    def clean(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            return value
        return clean_order_number(value, path=path)

    return clean


def _clean_names(order: Part) -> None:
    _clean_part(order, "buyer", {"nick": clean_name})
    _clean_part(order, "invoice", {"title": clean_name})
    _clean_receiver(order, dict.fromkeys(("name", *_PLACES), clean_name), {"name": Kind.NAME, "address": Kind.ADDRESS})
    _clean_lines(order, dict.fromkeys(("title", "spec"), clean_name))


def _clean_receiver(order: Part, cleaners: dict[str, Cleaner], kinds: dict[str, Kind]) -> None:
    """A mask that was computed from a value is computed again when the value changes; one that the channel sent stays."""
    before = _part(order, "receiver")
    _clean_part(order, "receiver", cleaners)
    after = _part(order, "receiver")
    for name, kind in kinds.items():
        shown = f"{name}_mask"
        if before.get(name) != after.get(name) and shown in after and after[shown] == mask(before.get(name), kind):
            after[shown] = mask(after.get(name), kind)


def _clean_skus(order: Part) -> None:
    before = [line.get("sku_code") for line in _lines(order)]
    _clean_lines(order, {"sku_code": clean_sku})
    emptied = any(old and not line.get("sku_code") for old, line in zip(before, _lines(order), strict=True))
    held = order.get("hold_reasons")
    if emptied and "sku_unmapped" not in (held or []):
        order["hold_reasons"] = [*(held or []), "sku_unmapped"]


def _clean_amounts(order: Part) -> None:
    if not (_part(order, "amount") or any("unit_price" in line or "paid_share" in line for line in _lines(order))):
        return
    currency = order.get("currency")
    if not isinstance(currency, str) or not currency.strip():
        raise NodeError("order.missing_field", path="currency")
    order["currency"] = currency.strip().upper()
    _clean_part(order, "amount", _money_cleaners(_AMOUNTS, "amount", order["currency"]))
    _clean_lines(order, _money_cleaners(("unit_price", "paid_share"), "lines[]", order["currency"]))


def _money_cleaners(names: tuple[str, ...], path: str, currency: str) -> dict[str, Cleaner]:
    def cleaner(name: str) -> Cleaner:
        return lambda value: clean_money(value, currency, path=f"{path}.{name}")

    return {name: cleaner(name) for name in names}


def _clean_times(order: Part, zone: str) -> None:
    sources = dict(_part(order, "time_sources"))
    known = len(sources)
    for name in [name for name in order if name.endswith("_at")]:
        text = order[name]
        order[name] = clean_time(text, zone, path=name)
        if order[name] not in (text, None) and name not in sources:
            sources[name] = {"text": str(text), "zone": zone_of(text, zone)}
    if len(sources) != known:
        order["time_sources"] = sources


def _clean(part: Part, cleaners: dict[str, Cleaner]) -> None:
    """Only amounts, times and order numbers may be other than text; a text field of another type is not ours to judge."""
    for name, clean in cleaners.items():
        value = part.get(name)
        if isinstance(value, str) or (value is not None and clean not in _OF_TEXT):
            part[name] = clean(value)


def _clean_part(order: Part, name: str, cleaners: dict[str, Cleaner]) -> None:
    if part := _part(order, name):
        order[name] = dict(part)
        _clean(order[name], cleaners)


def _clean_lines(order: Part, cleaners: dict[str, Cleaner]) -> None:
    if isinstance(lines := order.get("lines"), list):
        order["lines"] = [dict(cast("Part", line)) if isinstance(line, dict) else line for line in cast("list[object]", lines)]
        for line in _lines(order):
            _clean(line, cleaners)


def _part(order: Part, name: str) -> Part:
    part = order.get(name)
    return cast("Part", part) if isinstance(part, dict) else {}


def _lines(order: Part) -> list[Part]:
    lines = order.get("lines")
    return [cast("Part", line) for line in cast("list[object]", lines) if isinstance(line, dict)] if isinstance(lines, list) else []
