"""Keep tracking."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel

from engine.sdk import Context, DataClass, Example, FieldClass, Item, Params, Sent, effect_node, passes

_OPEN: Final = FieldClass(DataClass.INTERNAL)
FIELDS: Final = ("tracking_no", "carrier", "channel", "shop_id", "channel_order_id", "shipped_at", "promised_at", "events")
_EVENTS: Final = [
    {"at": "2026-01-16T10:00:00Z", "state": "picked_up", "place": "浙江 杭州"},
    {"at": "2026-01-17T02:00:00Z", "state": "moving", "place": "上海"},
]
_TOLD: Final[dict[str, Any]] = {"tracking_no": "YT0000000000013", "carrier": "yto", "events": _EVENTS}


class Event(BaseModel):
    at: Annotated[str, _OPEN]
    state: Annotated[Literal["booked", "picked_up", "moving", "out_for_delivery", "delivered", "problem", "returning", "returned"], _OPEN]
    place: Annotated[str, _OPEN] = ""


class KeepTracking(Params):
    """The item says everything."""


@effect_node(
    "connector.keep_tracking",
    version=1,
    label="Keep tracking",
    reads=FIELDS,
    outputs={"new": passes(), "known": passes()},
    icon="truck",
    examples=(
        Example(
            {},
            [_TOLD],
            {"new": [_TOLD]},
            answers=({"parcels": 1, "new": 2, "known": 0},),
            requests=({"kind": "desk", "task": "parcels.keep", "items": [_TOLD]},),
            title="A courier tells of a parcel",
        ),
        Example({}, [_TOLD], {"known": [_TOLD]}, answers=({"parcels": 1, "new": 0, "known": 2},), title="The same again"),
    ),
)
async def keep_tracking(item: Item, params: KeepTracking, context: Context) -> Sent:
    """Keeps what a courier tells of a parcel: its waybill number in `tracking_no`, and `events` with `at`, `state` and `place`.

    States: booked, picked_up, moving, out_for_delivery, delivered, problem, returning, returned. Where the order is not linked by its
    own waybill number, name it: `channel`, `shop_id`, `channel_order_id`. Also `carrier`, `shipped_at`, `promised_at`. What comes twice
    or late is kept once, in its place. Leaves by `new` where something was not known yet.
    """
    del params
    told = {name: item[name] for name in FIELDS if item.get(name) is not None}
    answer = await context.ask_hub("parcels.keep", {"items": [told]})
    return ("new" if answer.get("new") else "known"), item
