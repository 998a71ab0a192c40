"""The hot path on SQLite: one transaction for whatever waits."""

from __future__ import annotations

import sqlite3
from asyncio import Future
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from engine.store.group_commit import GroupCommit, in_savepoint
from engine.store.operations import Call, Operation, PutFact, PutOrder
from engine.store.ports import Accepted, Fact, HubOrder, HubOutcome, NewEvent, RunEnd
from engine.store.write_events import Desk, put_events
from engine.store.write_facts import keys_of, put_facts
from engine.store.write_orders import put_orders

T = TypeVar("T")


class SqliteJournal:
    """Keeps the promises of ``Journal`` from the event loop that made it."""

    def __init__(self, file: Path, desk: Desk) -> None:
        self._desk = desk
        self._writer = GroupCommit(lambda: connect(file), self._apply)

    @property
    def commits(self) -> int:
        return self._writer.commits

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        return self._writer.submit(event)

    def put_fact(self, fact: Fact, end: RunEnd | None = None) -> Future[None]:
        return self._writer.submit(PutFact(fact.event_id, fact, end))

    def end_run(self, event_id: int, end: RunEnd) -> Future[None]:
        return self._writer.submit(PutFact(event_id, None, end))

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        return self._writer.submit(PutOrder(order, fact))

    def call(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """A rare write in the same thread: ``run`` gets the connection inside the transaction and must not end that."""
        return self._writer.submit(Call(run))

    def backlog(self) -> int:
        return self._writer.backlog()

    async def close(self) -> None:
        await self._writer.close()

    def _apply(self, connection: sqlite3.Connection, operations: Sequence[Operation]) -> list[Any]:
        """Events first, as what follows may belong to them; then orders, facts and ends, rare writes."""
        kinds = _by_kind(operations)
        results: list[Any] = [None] * len(operations)
        _fill(results, kinds.events, put_events(connection, [event for _, event in kinds.events], self._desk))
        owners = [write.fact.event_id for _, write in kinds.orders] + [write.event_id for _, write in kinds.facts if write.fact]
        keys = keys_of(connection, owners, self._desk)
        outcomes, facts = put_orders(connection, [write for _, write in kinds.orders], keys, self._desk)
        _fill(results, kinds.orders, outcomes)
        refusals = put_facts(connection, [*facts, *(write for _, write in kinds.facts)], keys, self._desk)
        _fill(results, kinds.facts, refusals[len(facts) :])
        for position, call in kinds.calls:
            results[position] = in_savepoint(connection, lambda it=call: it.run(connection))
        return results


class _Kinds:
    __slots__ = ("calls", "events", "facts", "orders")

    def __init__(self) -> None:
        self.events: list[tuple[int, NewEvent]] = []
        self.orders: list[tuple[int, PutOrder]] = []
        self.facts: list[tuple[int, PutFact]] = []
        self.calls: list[tuple[int, Call]] = []


def connect(file: Path) -> sqlite3.Connection:
    """A connection for writing: durable at each commit, statements kept prepared."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10, cached_statements=512)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 4000")
    connection.execute("PRAGMA cache_size = -16000")
    return connection


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
