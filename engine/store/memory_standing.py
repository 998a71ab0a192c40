"""Runs that stand still, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.json_text import canonical_json, read_json
from engine.store.memory_journal import Kept
from engine.store.operations import ENDS
from engine.store.ports import OPEN_STATES, RESTING_STATES, Incident, NewIncident, Run, RunState
from engine.store.standing import Resting, Unmoved


class MemoryStanding:
    _kept: Kept

    async def unmoved_runs(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[Unmoved]:
        runs = (run for run in self._kept.runs.values() if run.state in OPEN_STATES and run.accepted_at < before and run.id > after)
        found = [self._unmoved(run) for run in sorted(runs, key=lambda run: run.id)[:limit]]
        return [one for one in found if one.moved_at < before]

    async def resting_runs(self, flow: str, order_key: str) -> Sequence[Resting]:
        return [one for one in self._resting(flow) if one.order_key == order_key]

    async def resting_versions(self) -> Mapping[tuple[RunState, str], Sequence[int]]:
        found: dict[tuple[RunState, str], set[int]] = {}
        for run in self._kept.runs.values():
            if run.state in RESTING_STATES:
                found.setdefault((run.state, run.flow), set()).add(run.version)
        return {key: sorted(versions) for key, versions in sorted(found.items())}

    async def resting_page(self, state: RunState, flow: str, *, after: int = 0, limit: int = 2000) -> Sequence[Resting]:
        return [one for one in self._resting(flow) if one.state == state and one.run_id > after][:limit]

    def _resting(self, flow: str) -> list[Resting]:
        events, runs = self._kept.events, sorted(self._kept.runs.values(), key=lambda run: run.id)
        found = [run for run in runs if run.flow == flow and run.state in RESTING_STATES and not events[run.id].passes]
        return [Resting(run.id, run.version, events[run.id].trigger, run.order_key, run.state) for run in found]

    async def blocked_behind(self, run_ids: Sequence[int]) -> Mapping[int, int]:
        counts = {run: self._behind(self._kept.runs[run]) for run in run_ids if run in self._kept.runs}
        return {run: count for run, count in counts.items() if count}

    async def open_incident(self, run_id: int, incident: NewIncident, at: datetime) -> bool:
        kept, run = self._kept, self._kept.runs.get(run_id)
        place = (run_id, incident.step, incident.item_key)
        taken = any((one.run_id, one.step, one.item_key) == place and one.state == "open" for one in kept.incidents.values())
        if run is None or run.state in ENDS or taken:
            return False
        number, fields = kept.ids.next(), read_json(canonical_json(dict(incident.fields)))
        kept.incidents[number] = Incident(
            number, run_id, run.flow, incident.step, incident.item_key, incident.code, tuple(incident.where), fields, "open", at
        )
        return True

    async def close_by_itself(self, incident_id: int, at: datetime) -> None:
        found = self._kept.incidents.get(incident_id)
        if found is not None and found.state == "open":
            self._kept.incidents[incident_id] = replace(found, state="resumed", closed_at=at)

    def _unmoved(self, run: Run) -> Unmoved:
        kept, event = self._kept, self._kept.events[run.id]
        closed = [one.closed_at for one in (*kept.waits.values(), *kept.incidents.values()) if one.run_id == run.id]
        moments = [run.accepted_at, *(fact.at for fact in kept.facts.get(run.id, {}).values()), *closed]
        front = min((one.id for one in self._same(run) if one.id < run.id and one.state not in ENDS), default=None)
        state = None if front is None else kept.runs[front].state
        moved = max(moment for moment in moments if moment is not None)
        return Unmoved(run.id, run.flow, event.trigger, run.order_key, run.state, event.passes, moved, front, state)

    def _behind(self, front: Run) -> int:
        if front.state not in ("parked", "waiting"):
            return 0
        return sum(1 for run in self._same(front) if run.id > front.id and run.state == "queued")

    def _same(self, run: Run) -> list[Run]:
        """Those of its order that do not pass."""
        runs = [one for one in self._kept.runs.values() if (one.flow, one.order_key) == (run.flow, run.order_key)]
        return [one for one in runs if not self._kept.events[one.id].passes]
