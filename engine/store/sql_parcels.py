"""Parcels in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import and_, or_, text
from sqlmodel import Session, col, select

from engine.store.database import Part
from engine.store.parcel_records import Journey, Parcel, ParcelFilter, ParcelState, Track, TrackCounts, Tracking, journeys
from engine.store.parcel_tables import ParcelRow, TrackRow
from engine.store.problems import not_found
from engine.store.shipment_table import ShipmentRow
from engine.store.write_parcels import put_tracking

_OPEN = text("parcel.open")
"""Written as the partial indexes have it, so that SQLite sees that they serve."""
_SHUT = text("NOT parcel.open")


class SqlParcels(Part):
    async def keep_tracking(self, told: Sequence[Tracking]) -> TrackCounts:
        return await self._database.write(lambda connection: put_tracking(connection, told))

    async def parcel(self, parcel_id: str) -> Parcel:
        row = await self._database.get(ParcelRow, parcel_id)
        if row is None:
            raise not_found("parcel.unknown")
        return _as_parcel(row)

    async def tracks(self, parcel_id: str) -> Sequence[Track]:
        by = (col(TrackRow.at), col(TrackRow.state), col(TrackRow.place))
        wanted = select(TrackRow).where(TrackRow.parcel_id == parcel_id).order_by(*by)

        def query(session: Session) -> list[Track]:
            return [Track(row.at, cast("ParcelState", row.state), row.place) for row in session.exec(wanted).all()]

        return await self._database.read(query)

    async def parcels_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Parcel]:
        order = {"channel": channel, "shop_id": shop_id, "channel_order_id": channel_order_id}
        told = select(ShipmentRow.parcel_id).filter_by(**order)
        named = and_(*(getattr(ParcelRow, name) == value for name, value in order.items()))
        wanted = select(ParcelRow).where(or_(named, col(ParcelRow.id).in_(told))).order_by(col(ParcelRow.id))
        return await self._database.read(lambda session: [_as_parcel(row) for row in session.exec(wanted).all()])

    async def parcels(self, where: ParcelFilter, *, limit: int = 50) -> Sequence[Parcel]:
        order = col(ParcelRow.shipped_at) if where.shipped_before is not None else col(ParcelRow.moved_at).asc().nulls_first()
        wanted = select(ParcelRow).where(*_conditions(where)).order_by(order, col(ParcelRow.id)).limit(limit)
        return await self._database.read(lambda session: [_as_parcel(row) for row in session.exec(wanted).all()])

    async def journeys(self, since: datetime, limit: int = 5_000) -> Sequence[Journey]:
        by = (col(ParcelRow.arrived_at).desc(), col(ParcelRow.id).desc())
        wanted = select(ParcelRow).where(col(ParcelRow.arrived_at) >= since).order_by(*by).limit(limit)
        return await self._database.read(lambda session: journeys(_as_parcel(row) for row in session.exec(wanted).all()))


def _conditions(where: ParcelFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.open is not None:
        conditions.append(_OPEN if where.open else _SHUT)
    if where.state is not None:
        conditions.append(ParcelRow.state == where.state)
    if where.carrier is not None:
        conditions.append(ParcelRow.carrier == where.carrier)
    if where.text:
        conditions.append(or_(col(ParcelRow.id) == where.text, col(ParcelRow.channel_order_id).icontains(where.text, autoescape=True)))
    if where.moved_before is not None:
        conditions.append(col(ParcelRow.moved_at) < where.moved_before)
    if where.moved_after is not None:
        conditions.append(col(ParcelRow.moved_at) >= where.moved_after)
    if where.told_by is not None:
        conditions.append(or_(col(ParcelRow.state_at).is_not(None), col(ParcelRow.carrier).in_(where.told_by)))
    if where.shipped_before is not None:
        conditions.append(col(ParcelRow.shipped_at) < where.shipped_before)
    return conditions


def _as_parcel(row: ParcelRow) -> Parcel:
    return Parcel(
        row.id, row.shown, row.carrier, (row.channel, row.shop_id, row.channel_order_id), row.region, row.shipped_at, row.promised_at,
        cast("ParcelState", row.state), row.state_at, row.place, row.arrived_at, row.order_over,
    )  # fmt: skip
