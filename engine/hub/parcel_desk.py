"""Parcels as flows, pages and the watch ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from engine.hub.journey import Outlook, Usual, outlook, still_hours, usual_of
from engine.hub.parcels import tracking_of, wanted_parcel
from engine.store.parcel_records import Parcel, ParcelFilter
from engine.store.ports import Store

LEARNT: Final = timedelta(days=60)
"""Parcels that arrived within so long tell what is usual."""
LEARN_EVERY: Final = timedelta(minutes=10)
LOST: Final = timedelta(days=30)
LOOKED_AT: Final = 2_000
"""Parcels under way that are looked at, those shipped first: whoever is late is among them."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A parcel with how long it has not moved (whole hours), and when it should be there."""

    parcel: Parcel
    hours: int
    outlook: Outlook


class ParcelDesk:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._usual: Usual = {}
        self._learnt_at: datetime | None = None

    async def keep(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{items: […]}`` (see ``tracking_of``) to ``{parcels, new, known}``. Raises ``NodeError``."""
        key = self._store.subject_key()
        told = [tracking_of(one, key) for one in cast("Sequence[Mapping[str, Any]]", asked["items"])]
        counts = await self._store.keep_tracking(told)
        return {"parcels": len({one.parcel.id for one in told}), "new": counts.new, "known": counts.known}

    async def find(self, number: str) -> Watched:
        """By its whole number. Raises ``InputInvalid`` (``parcel.unsearchable``) or ``NotFound`` (``parcel.unknown``)."""
        return (await self.watched([await self._store.parcel(wanted_parcel(number, self._store.subject_key()))]))[0]

    async def standing_still(self, hours: int, limit: int = 500) -> Sequence[Watched]:
        """Those that have not moved for longest first; those that did not for ``LOST`` are left out, and so are those of couriers that tell
        nothing, as long as nothing is known of the parcel itself.
        """
        now, told_by = self._now(), frozenset(carrier for carrier, _ in await self.usual())
        where = ParcelFilter(open=True, moved_before=now - timedelta(hours=hours), moved_after=now - LOST, told_by=told_by)
        return await self.watched(await self._store.parcels(where, limit=limit))

    async def late(self, percent: int = 150) -> Sequence[Watched]:
        """Those shipped first first."""
        now = self._now()
        where = ParcelFilter(open=True, shipped_before=now, moved_after=now - LOST)
        under_way = await self._store.parcels(where, limit=LOOKED_AT)
        return [one for one in await self.watched(under_way) if one.outlook.late(percent)]

    async def watched(self, parcels: Sequence[Parcel]) -> list[Watched]:
        usual, now = await self.usual(), self._now()
        return [Watched(one, still_hours(one, now), outlook(one, usual, now)) for one in parcels]

    async def usual(self) -> Usual:
        """How long parcels usually take; looked up again from time to time."""
        now = self._now()
        if self._learnt_at is None or now - self._learnt_at >= LEARN_EVERY:
            self._usual, self._learnt_at = usual_of(await self._store.journeys(now - LEARNT)), now
        return self._usual
