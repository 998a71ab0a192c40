"""Hands runnable runs to work: events of one order one after the other (rule R5), the others side by side within a limit."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from engine.errors import OrderloomError
from engine.node.items import Item
from engine.node.triggers import Arrival
from engine.run.facts import Recorded
from engine.run.journaled import World
from engine.run.live import run_live, scope_of
from engine.run.plan import Plan
from engine.store.ports import Event, RunState

log = logging.getLogger("orderloom.dispatch")
AGAIN_AFTER = 1.0


@dataclass(slots=True)
class Load:
    """What a run needs besides its event."""

    plan: Plan
    items: tuple[Item, ...]
    channel: str
    shop_id: str
    recorded: Recorded


@dataclass(slots=True)
class Lane:
    """Events of one order: the one at work, those that are parked in front of the others, and those that wait."""

    active: int | None = None
    parked: set[int] = field(default_factory=set[int])
    waiting: deque[Event] = field(default_factory=deque[Event])

    @property
    def idle(self) -> bool:
        return self.active is None and not self.parked and not self.waiting


class Dispatcher:
    """``load`` reads what a run needs from the store, for runs whose event is no longer at hand."""

    def __init__(self, world: World, load: Callable[[Event], Awaitable[Load]], max_running: int = 256) -> None:
        self._world, self._load, self._limit = world, load, max_running
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._ready: deque[tuple[Event, Load | None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._active: dict[int, Load] = {}
        self.ended: Counter[tuple[str, RunState]] = Counter()
        self.changed = asyncio.Event()

    def accepted(self, event: Event, plan: Plan, arrival: Arrival) -> None:
        """A new event, durable since a moment."""
        self._submit(event, Load(plan, arrival.items, arrival.channel, arrival.shop_id, Recorded()))

    def recovered(self, event: Event) -> None:
        """A run that was open when the process before this one ended."""
        self._submit(event, None)

    def parked(self, flow: str, order_key: str, event_id: int) -> None:
        """A run that was parked when the process before this one ended: later events of its order wait."""
        self._lanes.setdefault((flow, order_key), Lane()).parked.add(event_id)

    def resumed(self, event: Event) -> None:
        """A parked run that a person sent on: it goes before the events that wait for it."""
        lane = self._lanes.setdefault((event.flow, event.order_key), Lane())
        lane.parked.discard(event.id)
        if lane.active is None:
            self._start(event, None, lane)
        else:
            lane.waiting.appendleft(event)

    def cancel(self, event_id: int) -> bool:
        """Ask a run at work to stop: effects under way are awaited, no further step starts. False where it is not at work."""
        load = self._active.get(event_id)
        if load is None:
            return False
        load.recorded.cancelled = True
        return True

    def forget(self, flow: str, order_key: str, event_id: int) -> None:
        """A waiting or parked run that was cancelled before it began: the events behind it go on."""
        lane = self._lanes.get((flow, order_key))
        self._ready = deque(pair for pair in self._ready if pair[0].id != event_id)
        if lane is not None:
            lane.parked.discard(event_id)
            lane.waiting = deque(event for event in lane.waiting if event.id != event_id)
            if lane.active == event_id:
                lane.active = None
            self._next(lane, (flow, order_key))

    @property
    def running(self) -> int:
        return len(self._tasks)

    @property
    def waiting(self) -> int:
        return len(self._ready) + sum(len(lane.waiting) for lane in self._lanes.values())

    async def drain(self, seconds: float) -> None:
        """Stop starting runs; wait for those at work. What is left goes on after the next start."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in self._tasks:
            task.cancel()

    async def idle(self) -> None:
        """Until nothing is at work or ready."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _submit(self, event: Event, load: Load | None) -> None:
        key = (event.flow, event.order_key)
        lane = self._lanes.get(key)
        if event.passes:
            self._start(event, load, None)
        elif lane is None:
            lane = self._lanes[key] = Lane()
            self._start(event, load, lane)
        else:
            lane.waiting.append(event)

    def _start(self, event: Event, load: Load | None, lane: Lane | None) -> None:
        if lane is not None:
            lane.active = event.id
        if len(self._tasks) >= self._limit:
            self._ready.append((event, None))
        else:
            self._begin(event, load)

    def _begin(self, event: Event, load: Load | None) -> None:
        if self._closing:
            return
        task = asyncio.ensure_future(self._work(event, load))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, event: Event, load: Load | None) -> None:
        state: RunState = "failed"
        while True:
            try:
                if load is None:
                    load = await self._load(event)
                self._active[event.id] = load
                scope = scope_of(load.plan, event, load.channel, load.shop_id)
                state = await run_live(self._world, load.plan, event, load.items, scope, load.recorded)
                break
            except OrderloomError as error:
                log.warning("run waits", extra={"run": str(event.id), "code": error.problems[0].code})
            except Exception as error:  # noqa: BLE001 - a run must never vanish: it stays open and is tried again
                log.error("run failed to execute", extra={"run": str(event.id), "type": type(error).__name__})  # noqa: TRY400 - texts may hold personal data
            if self._closing:
                return
            load = None
            await self._world.sleep(AGAIN_AFTER)
        self._finish(event, load, state)

    def _finish(self, event: Event, load: Load, state: RunState) -> None:
        self._active.pop(event.id, None)
        self.ended[(event.flow, state)] += 1
        self.changed.set()
        key = (event.flow, event.order_key)
        lane = self._lanes.get(key)
        if lane is not None and lane.active == event.id:
            lane.active = None
            if state == "parked" and _holds(load.plan, event):
                lane.parked.add(event.id)
            self._next(lane, key)
        if self._ready and len(self._tasks) <= self._limit:
            self._begin(*self._ready.popleft())

    def _next(self, lane: Lane, key: tuple[str, str]) -> None:
        if lane.active is None and not lane.parked and lane.waiting:
            self._start(lane.waiting.popleft(), None, lane)
        elif lane.idle:
            self._lanes.pop(key, None)


def _holds(plan: Plan, event: Event) -> bool:
    policy = plan.flow.nodes[event.trigger].policy
    return policy is None or policy.while_parked != "pass"
