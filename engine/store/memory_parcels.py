"""Parcels in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from engine.store.memory_journal import Kept
from engine.store.parcel_records import Journey, Parcel, ParcelFilter, Track, TrackCounts, Tracking, journeys, known_of, with_tracks
from engine.store.problems import not_found

_FIRST = datetime.min.replace(tzinfo=UTC)


class MemoryParcels:
    _kept: Kept

    async def keep_tracking(self, told: Sequence[Tracking]) -> TrackCounts:
        new = known = 0
        for one in told:
            kept = self._kept.tracks.setdefault(one.parcel.id, set())
            fresh = set(one.tracks) - kept
            new, known = new + len(fresh), known + len(set(one.tracks)) - len(fresh)
            kept |= fresh
            parcel = known_of(self._kept.parcels.get(one.parcel.id), one.parcel)
            self._kept.parcels[one.parcel.id] = with_tracks(parcel, kept)
        return TrackCounts(new, known)

    async def parcel(self, parcel_id: str) -> Parcel:
        if parcel_id not in self._kept.parcels:
            raise not_found("parcel.unknown")
        return self._kept.parcels[parcel_id]

    async def tracks(self, parcel_id: str) -> Sequence[Track]:
        return sorted(self._kept.tracks.get(parcel_id, ()), key=lambda one: (one.at, one.state, one.place))

    async def parcels_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Parcel]:
        order = (channel, shop_id, channel_order_id)
        told = self._kept.shipments.get(order, {})
        found = [one for one in self._kept.parcels.values() if one.order == order or one.id in told]
        return sorted(found, key=lambda one: one.id)

    async def parcels(self, where: ParcelFilter, *, limit: int = 50) -> Sequence[Parcel]:
        found = [one for one in self._kept.parcels.values() if _is_wanted(one, where)]
        by_shipping = where.shipped_before is not None
        return sorted(found, key=lambda one: ((one.shipped_at if by_shipping else one.moved_at) or _FIRST, one.id))[:limit]

    async def journeys(self, since: datetime, limit: int = 5_000) -> Sequence[Journey]:
        arrived = [one for one in self._kept.parcels.values() if one.arrived_at is not None and one.arrived_at >= since]
        newest = sorted(arrived, key=lambda one: (one.arrived_at or _FIRST, one.id), reverse=True)
        return journeys(newest[:limit])


def _is_wanted(one: Parcel, where: ParcelFilter) -> bool:
    return (
        where.open in (None, one.open)
        and where.state in (None, one.state)
        and where.carrier in (None, one.carrier)
        and (not where.text or where.text == one.id or where.text.lower() in one.order[2].lower())
        and (where.moved_before is None or (one.moved_at is not None and one.moved_at < where.moved_before))
        and (where.moved_after is None or (one.moved_at is not None and one.moved_at >= where.moved_after))
        and (where.told_by is None or one.state_at is not None or one.carrier in where.told_by)
        and (where.shipped_before is None or (one.shipped_at is not None and one.shipped_at < where.shipped_before))
    )
