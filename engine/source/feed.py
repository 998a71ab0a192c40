"""What a source is handed: deliveries go in, and nothing is acknowledged before it is durable."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from engine.connection.book import ConnectionBook
from engine.connection.guard import AddressGuard
from engine.connection.servers import Opened
from engine.errors import NodeError, OrderloomError, Problem
from engine.intake.accept import Intake
from engine.json_text import read_json, write_json
from engine.node.context import HttpAnswer, HttpCall, by_status
from engine.node.params import ConnectionRef
from engine.node.triggers import Delivery
from engine.run.call_notes import ask, request_of
from engine.run.live_outside import LiveOutside
from engine.run.plan import Plan, Step
from engine.run.seen import UNSEEN, Seen
from engine.source.file_deliveries import FileDeliveries
from engine.source.state import SourceState
from engine.store.ports import Store

log = logging.getLogger("orderloom.sources")
LOOK_AGAIN: Final = 0.05
"""Seconds after which a source that was held back looks whether there is room."""
TRY_AGAIN: Final = 1.0
LEAST_SLEEP: Final = 0.02
"""Seconds; whoever looks more often than that keeps the machine busy with nothing else."""
TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Ways:
    """How the outside is reached."""

    book: ConnectionBook
    guard: AddressGuard
    outside: LiveOutside
    seen: Seen = UNSEEN


class LiveFeed:
    """The feed of one source. ``current`` gives the newest published plan and its trigger, ``None`` once it has none."""

    def __init__(
        self,
        state: SourceState,
        current: Callable[[], Awaitable[tuple[Plan, Step] | None]],
        store: Store,
        intake: Intake,
        ways: Ways,
        now: Callable[[], datetime],
        has_room: Callable[[], bool],
    ) -> None:
        self.state, self.name = state, f"{state.flow}-{state.trigger}"
        self._current, self._store, self._intake, self._ways = current, store, intake, ways
        self.now, self._has_room = now, has_room
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, LEAST_SLEEP))

    @asynccontextmanager
    async def open(self, connection: ConnectionRef, **options: Any) -> AsyncGenerator[Any]:
        server = self._ways.book.get(connection.connection)
        if not isinstance(server, Opened):
            raise NodeError("connection.wrong_type", name=connection.connection, type=server.type_name, types="–")
        async with server.client(self._ways.guard, **options) as client:
            self.state.audience = server.audience
            try:
                yield client
            finally:
                self.state.audience = None

    async def http(self, connection: ConnectionRef, call: HttpCall) -> HttpAnswer:
        content = request_of(call)
        made, flow, step = self._store.call_log.note, self.state.flow, self.state.trigger
        went = False
        try:
            answer = await ask(
                self._ways.outside, made, self.now, connection.connection, content, self.name, seconds=TIMEOUT, flow=flow, step=step
            )
            went = by_status(answer) == "done"
        finally:
            self._ways.seen.called(connection.connection, went=went)
        return answer

    def connected(self) -> None:
        self.state.turn("connected", self.now())

    async def cursor(self) -> Any:
        kept = await self._store.source_cursor(self.state.flow, self.state.trigger)
        return None if kept is None else read_json(kept)

    async def take(
        self, deliveries: Sequence[Delivery], acknowledge: Callable[[], Awaitable[object]] | None = None, *, cursor: Any = None
    ) -> None:
        await self._turn()
        self._idle.clear()
        try:
            await asyncio.shield(asyncio.ensure_future(self._keep(deliveries)))
            if cursor is not None:
                await self._store.move_cursor(self.state.flow, self.state.trigger, write_json(cursor))
            if acknowledge is not None:
                await acknowledge()
        finally:
            self._idle.set()

    async def take_file(self, file: Path, name: str) -> None:
        deliveries = FileDeliveries((await self._needed())[1], file, name)
        try:
            await deliveries.check()
            while portion := await deliveries.next():
                await self.take(portion)
        finally:
            deliveries.close()

    def refused(self, problem: Problem) -> None:
        self.state.refused += 1
        self.state.problem = problem
        log.warning("refused by a source", extra={"flow": self.state.flow, "trigger": self.state.trigger, "code": problem.code})

    async def close(self, seconds: float) -> None:
        """Take nothing more; what is being taken may be acknowledged, for so many seconds."""
        self._closing = True
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("left a source before it was acknowledged", extra={"flow": self.state.flow, "trigger": self.state.trigger})

    async def _turn(self) -> None:
        """Until there is room; never, once it is closing."""
        while self._closing or not self._has_room():
            if not self._closing:
                self.state.turn("held_back", self.now())
            await asyncio.sleep(LOOK_AGAIN)
        self.connected()

    async def _keep(self, deliveries: Sequence[Delivery]) -> None:
        """All of them, whatever it takes; those that failed come before the next ones."""
        waiting: list[Delivery] = list(deliveries)
        while waiting:
            outcomes: list[Exception | None] = await asyncio.gather(*(self._tried(one) for one in waiting))
            failed = [(one, error) for one, error in zip(waiting, outcomes, strict=True) if error is not None]
            self.state.taken += len(waiting) - len(failed)
            self.state.last_at = self.now()
            waiting = [one for one, _ in failed]
            if failed and self._closing:
                raise failed[0][1]
            if failed:
                self.state.turn("held_back", self.now(), problem_of(failed[0][1]))
                await asyncio.sleep(TRY_AGAIN)
        self.connected()

    async def _needed(self) -> tuple[Plan, Step]:
        found = await self._current()
        if found is None:
            raise NodeError("source.unpublished")
        return found

    async def _tried(self, delivery: Delivery) -> Exception | None:
        """What went wrong, if anything."""
        try:
            await self._accept(delivery)
        except Exception as error:  # noqa: BLE001 - whatever it is, the delivery must not be lost
            return error
        return None

    async def _accept(self, delivery: Delivery) -> None:
        plan, step = await self._needed()
        await self._intake.take(plan, step, delivery, self.now(), actor=f"source:{self.state.flow}/{self.state.trigger}")


def problem_of(error: BaseException) -> Problem:
    """What happened, without the text of a foreign error, which may hold anything."""
    if isinstance(error, OrderloomError):
        return error.problems[0]
    return Problem("source.broken", fields={"type": type(error).__name__})
