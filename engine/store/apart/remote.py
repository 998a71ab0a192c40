"""The side of the event loop: what comes in one of its turns goes to the writer's process together."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, cast

from engine.errors import Problem
from engine.store.apart.frames import Frames, frame
from engine.store.apart.process import Worker
from engine.store.apart.words import Beginning, Done, Work
from engine.store.connection import Connection
from engine.store.group_commit import MOST, Committer
from engine.store.operations import Call, Operation
from engine.store.owners import Claim
from engine.store.problems import StoreUnavailable
from engine.store.transactions import ClaimLost
from engine.store.write_events import Desk

log = logging.getLogger("orderloom.store")
AHEAD: Final = 2
"""Works that are under way at once: one is written, one waits, so that neither process waits for the other."""
TRY_EVERY: Final = 1.0
"""Seconds between two attempts to start another process."""
_Entry = tuple[Operation, "Future[Any]"]


class RemoteWriter(asyncio.Protocol):
    """A writer in a process of its own.

    Rare writes (``Call``) are done here, by ``local`` in a thread, while the other process has nothing under way: only one of the two
    ever writes, and whichever does goes on after the ids of the other. ``beginning``: what a process is told first.
    """

    def __init__(self, worker: Worker, local: Committer, desk: Desk, beginning: Callable[[], Beginning]) -> None:
        self._loop = asyncio.get_running_loop()
        self._worker, self._local, self._desk, self._beginning = worker, local, desk, beginning
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._gathered: list[_Entry] = []
        self._calls: list[_Entry] = []
        self._under_way: deque[list[_Entry]] = deque()
        self._returned: list[_Entry] = []
        self._restart: asyncio.Task[None] | None = None
        self._told: Claim = desk.claim
        self._forgotten: list[int] = []
        self._calling = self._scheduled = self._closing = False
        self._transport: asyncio.Transport | None = None
        self._frames = Frames()
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._remote_commits = self._former_commits = 0
        self._begun: Future[None] = self._loop.create_future()

    @property
    def commits(self) -> int:
        return self._former_commits + self._remote_commits + self._local.commits

    async def begin(self) -> None:
        """Raises ``StoreUnavailable`` where the process does not come to work."""
        await self._loop.create_connection(lambda: self, sock=self._worker.end)
        await self._begun

    def submit(self, operation: Operation) -> Future[Any]:
        future: Future[Any] = self._loop.create_future()
        self._open += 1
        self._idle.clear()
        (self._calls if isinstance(operation, Call) else self._gathered).append((operation, future))
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._release)
        return future

    def backlog(self) -> int:
        return self._open

    def forget(self, event_id: int) -> None:
        self._forgotten.append(event_id)

    async def close(self) -> None:
        await self._idle.wait()
        self._closing = True
        if self._restart is not None:
            self._restart.cancel()
        if self._transport is not None:
            self._transport.close()
        await self._loop.run_in_executor(self._thread, self._end)
        self._thread.shutdown()

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
        elif not self._closing:
            log.error("the writer's process is gone")
            returned, self._returned = self._returned, []
            self._fail(returned)
            while self._under_way:
                self._fail(self._under_way.popleft())
            self._former_commits, self._remote_commits = self.commits - self._local.commits, 0
            self._restart = self._loop.create_task(self._start_another())

    def _release(self) -> None:
        self._scheduled = False
        if self._calling or self._returned:
            return
        if self._calls:
            if not self._under_way:
                self._call()
            return
        while self._gathered and len(self._under_way) < AHEAD and self._transport is not None and self._begun.done():
            entries, self._gathered = self._gathered[:MOST], self._gathered[MOST:]
            self._send(entries)

    def _send(self, entries: list[_Entry]) -> None:
        claim = self._desk.claim if self._desk.claim != self._told else None
        work = Work([operation for operation, _ in entries], self._desk.ids.last, claim, self._forgotten)
        try:
            told = frame(work)
        except Exception as error:  # noqa: BLE001 - what cannot be told is its sender's
            self._alone(entries, error)
            return
        self._told, self._forgotten = self._desk.claim, []
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
        taken = self._loop.run_in_executor(self._thread, self._local.write, [cast("Operation", Call(_nothing))])
        taken.add_done_callback(lambda results: self._retaken(results.result()[0]))

    def _retaken(self, result: Any) -> None:
        returned, self._returned = self._returned, []
        if isinstance(result, Exception):
            self._deliver(returned, [result] * len(returned))
        else:
            self._gathered[:0] = returned
        self._release()

    def _call(self) -> None:
        calls, self._calls = self._calls, []
        self._calling = True
        work = self._loop.run_in_executor(self._thread, self._local.write, [operation for operation, _ in calls])
        work.add_done_callback(lambda results: self._called(calls, results.result()))

    def _called(self, calls: list[_Entry], results: list[Any]) -> None:
        self._calling = False
        self._deliver(calls, results)
        self._release()

    def _deliver(self, entries: list[_Entry], results: Sequence[Any]) -> None:
        self._open -= len(entries)
        if not self._open:
            self._idle.set()
        for (_, future), result in zip(entries, results, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

    async def _start_another(self) -> None:
        """As often as it takes. What comes meanwhile waits for the next attempt."""
        while not self._closing:
            self._worker, self._frames = await self._loop.run_in_executor(self._thread, self._replaced), Frames()
            self._begun, self._told = self._loop.create_future(), self._desk.claim
            try:
                await self.begin()
            except Exception:  # noqa: BLE001 - those who wait are told
                log.error("no other process comes to write")  # noqa: TRY400 - the process says why
                waiting, self._gathered = self._gathered, []
                self._fail(waiting)
                await asyncio.sleep(TRY_EVERY)
            else:
                self._release()
                return

    def _replaced(self) -> Worker:
        self._worker.stop()
        return Worker()

    def _fail(self, entries: list[_Entry]) -> None:
        self._deliver(entries, [_gone()] * len(entries))

    def _end(self) -> None:
        self._worker.stop()
        self._local.disconnect()


def _gone() -> StoreUnavailable:
    return StoreUnavailable(Problem("store.unavailable", fields={"reason": "writer"}))


def _nothing(connection: Connection) -> None:
    del connection
