"""Retention and erasure, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from msgspec import structs

from engine.errors import Conflict, Problem
from engine.store.ids import id_at
from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.old_runs import Ended, old_among
from engine.store.operations import ENDS
from engine.store.ports import Run
from engine.store.problems import not_found
from engine.store.retention import ALL, Among, OldRuns


class MemoryRetention(MemoryDocuments):
    _kept: Kept

    async def nth_newest_run(self, number: int, among: Among = ALL) -> int:
        ids = (run.id for run in self._kept.runs.values() if among.holds(run.flow))
        return next(islice(sorted(ids, reverse=True), number, None), 0)

    async def old_runs(self, before: datetime | None, upto: int, *, after: int = 0, limit: int = 200, among: Among = ALL) -> OldRuns:
        meant = (run for run in self._kept.runs.values() if run.id > after and among.holds(run.flow))
        runs = sorted(meant, key=lambda run: run.id)[:limit]
        waiting = self._with_open_incidents()
        return old_among((self._ended(run, waiting) for run in runs), before, upto, limit)

    async def delete_runs(self, run_ids: Sequence[int]) -> int:
        kept, waiting = self._kept, self._with_open_incidents()
        roots = [self._ended(kept.runs[run], waiting) for run in run_ids if run in kept.runs]
        going = [one.id for one in roots if one.state in ENDS and not one.open and not one.called]
        gone = {member for run in going for member in self._family(run)}
        for run in gone:
            self._forget_shipments(run)
            for table in (kept.events, kept.bodies, kept.facts, kept.runs, kept.calls):
                table.pop(run, None)
            self._close_orders(run)
        kept.incidents = {number: one for number, one in kept.incidents.items() if one.run_id not in gone}
        kept.waits = {number: one for number, one in kept.waits.items() if one.run_id not in gone}
        kept.held_orders = {number: one for number, one in kept.held_orders.items() if number in kept.waits}
        return len(gone)

    async def forget_keys(self, before: datetime, *, after: bytes = b"", limit: int = 1000) -> bytes | None:
        known = [digest for digest in sorted(self._kept.seen) if digest > after][:limit]
        for digest in known:
            if self._kept.seen[digest].event_id < id_at(before):
                del self._kept.seen[digest]
        return known[-1] if len(known) == limit else None

    async def shrink(self, pages: int) -> int:  # noqa: ARG002 - no file
        return 0

    async def settle_files(self) -> None:
        """There are none."""

    async def erase_event(self, event_id: int, actor: str) -> None:
        kept = self._kept
        if event_id not in kept.events:
            raise not_found("event.unknown")
        if event_id in kept.calls:
            raise Conflict(Problem("event.was_called", fields={"run": str(self._root(event_id))}))
        family = self._family(event_id)
        for member in family:
            if (state := kept.runs[member].state) not in ENDS:
                raise Conflict(Problem("event.still_open", fields={"state": state}))
        if kept.events[event_id].erased:
            return
        for member in family:
            kept.events[member] = structs.replace(kept.events[member], erased=True)
            kept.bodies.pop(member)
            self._close_orders(member)
            self._forget_shipments(member)
        for number, one in kept.incidents.items():
            if one.run_id in family and one.state == "open":
                kept.incidents[number] = replace(one, state="cancelled", closed_at=datetime.now(UTC))
        await self.audit(actor, "event.erase", f"event:{event_id}", {})

    def _root(self, run_id: int) -> int:
        """The run at the top, which nobody called."""
        calls = self._kept.calls
        while run_id in calls:
            run_id = calls[run_id].parent
        return run_id

    def _family(self, root: int) -> list[int]:
        """A run and all that it called, and they in turn."""
        return [root, *(child for child in self._kept.calls if child != root and self._root(child) == root)]

    def _ended(self, run: Run, waiting: set[int]) -> Ended:
        runs = self._kept.runs
        called = [runs[member] for member in self._family(run.id)[1:]]
        is_open = run.id in waiting or any(one.state not in ENDS or one.id in waiting for one in called)
        ended = [one.ended_at for one in called if one.ended_at is not None]
        over = None if run.ended_at is None else max([run.ended_at, *ended])
        return Ended(run.id, run.state, run.accepted_at, over, is_open, run.id in self._kept.calls)

    def _with_open_incidents(self) -> set[int]:
        return {one.run_id for one in self._kept.incidents.values() if one.state == "open"}

    def _close_orders(self, event_id: int) -> None:
        """The orders of the hub that an event brought cannot be read any more, nor found by whom they are for."""
        self._kept.subjects = {subject for subject in self._kept.subjects if subject[2] != event_id}
        for came in self._kept.versions.values():
            came[:] = [replace(one, body=b"") if one.event_id == event_id else one for one in came]
        for identity, (number, order) in self._kept.orders.items():
            if order.event_id == event_id:
                self._kept.orders[identity] = (number, replace(order, body=b""))
                self._forget_parcels([one.id for one in self._kept.parcels.values() if one.order == identity])
                self._kept.shipments.pop(identity, None)

    async def delete_parcels(self, before: datetime) -> int:
        old = [one.id for one in self._kept.parcels.values() if one.moved_at is not None and one.moved_at < before]
        self._forget_parcels(old)
        return len(old)

    def _forget_shipments(self, event_id: int) -> None:
        for of_order in self._kept.shipments.values():
            for parcel in [number for number, one in of_order.items() if one.event_id == event_id]:
                del of_order[parcel]

    def _forget_parcels(self, numbers: Sequence[str]) -> None:
        for number in numbers:
            del self._kept.parcels[number]
            self._kept.tracks.pop(number, None)
