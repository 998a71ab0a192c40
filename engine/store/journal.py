"""The hot path: one transaction for whatever waits."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from engine.store.connection import Connection, Slots
from engine.store.consignments import Consignment
from engine.store.group_commit import Connect, GroupCommit, in_savepoint
from engine.store.ids import IdSequence
from engine.store.operations import Call, Operation, PutFact, PutOrder
from engine.store.owners import Claim, holds, lost, take_claim
from engine.store.ports import Accepted, Fact, HubOrder, HubOutcome, NewEvent, RunEnd
from engine.store.write_events import Desk, put_events
from engine.store.write_facts import keys_of, put_facts
from engine.store.write_orders import put_orders

T = TypeVar("T")


class SqlJournal:
    """Keeps the promises of ``Journal`` from the event loop that made it."""

    def __init__(self, connection: Connection, connect: Connect, slots: Slots, desk: Desk) -> None:
        self._connect, self._slots, self._desk = connect, slots, desk
        self._writer = GroupCommit(connection, self._connect_again, self._begin, self._apply)

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
        self._desk.cache.drop(event_id)

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        return self._writer.submit(event)

    def put_fact(self, fact: Fact, end: RunEnd | None = None, *, decision: bool = False, sent: Sequence[Consignment] = ()) -> Future[None]:
        return self._writer.submit(PutFact(fact.event_id, fact, end, decision, sent))

    def end_run(self, event_id: int, end: RunEnd, *, decision: bool = False) -> Future[None]:
        return self._writer.submit(PutFact(event_id, None, end, decision))

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        return self._writer.submit(PutOrder(order, fact))

    def call(self, run: Callable[[Connection], T]) -> Future[T]:
        """A rare write in the same thread: ``run`` gets the connection inside the transaction and must not end that."""
        return self._writer.submit(Call(run))

    def backlog(self) -> int:
        return self._writer.backlog()

    async def close(self) -> None:
        await self._writer.close()

    def _apply(self, connection: Connection, operations: Sequence[Operation]) -> list[Any]:
        """Events first, as what follows may belong to them; then orders, facts and ends, rare writes."""
        kinds = _by_kind(operations)
        results: list[Any] = [None] * len(operations)
        _fill(results, kinds.events, put_events(connection, [event for _, event in kinds.events], self._desk))
        owners = [write.fact.event_id for _, write in kinds.orders] + [write.event_id for _, write in kinds.facts if write.fact]
        keys = keys_of(connection, owners, self._desk)
        strangers = self._strangers(connection, kinds)
        outcomes, facts = put_orders(connection, [write for _, write in kinds.orders], keys, strangers, self._desk)
        _fill(results, kinds.orders, outcomes)
        refusals = put_facts(connection, [*facts, *(write for _, write in kinds.facts)], keys, strangers, self._desk)
        _fill(results, kinds.facts, refusals[len(facts) :])
        for position, call in kinds.calls:
            results[position] = in_savepoint(connection, lambda it=call: it.run(connection))
        return results

    def _begin(self, connection: Connection) -> None:
        """Where the claim is lost, a new one is taken, for good before anything is written under it."""
        connection.begin()
        if not holds(connection, self._desk.claim):
            claim = take_claim(connection, self._slots)
            connection.commit()
            self._desk.take_up(claim)
            connection.begin()

    def _connect_again(self) -> Connection:
        connection = self._connect()
        self._slots.keep(connection)
        return connection

    def _strangers(self, connection: Connection, kinds: _Kinds) -> set[int]:
        """The runs to be written for that are somebody else's by now."""
        runs = {write.fact.event_id for _, write in kinds.orders}
        runs.update(write.event_id for _, write in kinds.facts if not write.decision)
        return lost(connection, runs, self._desk.claim)


class _Kinds:
    __slots__ = ("calls", "events", "facts", "orders")

    def __init__(self) -> None:
        self.events: list[tuple[int, NewEvent]] = []
        self.orders: list[tuple[int, PutOrder]] = []
        self.facts: list[tuple[int, PutFact]] = []
        self.calls: list[tuple[int, Call]] = []


def _by_kind(operations: Sequence[Operation]) -> _Kinds:
    kinds = _Kinds()
    for position, operation in enumerate(operations):
        if isinstance(operation, NewEvent):
            kinds.events.append((position, operation))
        elif isinstance(operation, PutFact):
            kinds.facts.append((position, operation))
        elif isinstance(operation, PutOrder):
            kinds.orders.append((position, operation))
        else:
            kinds.calls.append((position, operation))
    return kinds


def _fill(results: list[Any], positions: Sequence[tuple[int, object]], values: Sequence[Any]) -> None:
    for (position, _), value in zip(positions, values, strict=True):
        results[position] = value
