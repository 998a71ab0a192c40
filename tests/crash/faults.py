"""Faults to build into an engine of this process: the sweep and the state machine must turn red with each of them.

Each takes ``put``, which sets an attribute of an object or class (``setattr``, or pytest's, which takes it back).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from msgspec import structs

from engine.calls import Calls
from engine.dispatch import Dispatcher
from engine.intake import accept
from engine.intake.published import PublishedFlows
from engine.node.keys import Keys, keys_of
from engine.run import journaled
from engine.run.journaled import JournaledEffects
from engine.store.group_commit import GroupCommit
from engine.store.ports import NewEvent

Put = Callable[[Any, str, Any], None]


def acknowledge_before_commit(put: Put) -> None:
    """Senders are answered a moment before their events are committed."""

    def work(self: Any) -> None:
        write = self._apply
        while batch := self._next_batch():
            operations = [operation for operation, _ in batch]

            def early(connection: Any, these: Any, batch: Any = batch) -> list[Any]:
                results = write(connection, these)
                self._loop.call_soon_threadsafe(self._deliver, batch, results)
                time.sleep(0.05)
                return results

            if all(isinstance(operation, NewEvent) for operation in operations):
                self._transaction(operations, early)
            else:
                self._loop.call_soon_threadsafe(self._deliver, batch, self.write(operations))
        self.disconnect()

    put(GroupCommit, "_work", work)


def dedupe_off(put: Put) -> None:
    """Every delivery counts as a new event."""
    numbers = itertools.count(1)

    def unique(arrival: Any) -> Keys:
        keys = keys_of(arrival)
        return Keys(f"{next(numbers)}|{keys.event}", keys.order, keys.content, None)

    put(accept, "keys_of", unique)


def effect_dropped(put: Put) -> None:
    """One call in five is journaled as done and never made."""
    numbers, attempt = itertools.count(1), JournaledEffects._attempt

    async def forgetful(self: Any, step: Any, request: Any, entry: dict[str, Any]) -> Any:
        return await attempt(self, step, request, entry) if next(numbers) % 5 else ({"status": 200, "headers": {}, "body": None}, "done")

    put(JournaledEffects, "_attempt", forgetful)


def key_per_attempt(put: Put) -> None:
    """The idempotency key changes whenever something is sent."""
    numbers, attempt = itertools.count(1), JournaledEffects._attempt

    async def other_key(self: Any, step: Any, request: Any, entry: dict[str, Any]) -> Any:
        key = f"{entry['id'][:-12]}{next(numbers):04}{id(self) % 10**8:08}"
        return await attempt(self, step, request, {**entry, "id": key})

    put(JournaledEffects, "_attempt", other_key)


def order_key_ignored(put: Put) -> None:
    """Events of one order run side by side."""

    def submit(self: Any, event: Any, load: Any) -> None:
        self._start(event, load, None)

    put(Dispatcher, "_submit", submit)


def attempt_not_announced(put: Put) -> None:
    """A call that must not happen twice is made without saying so first."""

    async def silent(self: Any, entry: Any) -> None:
        del self, entry

    put(JournaledEffects, "_intend", silent)


def version_not_pinned(put: Put) -> None:
    """A run goes on in whatever version is newest."""
    plan_at = PublishedFlows.plan_at

    async def newest(self: Any, name: str, version: int) -> Any:
        return await plan_at(self, name, max(version, self.version(name) or 0))

    put(PublishedFlows, "plan_at", newest)


def answer_not_recorded(put: Put) -> None:
    """What a target answered is not journaled."""
    put(journaled, "results_body", lambda *_: b'{"results":[]}')


def child_per_attempt(put: Put) -> None:
    """Each time a run asks for a call of a flow, another child begins."""
    numbers, keep = itertools.count(1), accept.Intake.keep

    def another(self: Any, *positional: Any, call: Any = None, **named: Any) -> Any:
        told = None if call is None else structs.replace(call, effect=f"{call.effect[:-8]}{next(numbers):08}")
        return keep(self, *positional, call=told, **named)

    put(accept.Intake, "keep", another)
    put(Calls, "_remember", lambda *_: None)


def children_outlive(put: Put) -> None:
    """What a run called goes on although the run has ended."""

    async def nobody(self: Any, run_id: int, actor: str) -> None:
        del self, run_id, actor

    put(Calls, "cancel_children", nobody)


def composition_per_attempt(put: Put) -> None:
    """A call for many items is put together from whatever is there, each time."""
    put(journaled, "compose", lambda *_: False)


FAULTS = {
    fault.__name__: fault
    for fault in (
        acknowledge_before_commit, answer_not_recorded, attempt_not_announced, child_per_attempt, children_outlive, composition_per_attempt,
        dedupe_off, effect_dropped,
        key_per_attempt, order_key_ignored, version_not_pinned,
    )
}  # fmt: skip
