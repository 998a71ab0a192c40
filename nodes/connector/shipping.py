"""What the channels' shipping notices share: which order was shipped, by whom, under which number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from pydantic import Field

from engine.sdk import Cel, Item, NodeError, Params, PlainPath, Scope
from nodes.connector.arrivals import text_at


class WholeShipment(Params):
    """Parameters of a notice where a parcel holds its whole order; a channel adds its shop."""

    order_number: PlainPath = Field(
        default="channel_order_id", title="Order number", description="The field with the number of the order at its channel."
    )
    courier: Cel = Field(title="Courier", description="An expression for the code that the channel has for the courier.")
    tracking_no: Cel = Field(title="Waybill number", description="An expression for the waybill number of the parcel.")


class Shipment(WholeShipment):
    """The same where it may hold a part of it."""

    lines: Cel | None = Field(
        default=None,
        title="Lines in the parcel",
        description="An expression for a list of line ids, where the parcel does not hold the whole order. Empty: all of it.",
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """``lines``: ids of the lines in it; empty for the whole order."""

    order: str
    courier: str
    tracking_no: str
    lines: tuple[str, ...] = ()


def parcel_of(item: Item, params: WholeShipment, scope: Scope) -> Parcel:
    """Raises ``NodeError`` with ``shipment.incomplete`` where something is empty, ``ExpressionError`` where an expression fails."""
    order = text_at(item, params.order_number)
    if order is None:
        raise NodeError("shipment.incomplete", params.order_number, field=params.order_number)
    wanted = params.lines if isinstance(params, Shipment) else None
    lines: Any = None if wanted is None else wanted.json(item, scope)
    if lines is not None and not (isinstance(lines, list) and lines):
        raise NodeError("shipment.incomplete", "lines", field="lines")
    return Parcel(
        order,
        _text("courier", params.courier.json(item, scope)),
        _text("tracking_no", params.tracking_no.json(item, scope)),
        tuple(_text("lines", line) for line in cast("list[Any]", lines or [])),
    )


class Held(NamedTuple):
    """How a platform holds an order: whether it is beyond shipping, and its waybill numbers, parted by commas or bars."""

    over: bool
    waybills: str


def require_held(held: Held | None, parcel: Parcel, said: object) -> None:
    """After a refusal: fine where the platform holds our number already, or all of them.

    Raises ``NodeError`` with ``shipment.told_otherwise`` where the order is beyond shipping without it, else ``shipment.refused`` with
    what the platform ``said``, of which only a code word is kept: its sentences may repeat what was sent.
    """
    if held is not None and _numbers(parcel.tracking_no) <= _numbers(held.waybills):
        return
    if held is not None and held.over:
        raise NodeError("shipment.told_otherwise")
    raise NodeError("shipment.refused", error=str(said or "?")[:80])


def _numbers(waybills: str) -> set[str]:
    return {one.strip().casefold() for one in re.split("[|,]", waybills)}


def _text(field: str, value: Any) -> str:
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not text:
        raise NodeError("shipment.incomplete", field, field=field)
    return text
