"""Ask where a parcel is."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, cast

from pydantic import Field

from engine.sdk import (
    ConnectionRef,
    Context,
    Example,
    HttpAnswer,
    HttpCall,
    Item,
    NodeError,
    OfType,
    Params,
    PlainPath,
    Sent,
    adds,
    effect_node,
    get,
    put,
)
from orderloom_courier_express.connection import CourierExpress
from orderloom_courier_express.parcel import Tracked

PORTS: Final = {
    "created": "moving",
    "collected": "moving",
    "in_transit": "moving",
    "out_for_delivery": "moving",
    "delivered": "delivered",
    "refused": "problem",
    "returned": "problem",
    "lost": "problem",
}
"""The courier's states, and the port by which a parcel in that state leaves."""

_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_COURIER: Final = {"courier": {"connection": "courier"}}
_NO: Final = "CE000000000001"
_PARCEL: Final = {"channel_order_id": "OWN-0001", "logistics": {"tracking_no": _NO}}
_AT: Final = "2026-01-17T08:00:00Z"


def _seen(state: str) -> Item:
    return {**_PARCEL, "logistics": {"tracking_no": _NO, "state": state, "state_at": _AT}}


class CourierTracking(Params):
    courier: Annotated[ConnectionRef, OfType((CourierExpress.type_name,))] = Field(
        title="Courier", description="The connection with the account at the courier."
    )
    number: PlainPath = Field(
        default="logistics.tracking_no", title="Tracking number", description="The field that holds the number of the parcel."
    )


@effect_node(
    "connector.courier_tracking",
    version=1,
    label="Courier Express: track parcel",
    outputs={"moving": adds(Tracked), "delivered": adds(Tracked), "problem": adds(Tracked)},
    reads=("params.number",),
    icon="map-pin",
    examples=(
        Example(
            _COURIER,
            [_PARCEL],
            {"moving": [_seen("in_transit")]},
            answers=({"status": 200, "body": {"state": "in_transit", "at": _AT}},),
            requests=({"method": "GET", "path": "/tracking", "query": {"number": _NO}},),
            title="On its way",
        ),
        Example(
            _COURIER,
            [_PARCEL],
            {"delivered": [_seen("delivered")]},
            answers=({"status": 200, "body": {"state": "delivered", "at": _AT}},),
            title="Delivered",
        ),
        Example(
            _COURIER,
            [_PARCEL],
            {"problem": [_seen("returned")]},
            answers=({"status": 200, "body": {"state": "returned", "at": _AT}},),
            title="On its way back",
        ),
        Example(
            _COURIER,
            [_PARCEL],
            answers=({"status": 200, "body": {"state": "teleported"}},),
            problem="courier.unknown_state",
            title="A state that this node does not know yet waits for a person",
        ),
        Example({**_COURIER, "number": "tracking"}, [{}], problem="courier.no_tracking_number", title="A parcel without a number"),
    ),
)
async def courier_tracking(item: Item, params: CourierTracking, context: Context) -> Sent:
    """Asks Courier Express where a parcel is, adds the state, and sorts parcels into moving, delivered and those with a problem."""
    number = get(item, params.number, None)
    if not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise NodeError("courier.no_tracking_number", path=params.number)
    state, at = _state_of(await context.http(params.courier, HttpCall("GET", "/tracking", {"number": number})))
    return PORTS[state], put(put(item, "logistics.state", state), "logistics.state_at", at)


def _state_of(answer: HttpAnswer) -> tuple[str, str | None]:
    said = cast("dict[str, Any]", answer.body) if isinstance(answer.body, dict) else {}
    state, at = said.get("state"), said.get("at")
    if not isinstance(state, str) or state not in PORTS:
        raise NodeError("courier.unknown_state", path="state")
    return state, at if isinstance(at, str) else None
