"""Builds a fault into the program and runs it: the proofs must turn red. Usage: ``saboteur.py FAULT COMMAND…``.

The product has no switch for any of this; the faults are put in from outside.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from typing import Any


def acknowledge_before_commit() -> None:
    """The hook is answered at once; the write follows a moment later."""
    from engine.intake.accept import Intake
    from engine.store.journal import SqlJournal
    from engine.store.ports import Accepted

    numbers = itertools.count(1)
    real = SqlJournal.put_event

    def put_event(self: Any, event: Any) -> Any:
        loop = asyncio.get_running_loop()
        loop.call_later(0.3, lambda: _take_up(intakes[-1], real(self, event), event))
        answer: asyncio.Future[Accepted] = loop.create_future()
        answer.set_result(Accepted(next(numbers), event.key, duplicate=True, conflict=False))
        return answer

    intakes: list[Any] = []
    post_init = Intake.__init__

    def remember(self: Any, *args: Any, **kwargs: Any) -> None:
        post_init(self, *args, **kwargs)
        intakes.append(self)

    Intake.__init__ = remember  # type: ignore[method-assign]
    SqlJournal.put_event = put_event  # type: ignore[method-assign]


def _take_up(intake: Any, written: Any, new: Any) -> None:
    """Start the run once the late write is done, so that only the acknowledgement is wrong."""
    from engine.intake.accept import read_delivery
    from engine.intake.parcel import unpack
    from engine.store.ports import Event

    def start(future: Any) -> None:
        accepted = future.result()
        if accepted.duplicate:
            return
        plan = intake.plan_of(new.flow)
        event = Event(
            accepted.id, new.flow, new.version, new.trigger, accepted.key, new.order_key, new.received_at, new.actor, new.passes, False
        )
        intake.submit(event, plan, read_delivery(plan.by_slug[new.trigger], unpack(new.body)))

    written.add_done_callback(start)


def acknowledge_source_before_accept() -> None:
    """A message is acknowledged at once; its event follows a moment later."""
    from engine.source.feed import LiveFeed

    real = LiveFeed.take

    async def take(self: Any, deliveries: Any, acknowledge: Any = None, **more: Any) -> None:
        if acknowledge is not None:
            await acknowledge()
        await asyncio.sleep(0.3)
        await real(self, deliveries, None, **more)

    LiveFeed.take = take  # type: ignore[method-assign]


def dedupe_off() -> None:
    """Every delivery counts as a new event."""
    from engine.intake import accept
    from engine.node.keys import Keys, keys_of

    numbers = itertools.count(1)

    def unique(arrival: Any) -> Keys:
        keys, number = keys_of(arrival), next(numbers)
        return Keys(f"{keys.event}|{number}", f"{keys.order}|{number}", keys.content, None)

    accept.keys_of = unique  # type: ignore[attr-defined]


def key_per_attempt() -> None:
    """The idempotency key changes whenever something is sent."""
    from engine.run import live_outside

    numbers = itertools.count(1)
    real = live_outside._headers

    def headers(content: Any, key: str) -> dict[str, str]:
        return real(content, f"{key}-{next(numbers)}-{id(content)}")

    live_outside._headers = headers


def mask_off() -> None:
    """Masks let everything through."""
    from engine import inspection
    from engine.run import context

    def bare(item: Any, classes: Any = None, profile: Any = "screen") -> Any:
        return item

    inspection.mask_item = context.mask_item = bare  # type: ignore[assignment]


def no_flush() -> None:
    """The database says that it is done before its disk has anything."""
    from engine.store.sqlite import SqliteBase

    real = SqliteBase.connect

    def connect(self: Any) -> Any:
        connection = real(self)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    SqliteBase.connect = connect  # type: ignore[method-assign]


_FAULTS = (acknowledge_before_commit, acknowledge_source_before_accept, dedupe_off, key_per_attempt, mask_off, no_flush)
FAULTS = {fault.__name__: fault for fault in _FAULTS}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    FAULTS[name]()
    from engine.cli import main

    sys.argv = ["orderloom", *arguments]
    main()
