"""What is asked of incidents, and of the notices that tell of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from engine.store.filters import OPEN_INCIDENTS, IncidentFilter
from engine.store.records import Fact, Incident, IncidentState, Notice, Page


class Incidents(Protocol):
    async def incidents(self, where: IncidentFilter = OPEN_INCIDENTS, *, limit: int = 50, cursor: str | None = None) -> Page[Incident]: ...

    async def incident_counts(self) -> Mapping[tuple[str, str], int]:
        """How many incidents are open, by (flow, step)."""
        ...

    async def incident(self, incident_id: int) -> Incident: ...
    async def close_incident(self, incident_id: int, state: IncidentState, fact: Fact) -> None:
        """Journal the decision, close the incident and set its run back to ``queued``, in one transaction."""
        ...

    async def notices(self, *, limit: int = 100) -> Sequence[Notice]:
        """What nobody has dropped yet, oldest first. Each is written in the transaction that opens its incident or fails its run."""
        ...

    async def drop_notices(self, ids: Collection[int]) -> None:
        """Those that are gone already are passed over."""
        ...
