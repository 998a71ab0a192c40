"""Parcels by their waybill number: found by a keyed digest, shown by a mask, told of by orders and couriers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from engine.errors import InputInvalid, NodeError, Problem
from engine.order import instant
from engine.privacy.blind import blind_index
from engine.privacy.classes import Kind
from engine.store.parcel_records import OVER, PARCEL_STATES, NewParcel, Track, Tracking

_NUMBER: Final = re.compile(r"[A-Z0-9-]{6,40}")
_GAPS: Final = re.compile(r"\s+")
_LONGEST: Final = 60
_FINAL: Final = 4
"""Last digits that are shown."""


def waybill(text: object) -> str | None:
    """A waybill number in one form; ``None`` for what is none, a masked one among them."""
    if not isinstance(text, str):
        return None
    plain = _GAPS.sub("", text).upper()
    return plain if _NUMBER.fullmatch(plain) else None


def parcel_id(number: str, key: bytes) -> str:
    """16 hex digits. ``number`` is in the form of ``waybill``."""
    return blind_index(key, Kind.OPAQUE, f"waybill|{number}")


def shown(number: str) -> str:
    """``YT*********0013``."""
    return number[:2] + "*" * max(len(number) - 2 - _FINAL, 2) + number[-_FINAL:]


def wanted_parcel(text: str, key: bytes) -> str:
    """Raises ``InputInvalid`` (``parcel.unsearchable``) for what is no whole number."""
    number = waybill(text)
    if number is None:
        raise InputInvalid(Problem("parcel.unsearchable"))
    return parcel_id(number, key)


def parcel_of_order(order: Mapping[str, Any], key: bytes) -> NewParcel | None:
    """The parcel that a canonical order names; ``None`` where it names none in clear."""
    part: Any = order.get("logistics")
    logistics = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
    number = waybill(logistics.get("tracking_no"))
    if number is None:
        return None
    to: Any = order.get("receiver")
    receiver = cast("dict[str, Any]", to) if isinstance(to, dict) else {}
    identity = tuple(str(order.get(name) or "") for name in ("channel", "shop_id", "channel_order_id"))
    return NewParcel(
        parcel_id(number, key), shown(number), carrier_of(logistics.get("carrier")), cast("tuple[str, str, str]", identity),
        _short(receiver.get("province")), _moment(order.get("shipped_at")) or _moment(order.get("updated_at")),
        order_over=order.get("status") in OVER,
    )  # fmt: skip


def tracking_of(item: Mapping[str, Any], key: bytes) -> Tracking:
    """What a courier told: ``{tracking_no, events: [{at, state, place?}]}``, and with them, where they are known, ``carrier``,
    ``shipped_at``, ``promised_at``, and the order: ``channel``, ``shop_id``, ``channel_order_id``.

    Raises ``NodeError``: ``parcel.no_number``, ``parcel.bad_event`` (which one, and what about it).
    """
    number = waybill(item.get("tracking_no"))
    if number is None:
        raise NodeError("parcel.no_number")
    identity = tuple(str(item.get(name) or "") for name in ("channel", "shop_id", "channel_order_id"))
    events: Any = item.get("events")
    listed = cast("list[Any]", events) if isinstance(events, list) else []
    tracks = tuple(_track(number_of, one) for number_of, one in enumerate(listed, 1))
    parcel = NewParcel(
        parcel_id(number, key), shown(number), carrier_of(item.get("carrier")),
        cast("tuple[str, str, str]", identity) if identity[0] and identity[2] else ("", "", ""),
        shipped_at=_moment(item.get("shipped_at")), promised_at=_moment(item.get("promised_at")),
    )  # fmt: skip
    return Tracking(parcel, tracks)


def carrier_of(text: object) -> str:
    """A courier's name or code in one form; channels and couriers write the same one differently."""
    if not isinstance(text, str):
        return ""
    plain = "".join(text.split()).lower()
    return _CARRIERS.get(plain, plain)[:_LONGEST]


def _track(number: int, event: object) -> Track:
    one = cast("dict[str, Any]", event) if isinstance(event, dict) else {}
    state, at = one.get("state"), _moment(one.get("at"))
    if state not in PARCEL_STATES:
        raise NodeError("parcel.bad_event", number=number, field="state", known=", ".join(PARCEL_STATES))
    if at is None:
        raise NodeError("parcel.bad_event", number=number, field="at", known="2026-01-16T03:04:05Z")
    return Track(at, state, _short(one.get("place")))


def _short(value: object) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        return instant(value) if isinstance(value, str) and value else None
    except NodeError:
        return None


_CARRIERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("sf", "shunfeng", "顺丰", "顺丰速运", "sfexpress"), "sf"),
    **dict.fromkeys(("yto", "yuantong", "圆通", "圆通速递", "圆通快递"), "yto"),
    **dict.fromkeys(("zto", "zhongtong", "中通", "中通快递", "中通速递"), "zto"),
    **dict.fromkeys(("sto", "shentong", "申通", "申通快递"), "sto"),
    **dict.fromkeys(("yunda", "韵达", "韵达快递", "韵达速递", "yd"), "yunda"),
    **dict.fromkeys(("jd", "jdl", "京东", "京东快递", "京东物流"), "jd"),
    **dict.fromkeys(("ems", "youzhengguonei", "邮政", "ems快递"), "ems"),
    **dict.fromkeys(("jtexpress", "jt", "极兔", "极兔速递"), "jtexpress"),
    **dict.fromkeys(("debangwuliu", "debang", "dbl", "德邦", "德邦快递", "德邦物流"), "debang"),
}
