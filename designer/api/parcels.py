"""Parcels: where they are, which of them do not move, which will be late. A waybill number is shown by its mask alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from designer.api.given import Limit, Loom
from designer.api.shapes import Listed, utc, utc_or_none
from engine.app import Orderloom
from engine.hub.parcel_desk import Watched
from engine.hub.told_parcels import told_parcels
from engine.store.parcel_records import ParcelFilter
from engine.watch.rules import ParcelLate, ParcelStill

HOURS: Final = 48
PERCENT: Final = 150
Show = Literal["still", "late", "open", "all"]


@dataclass(frozen=True, slots=True)
class TrackShown:
    at: str
    state: str
    place: str


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """``still_hours``: whole hours since it last moved; ``due_at``: when it has to be there, ``promised`` or by what is usual for its
    courier and region; ``late``: it is not, or will not be.
    """

    id: str
    tracking_no: str
    carrier: str
    channel: str
    shop_id: str
    channel_order_id: str
    region: str
    state: str
    state_at: str | None
    place: str
    shipped_at: str | None
    arrived_at: str | None
    open: bool
    still_hours: int
    due_at: str | None
    promised: bool
    late: bool


@dataclass(frozen=True, slots=True)
class ParcelWithTracks:
    """``told``: whether the order's channel has taken a notice of a parcel that a warehouse told of; null where that is not known, or
    not yet."""

    parcel: ParcelShown
    tracks: Sequence[TrackShown]
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole waybill number, which stands in no address."""

    tracking_no: Annotated[str, Meta(max_length=100)]


@get("/parcels", opt={"permission": "order.read"})
async def list_parcels(
    orderloom: Loom,
    show: Annotated[Show, QueryParameter(description="still: not moving; late: late, or will be; open: under way; all.")] = "open",
    hours: Annotated[int | None, QueryParameter(ge=1, le=2160, description="For still: so many. Else as the alarm's rule says.")] = None,
    order: Annotated[str | None, QueryParameter(description="A part of the order number.", max_length=100)] = None,
    carrier: FromQuery[str | None] = None,
    limit: Limit = 50,
) -> Listed[ParcelShown]:
    """Those that have not moved for longest first; late ones by when they were shipped."""
    found = await parcels_shown(orderloom, show, hours, order, carrier, limit)
    return Listed([parcel_shown(orderloom, one) for one in found])


@post("/parcels/search", opt={"permission": "order.read"}, status_code=HTTP_200_OK)
async def find_parcel(data: JSONBody[Wanted], orderloom: Loom) -> ParcelWithTracks:
    """A parcel by its whole waybill number."""
    return await _with_tracks(orderloom, await orderloom.desk.parcels.find(data.tracking_no))


@get("/parcels/{parcel_id:str}", opt={"permission": "order.read"})
async def show_parcel(parcel_id: FromPath[str], orderloom: Loom) -> ParcelWithTracks:
    """A parcel with its way, oldest first."""
    return await one_parcel(orderloom, parcel_id)


async def one_parcel(orderloom: Orderloom, parcel_id: str) -> ParcelWithTracks:
    """Raises ``NotFound`` (``parcel.unknown``)."""
    (one,) = await orderloom.desk.parcels.watched([await orderloom.store.parcel(parcel_id)])
    return await _with_tracks(orderloom, one)


async def parcels_shown(
    orderloom: Orderloom, show: str, hours: int | None, order: str | None, carrier: str | None, limit: int
) -> Sequence[Watched]:
    desk, text = orderloom.desk.parcels, (order or "").strip() or None
    if show == "still":
        found = await desk.standing_still(hours or hours_of(orderloom))
    elif show == "late":
        found = await desk.late(percent_of(orderloom))
    else:
        where = ParcelFilter(open=True if show == "open" else None, carrier=carrier or None, text=text)
        return await desk.watched(await orderloom.store.parcels(where, limit=limit))
    fitting = [one for one in found if carrier in (None, "", one.parcel.carrier) and (text or "").lower() in one.parcel.order[2].lower()]
    return fitting[:limit]


async def parcels_of_order(orderloom: Orderloom, channel: str, shop: str, number: str) -> list[ParcelWithTracks]:
    """On the order's passport."""
    watched = await orderloom.desk.parcels.watched(await orderloom.store.parcels_of(channel, shop, number))
    told = await told_parcels(orderloom.store, orderloom.flows, (channel, shop, number)) if watched else {}
    return [replace(await _with_tracks(orderloom, one), told=told.get(one.parcel.id)) for one in watched]


def hours_of(orderloom: Orderloom) -> int:
    """As the rule of alarms says: the strictest of those in use."""
    rules = orderloom.watch.rules.rules().values()
    return min((rule.hours for rule in rules if isinstance(rule, ParcelStill) and rule.enabled), default=HOURS)


def percent_of(orderloom: Orderloom) -> int:
    rules = orderloom.watch.rules.rules().values()
    return min((rule.percent for rule in rules if isinstance(rule, ParcelLate) and rule.enabled), default=PERCENT)


def parcel_shown(orderloom: Orderloom, one: Watched) -> ParcelShown:
    parcel, outlook = one.parcel, one.outlook
    channel, shop, number = parcel.order
    return ParcelShown(
        id=parcel.id,
        tracking_no=parcel.shown,
        carrier=parcel.carrier,
        channel=channel,
        shop_id=shop,
        channel_order_id=number,
        region=parcel.region,
        state=parcel.state,
        state_at=utc_or_none(parcel.state_at),
        place=parcel.place,
        shipped_at=utc_or_none(parcel.shipped_at),
        arrived_at=utc_or_none(parcel.arrived_at),
        open=parcel.open,
        still_hours=one.hours,
        due_at=utc_or_none(outlook.due_at),
        promised=outlook.promised,
        late=outlook.late(percent_of(orderloom)),
    )


async def _with_tracks(orderloom: Orderloom, one: Watched) -> ParcelWithTracks:
    tracks = await orderloom.store.tracks(one.parcel.id)
    return ParcelWithTracks(parcel_shown(orderloom, one), [TrackShown(utc(track.at), track.state, track.place) for track in tracks])


routes = [list_parcels, find_parcel, show_parcel]
