"""The hot path: one transaction for whatever waits."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import TypeVar

from engine.store.connection import Connection
from engine.store.consignments import Consignment
from engine.store.group_commit import Writer
from engine.store.ids import IdSequence
from engine.store.operations import Call, PutFact, PutOrder
from engine.store.owners import Claim
from engine.store.ports import Accepted, Fact, HubOrder, HubOutcome, NewEvent, RunEnd
from engine.store.write_events import Desk

T = TypeVar("T")


class SqlJournal:
    """Keeps the promises of ``Journal`` from the event loop that made it."""

    def __init__(self, desk: Desk, writer: Writer) -> None:
        self._desk, self._writer = desk, writer

    @property
    def claim(self) -> Claim:
        return self._desk.claim

    @property
    def commits(self) -> int:
        return self._writer.commits

    @property
    def ids(self) -> IdSequence:
        """Only for the writer's thread."""
        return self._desk.ids

    def forget(self, event_id: int) -> None:
        """Only for the writer's thread: the key of an event is no more."""
        self._writer.forget(event_id)

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        return self._writer.submit(event)

    def put_fact(self, fact: Fact, end: RunEnd | None = None, *, decision: bool = False, sent: Sequence[Consignment] = ()) -> Future[None]:
        return self._writer.submit(PutFact(fact.event_id, fact, end, decision, sent))

    def end_run(self, event_id: int, end: RunEnd, *, decision: bool = False) -> Future[None]:
        return self._writer.submit(PutFact(event_id, None, end, decision))

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        return self._writer.submit(PutOrder(order, fact))

    def call(self, run: Callable[[Connection], T]) -> Future[T]:
        """A rare write: ``run`` gets the connection inside the transaction and must not end that. Never while others write."""
        return self._writer.submit(Call(run))

    def backlog(self) -> int:
        return self._writer.backlog()

    def unheard(self) -> int:
        return self._writer.unheard

    async def close(self) -> None:
        await self._writer.close()
