"""What is asked of the parcels that orders and couriers tell of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.store.parcel_records import Journey, Parcel, ParcelFilter, Track, TrackCounts, Tracking


class Parcels(Protocol):
    async def keep_tracking(self, told: Sequence[Tracking]) -> TrackCounts:
        """Events are kept once, whatever order and however often they come; the parcel is as the newest of them says."""
        ...

    async def parcel(self, parcel_id: str) -> Parcel:
        """Raises ``NotFound`` (``parcel.unknown``)."""
        ...

    async def tracks(self, parcel_id: str) -> Sequence[Track]:
        """Oldest first."""
        ...

    async def parcels_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Parcel]:
        """Those that the order names, and those that a warehouse has told of, which may carry other orders too."""
        ...

    async def parcels(self, where: ParcelFilter, *, limit: int = 50) -> Sequence[Parcel]:
        """Those that have not moved for longest first; where ``shipped_before`` is set, those shipped first."""
        ...

    async def journeys(self, since: datetime, limit: int = 5_000) -> Sequence[Journey]:
        """Of parcels that were delivered since then, the newest first."""
        ...
