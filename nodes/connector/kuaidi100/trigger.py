"""Parcels from Kuaidi100."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, cast

from pydantic import Field

from engine.sdk import (
    Arrival,
    ConnectionRef,
    DataClass,
    Delivery,
    Example,
    FieldClass,
    HookParams,
    InputInvalid,
    Item,
    NodeError,
    OfType,
    Problem,
    instant,
    read_json,
    replaces,
    trigger,
    utc_text,
)
from nodes.connector.arrivals import as_item, text_at
from nodes.connector.kuaidi100.sign import form_of, verify
from nodes.connector.kuaidi100.status import state_of

_ZONE: Final = "+08:00"
_OPEN: Final = FieldClass(DataClass.INTERNAL)
_CLASSES: Final[Mapping[str, FieldClass]] = {
    "tracking_no": FieldClass(DataClass.CONFIDENTIAL),
    **dict.fromkeys(("carrier", "promised_at", "unread", "events[].at", "events[].state", "events[].place"), _OPEN),
}
_PUSHED: Final[dict[str, Any]] = {
    "status": "polling",
    "lastResult": {
        "state": "0",
        "com": "yuantong",
        "nu": "YT0000000000013",
        "data": [
            {"ftime": "2026-01-17 10:00:00", "statusCode": "1002", "areaName": "上海,上海市", "context": "离开【上海转运中心】"},
            {"ftime": "2026-01-16 18:00:00", "statusCode": "103", "areaName": "浙江,杭州市,西湖区", "context": "【杭州】已揽收"},
        ],
    },
}
_READ: Final[dict[str, Any]] = {
    "tracking_no": "YT0000000000013",
    "carrier": "yuantong",
    "events": [
        {"at": "2026-01-17T02:00:00Z", "state": "moving", "place": "上海市"},
        {"at": "2026-01-16T10:00:00Z", "state": "picked_up", "place": "浙江 杭州市"},
    ],
    "unread": 0,
}
_PLAIN: Final[dict[str, Any]] = {
    "status": "shutdown",
    "lastResult": {
        "state": "3",
        "com": "shunfeng",
        "nu": "SF0000000000027",
        "data": [
            {"ftime": "2026-01-18 09:00:00", "context": "已签收"},
            {"ftime": "2026-01-18 08:00:00", "status": "派件"},
            {"ftime": "soon"},
        ],
    },
}
_PLAIN_READ: Final[dict[str, Any]] = {
    "tracking_no": "SF0000000000027",
    "carrier": "shunfeng",
    "events": [
        {"at": "2026-01-18T01:00:00Z", "state": "delivered", "place": ""},
        {"at": "2026-01-18T00:00:00Z", "state": "out_for_delivery", "place": ""},
    ],
    "unread": 1,
}
_LASTING: Final = ("delivered", "returned")


class Kuaidi100Parcels(HookParams):
    courier: Annotated[ConnectionRef, OfType(("kuaidi100",))] = Field(
        title="Kuaidi100", description="The connection with the salt that signs what is pushed."
    )


def verify_kuaidi100(delivery: Delivery, params: Kuaidi100Parcels, connection: Mapping[str, Any], now: datetime) -> None:
    """Raises ``NodeError`` with ``signature.invalid``."""
    del params, now
    verify(delivery.body, str(connection["secret"]))


@trigger(
    "connector.kuaidi100_parcels",
    version=1,
    label="Parcels from Kuaidi100",
    starts="hook",
    verify=verify_kuaidi100,
    emits=replaces(_CLASSES),
    icon="truck",
    examples=(
        Example(
            {"courier": {"connection": "kuaidi100"}},
            [_PUSHED],
            {"out": [_READ]},
            event={"channel": "kuaidi100", "order_id": "28e4d988c546a574"},
            title="A parcel moved",
        ),
        Example(
            {"courier": {"connection": "kuaidi100"}},
            [_PLAIN],
            {"out": [_PLAIN_READ]},
            event={"channel": "kuaidi100"},
            title="Without codes of the events: what the parcel's own state says, and one event that cannot be read",
        ),
    ),
)
def kuaidi100_parcels(delivery: Delivery, params: Kuaidi100Parcels) -> Arrival:
    """Starts the flow when Kuaidi100 tells of a parcel. Wire it to *Keep tracking*; what couriers write about people is left behind.

    Each push brings all events of the parcel. Kuaidi100 expects an answer of its own, else it sends again: set it under *Own answer*,
    as the template follow_parcels does.
    """
    del params
    told = _param(delivery.body)
    last = as_item(told.get("lastResult"))
    number = text_at(last, "nu")
    if number is None:
        raise InputInvalid(Problem("body.unreadable", fields={"reason": "it names no parcel (lastResult.nu)", "rule": "names_no_parcel"}))
    events, unread = _events(last)
    item: Item = {"tracking_no": number, "carrier": text_at(last, "com") or "", "events": events, "unread": unread}
    if promised := _moment(text_at(last, "predictedArrivalTime") or text_at(last, "arrivalTime")):
        item["promised_at"] = promised
    return Arrival((item,), "kuaidi100", order_id=hashlib.sha256(number.encode()).hexdigest()[:16], content=told)


def _param(body: bytes) -> Item:
    """The JSON in ``param`` of the form; a body that is JSON itself is taken too, as samples have it."""
    text = body if body.lstrip().startswith(b"{") else form_of(body).get("param", "").encode()
    return as_item(read_json(text))


def _events(last: Item) -> tuple[list[Item], int]:
    """The events that can be read, newest first as they come, and how many could not."""
    data: Any = last.get("data")
    rows = cast("list[Any]", data) if isinstance(data, list) else []
    found = [_event(as_item(row), text_at(last, "state") if n == 0 else None) for n, row in enumerate(rows)]
    return [one for one in found if one is not None], sum(one is None for one in found)


def _event(row: Item, state_of_all: str | None) -> Item | None:
    """``state_of_all``: of the parcel, which is that of its newest event; it counts for one that says nothing itself only where no other
    event follows, for later pushes bring the event again. Any other that says nothing is a movement.
    """
    at = _moment(text_at(row, "ftime") or text_at(row, "time"))
    if at is None:
        return None
    state = state_of(text_at(row, "statusCode"), text_at(row, "status"))
    if state is None:
        known = state_of(state_of_all)
        state = known if known in _LASTING else "moving"
    return {"at": at, "state": state, "place": _place(text_at(row, "areaName") or "")}


def _place(area: str) -> str:
    """Province and city; ``上海,上海市,黄浦区`` is ``上海市``."""
    province, city = (*area.split(","), "", "")[:2]
    return city if city.startswith(province) else f"{province} {city}".strip()


def _moment(text: str | None) -> str | None:
    try:
        moment = instant(text, _ZONE)
    except NodeError:
        return None
    return None if moment is None else utc_text(moment)
