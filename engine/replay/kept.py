"""Replays of a running service: in its memory only, a few of them, each with as many differing orders as a person would look at."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.registry import Registry
from engine.replay.groups import Summary
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
State = Literal["running", "done", "cancelled", "failed"]


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
        if self._at_work is not None:
            raise Conflict(Problem("replay.running", fields={"flow": self._at_work[0].flow}))
        kept = KeptReplay(max(self._kept, default=0) + 1, flow, _name(against), span, now, counts=work.counts, summary=work.summary)
        kept.recording, kept.digest = recording, document_digest(document)
        self._kept[kept.id] = kept
        for old in sorted(self._kept)[:-KEPT]:
            del self._kept[old]
        self._at_work = kept, work
        task = asyncio.ensure_future(self._work(kept, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return kept

    def get(self, flow: str, number: int) -> KeptReplay:
        """Raises ``NotFound`` (``replay.unknown``)."""
        found = self._kept.get(number)
        if found is None or found.flow != flow:
            raise NotFound(Problem("replay.unknown"))
        return found

    def cancel(self, flow: str, number: int) -> KeptReplay:
        """Ends it after a few more events. Raises ``NotFound``, or ``Conflict`` (``replay.ended``)."""
        found = self.get(flow, number)
        if self._at_work is None or self._at_work[0] is not found:
            raise Conflict(Problem("replay.ended"))
        self._at_work[1].stop()
        return found

    def of(self, flow: str) -> list[KeptReplay]:
        """Newest first."""
        return [kept for _, kept in sorted(self._kept.items(), reverse=True) if kept.flow == flow]

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
            kept.state = state
            self._at_work = None


def _name(against: Against) -> str:
    return str(against) if not isinstance(against, bytes) else "document"


def _shortened(order: OrderChanges) -> OrderChanges:
    if len(order.changes) <= MOST_CHANGES:
        return order
    return OrderChanges(order.event, order.order_key, order.received_at, order.changes[:MOST_CHANGES])
