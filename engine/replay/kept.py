"""Replays of a running service, each with as many differing orders as a person would look at: a few in its memory.

The reports of trials on a recording are kept in the store besides, and outlast the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.registry import Registry
from engine.replay.groups import Summary
from engine.replay.report import Report, State, counts_in, keep_report, numbers, orders_in, problems_in, report_of, reports, summary_in
from engine.replay.target import Against, calls_against, target_of
from engine.replay.work import Counts, OrderChanges, Replay, Span
from engine.store.documents import document_digest
from engine.store.ports import Page, Store

log = logging.getLogger("orderloom.replay")
KEPT: Final = 5
MOST_ORDERS: Final = 500
"""Differing orders that are kept to be looked at; more are counted."""
MOST_CHANGES: Final = 200
"""Of one order."""


@dataclass(slots=True)
class KeptReplay:
    """``against``: what was asked for; ``orders``: those that differ, oldest first, as far as they are kept.

    ``problems``: why it failed. ``recording``: whose orders were run, instead of those of the span; ``digest``: of the document.
    """

    id: int
    flow: str
    against: str
    span: Span
    began_at: datetime
    state: State = "running"
    counts: Counts = field(default_factory=Counts)
    orders: list[OrderChanges] = field(default_factory=list[OrderChanges])
    problems: Sequence[Problem] = ()
    summary: Summary = field(default_factory=Summary)
    recording: int | None = None
    digest: str = ""

    def page(self, limit: int, cursor: str | None) -> Page[OrderChanges]:
        """In the order in which they were found. A cursor that is none begins anew."""
        start = int(cursor) if cursor is not None and cursor.isascii() and cursor.isdigit() and len(cursor) < 9 else 0
        end = start + limit
        return Page(self.orders[start:end], str(end) if len(self.orders) > end else None)


class Replays:
    """One at work at a time."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store, self._registry = store, registry
        self._kept: dict[int, KeptReplay] = {}
        self._last = 0
        self._at_work: tuple[KeptReplay, Replay] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, flow: str, against: Against, span: Span, limit: int, now: datetime, *, recording: int | None = None
    ) -> KeptReplay:
        """Begins in the background. Raises ``Conflict`` (``replay.running``), ``NotFound``, or ``FlowInvalid`` with all problems."""
        document = await target_of(self._store, flow, against)
        calls = await calls_against(self._store, self._registry, flow, against)
        if recording is not None:
            await self._store.traffic(recording)
        work = Replay(self._store, self._registry, flow, document, span, limit, calls, recording)
        stored = await numbers(self._store)
        if self._at_work is not None:
            raise Conflict(Problem("replay.running", fields={"flow": self._at_work[0].flow}))
        self._last = max(self._last, *stored, 0) + 1
        kept = KeptReplay(self._last, flow, _name(against), span, now, counts=work.counts, summary=work.summary)
        kept.recording, kept.digest = recording, document_digest(document)
        self._kept[kept.id] = kept
        for old in sorted(self._kept)[:-KEPT]:
            del self._kept[old]
        self._at_work = kept, work
        task = asyncio.ensure_future(self._work(kept, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return kept

    async def get(self, flow: str, number: int) -> KeptReplay:
        """Raises ``NotFound`` (``replay.unknown``)."""
        found = self._kept.get(number)
        if found is None:
            report = next((one for one in await reports(self._store) if one.id == number), None)
            found = None if report is None else _kept(report, await orders_in(self._store, number))
        if found is None or found.flow != flow:
            raise NotFound(Problem("replay.unknown"))
        return found

    async def cancel(self, flow: str, number: int) -> KeptReplay:
        """Ends it after a few more events. Raises ``NotFound``, or ``Conflict`` (``replay.ended``)."""
        found = await self.get(flow, number)
        if self._at_work is None or self._at_work[0] is not found:
            raise Conflict(Problem("replay.ended"))
        self._at_work[1].stop()
        return found

    async def of(self, flow: str) -> list[KeptReplay]:
        """Newest first; those of the store without their orders."""
        return [one for one in await self._all() if one.flow == flow]

    async def on(self, recording: int) -> list[KeptReplay]:
        """The trials on a recording, newest first; those of the store without their orders."""
        return [one for one in await self._all() if one.recording == recording]

    async def _all(self) -> list[KeptReplay]:
        stored = {one.id: _kept(one, []) for one in await reports(self._store)}
        return [one for _, one in sorted({**stored, **self._kept}.items(), reverse=True)]

    async def close(self) -> None:
        """Stops without waiting for what is at work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, kept: KeptReplay, work: Replay) -> None:
        state: State = "cancelled"
        try:
            async for order in work.orders():
                if len(kept.orders) < MOST_ORDERS:
                    kept.orders.append(_shortened(order))
            state = "cancelled" if work.stopped else "done"
        except OrderloomError as error:
            state, kept.problems = "failed", error.problems
        except Exception as error:  # noqa: BLE001 - a fault of ours ends this replay and nothing else
            log.error("replay failed", extra={"flow": kept.flow, "type": type(error).__name__})  # noqa: TRY400 - texts may be personal
            state, kept.problems = "failed", (Problem("run.not_executable", (kept.flow,), {"type": type(error).__name__}),)
        finally:
            await self._keep(kept, state)
            kept.state = state
            self._at_work = None

    async def _keep(self, kept: KeptReplay, state: State) -> None:
        """Before it counts as ended. What the store does not take stays in memory."""
        if kept.recording is None:
            return
        head = (kept.id, kept.flow, kept.against, kept.recording, kept.digest, kept.began_at, state)
        try:
            await keep_report(self._store, report_of(head, kept.counts, kept.summary, kept.problems), kept.orders)
        except OrderloomError as error:
            log.warning("report not kept", extra={"flow": kept.flow, "code": error.problems[0].code})


def _kept(report: Report, orders: list[OrderChanges]) -> KeptReplay:
    return KeptReplay(
        report.id, report.flow, report.against, Span(), report.began_at, report.state, counts_in(report), orders,
        problems_in(report), summary_in(report), report.recording, report.digest,
    )  # fmt: skip


def _name(against: Against) -> str:
    return str(against) if not isinstance(against, bytes) else "document"


def _shortened(order: OrderChanges) -> OrderChanges:
    if len(order.changes) <= MOST_CHANGES:
        return order
    return OrderChanges(order.event, order.order_key, order.received_at, order.changes[:MOST_CHANGES])
