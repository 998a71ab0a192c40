"""One writer thread; what is submitted while it commits makes up the next transaction.

Nothing is acknowledged before its transaction is on disk.
"""

from __future__ import annotations

import asyncio
import queue
from asyncio import Future
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Protocol

from engine.store.call_records import Scribe
from engine.store.connection import Connection
from engine.store.operations import Operation
from engine.store.problems import refused, unavailable

MOST = 2048
"""Operations in one transaction, so that a flood keeps neither its first ones nor other processes waiting for long."""
_Entry = tuple[Operation, "Future[Any]"]
Connect = Callable[[], Connection]
Begin = Callable[[Connection], None]
Apply = Callable[[Connection, Sequence[Operation]], list[Any]]
"""Writes all operations and gives one result each (an exception: that one is refused); raises if it cannot tell which is at fault."""


class Writer(Protocol):
    """Takes operations on the event loop; each future resolves there, after the commit. ``commits`` counts transactions."""

    @property
    def commits(self) -> int: ...
    @property
    def unheard(self) -> int:
        """The newest id when it was last lost what had been written; 0 if never."""
        ...

    def submit(self, operation: Operation) -> Future[Any]: ...
    def backlog(self) -> int: ...
    def forget(self, event_id: int, /) -> None:
        """Inside a ``Call``: the key of an event is no more."""
        ...

    def scribe(self) -> Scribe | None:
        """Who else writes the log of calls now. May be asked from any thread."""
        ...

    async def close(self) -> None:
        """Write what waits, then stop."""
        ...


class Committer:
    """Writes operations in transactions of one connection. ``commits`` counts them.

    ``connection`` is the first one; ``connect`` makes another when it fails.
    """

    def __init__(self, connection: Connection, connect: Connect, begin: Begin, apply: Apply) -> None:
        self._connect, self._begin, self._apply = connect, begin, apply
        self._connection: Connection | None = connection
        self.commits = 0

    def write(self, operations: list[Operation]) -> list[Any]:
        """One result for each operation; never raises."""
        try:
            return self._transaction(operations, self._apply)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs to the callers
            if (problem := self._failed(error)) is not None:
                return [problem] * len(operations)
            if len(operations) == 1:
                return [refused(error)]
        try:
            return self._transaction(operations, _one_by_one(self._apply))
        except Exception as error:  # noqa: BLE001
            return [self._failed(error) or error] * len(operations)

    def _transaction(self, operations: list[Operation], apply: Apply) -> list[Any]:
        if self._connection is None:
            self._connection = self._connect()
        self._begin(self._connection)
        results = apply(self._connection, operations)
        self._connection.commit()
        self.commits += 1
        return results

    def _failed(self, error: Exception) -> Exception | None:
        """Undo the transaction; after a fault of file or disk, start from a fresh connection next time."""
        problem = unavailable(error)
        with suppress(Exception):
            if self._connection is not None:
                self._connection.rollback()
        if problem is not None:
            self.disconnect()
        return problem

    def disconnect(self) -> None:
        connection, self._connection = self._connection, None
        with suppress(Exception):
            if connection is not None:
                connection.close()


class GroupCommit(Committer):
    """A writer in a thread of this process. ``forget``: what is to be done where the key of an event is no more."""

    def __init__(self, connection: Connection, connect: Connect, begin: Begin, apply: Apply, forget: Callable[[int], None]) -> None:
        super().__init__(connection, connect, begin, apply)
        self.forget = forget
        self.unheard = 0
        self._loop = asyncio.get_running_loop()
        self._open = 0
        self._gathered: list[_Entry] = []
        self._queue: queue.SimpleQueue[list[_Entry] | None] = queue.SimpleQueue()
        self._idle = asyncio.Event()
        self._idle.set()
        self._thread = Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation) -> Future[Any]:
        """Where nothing is under way, whatever comes in this turn of the loop goes together."""
        future: Future[Any] = self._loop.create_future()
        self._open += 1
        if self._idle.is_set():
            self._idle.clear()
            self._loop.call_soon(self._release)
            self._gathered.append((operation, future))
        elif self._gathered:
            self._gathered.append((operation, future))
        else:
            self._queue.put([(operation, future)])
        return future

    def _release(self) -> None:
        gathered, self._gathered = self._gathered, []
        for start in range(0, len(gathered), MOST):
            self._queue.put(gathered[start : start + MOST])

    def backlog(self) -> int:
        """Operations that are not on disk yet, or whose senders have not been told."""
        return self._open

    def scribe(self) -> None:
        """Nobody else."""

    async def close(self) -> None:
        """Write what waits, then stop."""
        await self._idle.wait()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _deliver(self, batch: list[_Entry], results: list[Any]) -> None:
        self._open -= len(batch)
        if not self._open:
            self._idle.set()
        tell(batch, results)

    def _work(self) -> None:
        while batch := self._next_batch():
            results = self.write([operation for operation, _ in batch])
            with suppress(RuntimeError):  # the loop was closed without us: nobody is left to tell
                self._loop.call_soon_threadsafe(self._deliver, batch, results)
        self.disconnect()

    def _next_batch(self) -> list[_Entry]:
        """Whatever waits, at least one; nothing at the end, which comes when nothing waits."""
        batch = self._queue.get()
        if batch is None:
            return []
        while len(batch) < MOST and not self._queue.empty():
            more = self._queue.get_nowait()
            if more is None:
                self._queue.put(None)
                break
            batch += more
        return batch


def tell(entries: Sequence[tuple[Operation, Future[Any]]], results: Sequence[Any]) -> None:
    """Each sender what has become of its operation."""
    for (_, future), result in zip(entries, results, strict=True):
        if future.cancelled():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)


def _one_by_one(apply: Apply) -> Apply:
    """The same, with a savepoint for each operation, so that only the guilty ones fail."""

    def each(connection: Connection, operations: Sequence[Operation]) -> list[Any]:
        return [in_savepoint(connection, lambda it=operation: apply(connection, [it])[0]) for operation in operations]

    return each


def in_savepoint(connection: Connection, run: Callable[[], Any]) -> Any:
    """What ``run`` returns; if the operation is at fault, its error as a result, with its writes undone."""
    connection.execute("SAVEPOINT one")
    try:
        result = run()
    except Exception as error:
        if unavailable(error) is not None:
            raise
        connection.execute("ROLLBACK TO one")
        result = refused(error)
    connection.execute("RELEASE one")
    return result
