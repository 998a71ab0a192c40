"""The side of the event loop: what comes in one of its turns goes to the writer's process together."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from engine.errors import Problem
from engine.store.apart.calls import CallsLine
from engine.store.apart.frames import Frames, frame
from engine.store.apart.hand import Hand
from engine.store.apart.process import Worker
from engine.store.apart.words import Beginning, Done, Work
from engine.store.connection import Connection
from engine.store.group_commit import MOST, Committer, tell
from engine.store.newest import newest_id
from engine.store.operations import Call, Operation
from engine.store.owners import Claim
from engine.store.problems import StoreUnavailable
from engine.store.transactions import ClaimLost
from engine.store.write_events import Desk

log = logging.getLogger("orderloom.store")
AHEAD: Final = 2
"""Works that are under way at once: one is written, one waits, so that neither process waits for the other."""
ENOUGH: Final = 24
"""Writes that are handed over while others are under way. Fewer wait for those, and go together with what comes meanwhile: a transaction
costs both processes the same for few writes as for many."""
MANY: Final = 6
HOLD: Final = 0.002
"""Seconds for which fewer than ``MANY`` writes wait for company, where so many came together the last time: then more come within that
time, and the first few alone would cost a flush of their own. Where little is written, nothing waits."""
FEW: Final = 4
LULL: Final = 0.05
"""Seconds without more than ``FEW`` writes at once, after which they are done here: handing them over would take longer."""
TRY_EVERY: Final = 1.0
"""Seconds between two attempts to start another process."""
_Entry = tuple[Operation, "Future[Any]"]


class RemoteWriter(asyncio.Protocol):
    """A writer in a process of its own.

    Rare writes (``Call``), and all others while there are few or the other process is gone, are done here, by ``local`` in a thread,
    while the other one has nothing under way: only one of the two ever writes, and whichever does goes on after the ids of the other.
    ``beginning``: what a process is told first.
    """

    def __init__(self, worker: Worker, local: Committer, desk: Desk, beginning: Callable[[], Beginning]) -> None:
        self._loop = asyncio.get_running_loop()
        self._worker, self._local, self._desk, self._beginning = worker, local, desk, beginning
        self._hand = Hand("journal")
        self._gathered: list[_Entry] = []
        self._calls: list[_Entry] = []
        self._under_way: deque[list[_Entry]] = deque()
        self._returned: list[_Entry] = []
        self._starting: asyncio.Task[None] | None = None
        self._told: Claim = desk.claim
        self._forgotten: list[int] = []
        self._writing_here = self._scheduled = self._closing = False
        self._lull_from = 0.0
        self._last = 0
        self._hold: asyncio.TimerHandle | None = None
        self._held = False
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._remote_commits = self._former_commits = 0
        self.unheard = 0
        self._begun: Future[None] = self._loop.create_future()

    @property
    def commits(self) -> int:
        return self._former_commits + self._remote_commits + self._local.commits

    def scribe(self) -> CallsLine | None:
        """Who writes the log of calls, while a process works. May be asked from any thread."""
        calls = self._worker.calls
        return calls if self._transport is not None and self._begun.done() and not calls.is_gone else None

    def begin(self) -> None:
        """The process comes to work in the background; until it does, everything is written here."""
        self._starting = self._loop.create_task(self._start())

    def submit(self, operation: Operation) -> Future[Any]:
        future: Future[Any] = self._loop.create_future()
        if not self._open:
            self._idle.clear()
        self._open += 1
        (self._calls if isinstance(operation, Call) else self._gathered).append((operation, future))
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._release)
        return future

    def backlog(self) -> int:
        return self._open

    def forget(self, event_id: int) -> None:
        self._desk.cache.drop(event_id)
        self._forgotten.append(event_id)

    async def close(self) -> None:
        await self._idle.wait()
        self._closing = True
        if self._starting is not None:
            self._starting.cancel()
        if self._transport is not None:
            self._transport.close()
        await self._hand.end(self._end)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        try:
            self._transport.write(frame(self._beginning()))
        except Exception as error:  # noqa: BLE001 - whoever waits for the process is told
            self._begun.set_exception(error)

    def data_received(self, data: bytes) -> None:
        for told in self._frames.feed(data):
            if isinstance(told, Done):
                self._done(told)
            elif not self._begun.done():
                self._begun.set_result(None)
        self._release()

    def connection_lost(self, exc: Exception | None) -> None:
        """The process is gone. Whether what was under way is kept, nobody knows; another process writes what comes next."""
        del exc
        self._transport = None
        if not self._begun.done():  # whoever began it hears of it
            self._begun.set_exception(_gone())
        elif not self._closing and self._begun.exception() is None:
            log.error("the writer's process is gone")
            returned, self._returned = self._returned, []
            self._fail(returned)
            if self._under_way:
                self._take_stock()
            while self._under_way:
                self._fail(self._under_way.popleft())
            self._former_commits, self._remote_commits = self.commits - self._local.commits, 0
            self._starting = self._loop.create_task(self._start(anew=True))
            self._release()

    def _take_stock(self) -> None:
        """What the other process gave the newest id, before anything else is written: up to there it may have kept what nobody heard of."""
        self._writing_here = True
        self._do_here([Call(newest_id)], lambda results: self._stock_taken(results[0]))

    def _stock_taken(self, newest: Any) -> None:
        self._writing_here = False
        if isinstance(newest, int):
            self._desk.ids.follow(newest)
        self.unheard = newest if isinstance(newest, int) else self._desk.ids.next()
        self._release()

    def _release(self) -> None:
        self._scheduled = False
        if self._writing_here or self._returned:
            return
        here = self._transport is None or not self._begun.done() or self._is_lull()
        if not self._under_way and (self._calls or (here and self._gathered)):
            self._write_here(MOST if here else 0)
        elif not self._calls and not here:
            while self._gathered and self._may_go():
                entries, self._gathered = self._gathered[:MOST], self._gathered[MOST:]
                self._send(entries)

    def _may_go(self) -> bool:
        """Whether what was gathered is handed over now."""
        if self._under_way:
            return len(self._under_way) < AHEAD and len(self._gathered) >= ENOUGH
        if self._held or self._last < MANY or len(self._gathered) >= MANY:
            return True
        if self._hold is None:
            self._hold = self._loop.call_later(HOLD, self._let_go)
        return False

    def _let_go(self) -> None:
        self._held = True
        self._release()

    def _count(self, handed_over: int) -> None:
        self._last, self._held = handed_over, False
        if self._hold is not None:
            self._hold.cancel()
            self._hold = None

    def _is_lull(self) -> bool:
        """Whether so little has been written lately that it is not worth handing over."""
        if self._under_way or len(self._gathered) > FEW:
            self._lull_from = self._loop.time() + LULL
            return False
        return self._loop.time() > self._lull_from

    def _send(self, entries: list[_Entry]) -> None:
        claim = self._desk.claim if self._desk.claim != self._told else None
        work = Work([operation for operation, _ in entries], self._desk.ids.last, claim, self._forgotten)
        try:
            told = frame(work)
        except Exception as error:  # noqa: BLE001 - what cannot be told is its sender's
            self._alone(entries, error)
            return
        self._told, self._forgotten = self._desk.claim, []
        self._count(len(entries))
        self._under_way.append(entries)
        if self._transport is not None:
            self._transport.write(told)

    def _alone(self, entries: list[_Entry], error: Exception) -> None:
        """One that cannot be told does not hinder the others."""
        if len(entries) == 1:
            self._deliver(entries, [error])
            return
        for entry in entries:
            self._send([entry])

    def _done(self, done: Done) -> None:
        entries = self._under_way.popleft()
        self._remote_commits = done.commits
        self._desk.ids.follow(done.last)
        if done.results and isinstance(done.results[0], ClaimLost):
            self._returned += entries
            if not self._under_way:
                self._retake()
        else:
            self._deliver(entries, done.results)

    def _retake(self) -> None:
        """A write of this process takes another claim where its own is lost."""
        self._do_here([Call(_nothing)], lambda results: self._retaken(results[0]))

    def _retaken(self, result: Any) -> None:
        returned, self._returned = self._returned, []
        if isinstance(result, Exception):
            self._deliver(returned, [result] * len(returned))
        else:
            self._gathered[:0] = returned
        self._release()

    def _write_here(self, most: int) -> None:
        """The rare writes, and at most so many of the others."""
        entries, self._gathered, self._calls = [*self._gathered[:most], *self._calls], self._gathered[most:], []
        self._writing_here = True
        self._do_here([operation for operation, _ in entries], lambda results: self._written_here(entries, results))

    def _do_here(self, operations: list[Operation], then: Callable[[list[Any]], None]) -> None:
        self._hand.do(lambda: self._local.write(operations), then)

    def _written_here(self, entries: list[_Entry], results: list[Any]) -> None:
        self._writing_here = False
        self._deliver(entries, results)
        self._release()

    def _deliver(self, entries: list[_Entry], results: Sequence[Any]) -> None:
        self._open -= len(entries)
        if not self._open:
            self._idle.set()
        tell(entries, results)

    async def _start(self, *, anew: bool = False) -> None:
        """As often as it takes. ``anew``: with another process than that of the beginning."""
        while not self._closing:
            try:
                if anew:
                    self._worker = await self._loop.run_in_executor(None, self._replaced)
                anew = True
                self._frames, self._begun, self._told = Frames(), self._loop.create_future(), self._desk.claim
                await self._loop.create_connection(lambda: self, sock=self._worker.end)
                await self._begun
            except Exception:  # noqa: BLE001 - the process says why
                log.error("no process comes to write")  # noqa: TRY400
                await asyncio.sleep(TRY_EVERY)
            else:
                return

    def _replaced(self) -> Worker:
        self._worker.leave()
        self._worker.stop()
        return Worker()

    def _fail(self, entries: list[_Entry]) -> None:
        self._deliver(entries, [_gone()] * len(entries))

    def _end(self) -> None:
        self._worker.leave()
        self._worker.stop()
        self._local.disconnect()


def _gone() -> StoreUnavailable:
    return StoreUnavailable(Problem("store.unavailable", fields={"reason": "writer"}))


def _nothing(connection: Connection) -> None:
    del connection
