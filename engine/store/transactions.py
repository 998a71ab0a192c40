"""What one transaction of the hot path does, whichever thread or process it is done in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.store.connection import Connection, Slots
from engine.store.group_commit import in_savepoint
from engine.store.operations import Call, Operation, PutFact, PutOrder
from engine.store.owners import holds, lost, take_claim
from engine.store.ports import NewEvent
from engine.store.write_events import Desk, put_events
from engine.store.write_facts import keys_of, put_facts
from engine.store.write_orders import put_orders


class ClaimLost(Exception):
    """Nothing was written: somebody else has the claim by now, and no other can be taken here."""


class Transactions:
    """``slots``: where another claim is taken once the one of the desk is lost; without, ``begin`` raises ``ClaimLost``."""

    def __init__(self, desk: Desk, slots: Slots | None) -> None:
        self._desk, self._slots = desk, slots

    def apply(self, connection: Connection, operations: Sequence[Operation]) -> list[Any]:
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

    def begin(self, connection: Connection) -> None:
        """Where the claim is lost, a new one is taken, for good before anything is written under it."""
        connection.begin()
        if not holds(connection, self._desk.claim):
            if self._slots is None:
                raise ClaimLost
            claim = take_claim(connection, self._slots)
            connection.commit()
            self._desk.take_up(claim)
            connection.begin()

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
