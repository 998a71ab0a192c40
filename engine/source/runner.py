"""One task for each source of a published flow, in one of the processes on a store: begun, begun again, stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final

from engine.connection.servers import Opened
from engine.connection.types import Connection
from engine.errors import OrderloomError, Problem
from engine.flow.references import connections_of
from engine.intake.accept import Intake
from engine.intake.published import PublishedFlows
from engine.run.plan import Plan, Step
from engine.source.feed import LiveFeed, Ways, problem_of
from engine.source.rivals import rivals
from engine.source.state import SourceState, backoff
from engine.store.ports import Store

log = logging.getLogger("orderloom.sources")
RENEW_EVERY: Final = 5.0
"""Seconds after which a process looks whether a source is still its own."""
DRAIN: Final = 2.0
"""Seconds in which what is being taken may be acknowledged, and again as many for its client to leave."""
Name = tuple[str, str]


@dataclass(slots=True)
class _Listener:
    """``made_of``: type, parameters and connections; a change of these begins it anew."""

    made_of: Any
    feed: LiveFeed
    held_at: float
    task: asyncio.Task[None] | None = field(default=None)


class Sources:
    """``look`` is called again and again; it begins and stops what has to be, and looks whether they are still its own."""

    def __init__(
        self,
        flows: PublishedFlows,
        store: Store,
        intake: Intake,
        ways: Ways,
        now: Callable[[], datetime],
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._flows, self._store, self._intake, self._ways, self._now, self._has_room = flows, store, intake, ways, now, has_room
        self._listening: dict[Name, _Listener] = {}
        self._elsewhere: dict[Name, SourceState] = {}
        self._closed = False

    def states(self) -> Sequence[SourceState]:
        """Every source of a published flow, by name."""
        own = {name: one.feed.state for name, one in self._listening.items()}
        return [state for _, state in sorted({**self._elsewhere, **own}.items())]

    async def look(self) -> None:
        """Raises what the store raises; then the next look goes on."""
        wanted = await self._wanted()
        for name in [name for name in self._elsewhere if name not in wanted]:
            del self._elsewhere[name]
        for name, listener in list(self._listening.items()):
            found = wanted.get(name)
            if found is None or self._made_of(found[1]) != listener.made_of:
                await self._stop(name, listener)
            elif monotonic() - listener.held_at > RENEW_EVERY:
                await self._renew(name, listener)
        for name, (plan, step) in wanted.items():
            if name not in self._listening and not self._closed:
                await self._begin(name, plan, step)
        self._name_rivals(wanted)

    async def close(self) -> None:
        """What has been fetched is kept and acknowledged; nothing more is fetched."""
        self._closed = True
        await asyncio.gather(*(self._stop(name, listener) for name, listener in list(self._listening.items())), return_exceptions=True)

    async def _wanted(self) -> dict[Name, tuple[Plan, Step]]:
        return {
            (plan.name, step.slug): (plan, step)
            for plan in await self._flows.starting("source")
            for step in plan.triggers.values()
            if step.type.consume is not None and not step.disabled
        }

    async def _current(self, flow: str, trigger: str) -> tuple[Plan, Step] | None:
        plan = await self._flows.newest(flow)
        step = plan.triggers.get(trigger) if plan is not None else None
        return None if plan is None or step is None else (plan, step)

    def _name_rivals(self, wanted: Mapping[Name, tuple[Plan, Step]]) -> None:
        """Of all sources of a type of which one has such a connection open: those of other types use it for calls alone."""
        states = {(state.flow, state.trigger): state for state in self.states()}
        opening = {state.use for state in states.values() if state.audience is not None}
        found = rivals({name: self._audiences(step) for name, (_, step) in wanted.items() if step.type.use in opening})
        for name, state in states.items():
            problem = found.get(name)
            if state.stand(problem) and problem is not None:
                log.warning("takes messages of another source", extra={"flow": name[0], "trigger": name[1], "code": problem.code})

    def _audiences(self, step: Step) -> set[str]:
        found = (self._connection(name) for name in _connections(step))
        return {one.audience for one in found if isinstance(one, Opened) and one.audience is not None}

    def _made_of(self, step: Step) -> tuple[Any, ...]:
        return step.type, step.params, tuple(self._connection(name) for name in _connections(step))

    def _connection(self, name: str) -> Connection | None:
        try:
            return self._ways.book.get(name)
        except OrderloomError:
            return None

    async def _begin(self, name: Name, plan: Plan, step: Step) -> None:
        state = SourceState(*name, step.type.use, _connections(step), "connecting", self._now())
        if not await self._store.hold_source(*name):
            state.phase = "elsewhere"
            self._elsewhere.setdefault(name, state)
            return
        self._elsewhere.pop(name, None)
        feed = LiveFeed(state, lambda: self._current(*name), self._store, self._intake, self._ways, self._now, self._has_room)
        listener = self._listening[name] = _Listener(self._made_of(step), feed, monotonic())
        listener.task = asyncio.create_task(self._listen(feed, step), name=f"source {feed.name}")
        log.info("listening", extra={"flow": plan.name, "trigger": step.slug})

    async def _renew(self, name: Name, listener: _Listener) -> None:
        if await self._store.hold_source(*name):
            listener.held_at = monotonic()
        else:
            await self._stop(name, listener)

    async def _stop(self, name: Name, listener: _Listener) -> None:
        """It is given up last, so that nobody else reads what is still being acknowledged here."""
        del self._listening[name]
        await listener.feed.close(DRAIN)
        if listener.task is not None:
            listener.task.cancel()
            await asyncio.wait([listener.task], timeout=DRAIN)
        await self._store.free_source(*name)

    async def _listen(self, feed: LiveFeed, step: Step) -> None:
        """Again and again, later each time for as long as nothing comes of it."""
        consume, failures = step.type.consume, 0
        assert consume is not None  # noqa: S101 - only sources are begun
        while True:
            taken = feed.state.taken
            problem = await _attempt(consume(step.params, feed))
            failures = 1 if feed.state.phase == "connected" or feed.state.taken > taken else failures + 1
            feed.state.turn("broken", self._now(), problem)
            about = {"flow": feed.state.flow, "trigger": feed.state.trigger, "code": problem.code, "type": problem.fields.get("type", "")}
            log.warning("source broke off", extra=about)
            await asyncio.sleep(backoff(failures))
            feed.state.turn("connecting", self._now())


async def _attempt(consume: Any) -> Problem:
    """Why it ended. A client may cancel what waits for it; only our own cancellation goes through."""
    try:
        await consume
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return problem_of(error)
    except Exception as error:  # noqa: BLE001 - whatever a client raises, the source is tried again
        return problem_of(error)
    return Problem("source.ended")


def _connections(step: Step) -> tuple[str, ...]:
    found = connections_of(step.type, step.params.model_dump(mode="json"))
    return tuple(dict.fromkeys(reference.name for reference in found))
