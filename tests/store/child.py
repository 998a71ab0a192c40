"""A process of its own for tests that kill, starve or double the writer: `child.py MODE DATA [NUMBER]`. It prints what was acknowledged."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from engine.errors import OrderloomError
from engine.store import transactions
from engine.store.group_commit import Apply, GroupCommit
from engine.store.open import open_store
from engine.store.operations import Operation
from engine.store.ports import Fact, NewEvent, RunEnd, Store, StoreOptions
from engine.store.problems import StoreUnavailable

NOW = datetime(2026, 1, 5, tzinfo=UTC)
EVENT = NewEvent("hub", 1, "hook", "", "c", "", b'{"phone":"13812345678"}' * 20, NOW, "hook")


def say(text: object) -> None:
    os.write(1, f"{text}\n".encode())


def numbered(name: str, number: int) -> NewEvent:
    return structs.replace(EVENT, key=f"{name}/{number:012}/v1", order_key=f"{name}/{number:012}")


async def load(store: Store) -> None:
    """Without end: put events and facts, and print the id of each event whose fact was acknowledged."""

    async def worker(start: int) -> None:
        for number in range(start, 10**9, 32):
            accepted = await store.journal.put_event(numbered(f"load{os.getpid()}", number))
            await store.journal.put_fact(Fact(accepted.id, 1, "results", b'{"results":[]}', "runner", NOW), RunEnd("done", NOW))
            say(accepted.id)

    await asyncio.gather(*(worker(start) for start in range(32)))


async def hold(store: Store) -> None:
    """Open a few runs, then wait to be killed."""
    for number in range(3):
        say((await store.journal.put_event(numbered("hold", number))).id)
    say("ready")
    await asyncio.get_running_loop().create_future()


async def sleeper(store: Store) -> None:
    """Open a few runs; when a line comes in, try to end them, and print what became of that."""
    runs = [(await store.journal.put_event(numbered("sleeper", number))).id for number in range(3)]
    for run in runs:
        say(run)
    await asyncio.to_thread(sys.stdin.readline)
    for run in runs:
        try:
            await store.journal.put_fact(Fact(run, 1, "results", b'{"results":[]}', "runner", NOW), RunEnd("done", NOW))
            say("kept")
        except OrderloomError as error:
            say(error.problems[0].code)


def accept_stale_epochs() -> None:
    """The fault that the proof of owners must notice."""
    transactions.lost = lambda *_: set()  # type: ignore[assignment]


async def share(store: Store, count: int) -> None:
    """Put events that another process puts too; print those that were new here."""

    async def worker(start: int) -> None:
        for number in range(start, count, 8):
            accepted = await store.journal.put_event(numbered("share", number))
            if not accepted.duplicate:
                say(accepted.id)

    await asyncio.gather(*(worker(start) for start in range(8)))


async def starve(store: Store) -> None:
    """Run into the limit of what files may hold, then get room again."""
    say((await store.journal.put_event(numbered("before", 1))).id)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    big = structs.replace(EVENT, body=os.urandom(300_000), key="big")
    answers = await asyncio.gather(
        *(store.journal.put_event(structs.replace(big, key=f"big{n}")) for n in range(3)), return_exceptions=True
    )
    say(",".join(type(each).__name__ for each in answers))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    say((await store.journal.put_event(numbered("after", 1))).id)
    assert all(isinstance(each, StoreUnavailable) and each.problems[0].code == "store.unavailable" for each in answers)


def acknowledge_before_commit() -> None:
    """Sabotage, for the test of the test: results are handed out while their transaction is still open."""
    turn = 0

    def transaction(self: GroupCommit, operations: list[Operation], apply: Apply) -> list[Any]:
        nonlocal turn
        turn += 1
        self._connection = self._connection or self._connect()
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        results = apply(self._connection, operations)
        if turn % 8 == 0:
            self._connection.execute("COMMIT")
        return results

    GroupCommit._transaction = transaction  # type: ignore[method-assign]


async def main(mode: str, data: Path, rest: Sequence[str]) -> None:
    if mode == "load-sabotaged":
        acknowledge_before_commit()
    if mode == "sleeper-sabotaged":
        accept_stale_epochs()
    store = open_store(StoreOptions(str(data), url=os.environ.get("DATABASE")))
    await store.open()
    modes = {"load": load, "load-sabotaged": load, "hold": hold, "starve": starve, "sleeper": sleeper, "sleeper-sabotaged": sleeper}
    await (share(store, int(rest[0])) if mode == "share" else modes[mode](store))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
