"""Hands runnable runs to work: events of one order one after the other (rule R5), the others side by side within a limit."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from engine.errors import FlowInvalid, OrderloomError, Problem
from engine.node.items import START_KEY, Item
from engine.node.triggers import Arrival
from engine.run.facts import Recorded
from engine.run.journaled import World
from engine.run.live import run_live, scope_of
from engine.run.plan import Plan
from engine.store.ports import Event, NewIncident, RunEnd, RunState
from engine.store.problems import StoreUnavailable

log = logging.getLogger("orderloom.dispatch")
AGAIN_AFTER = 1.0
TRIES = 5
"""How often a run is begun in spite of errors that nobody foresaw, before it waits for a person."""


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
    """Events of one order: the one at work, those parked or waiting in front of the others, those that go on, those behind."""

    active: int | None = None
    parked: set[int] = field(default_factory=set[int])
    resumed: deque[Event] = field(default_factory=deque[Event])
    waiting: deque[Event] = field(default_factory=deque[Event])

    @property
    def idle(self) -> bool:
        return self.active is None and not (self.parked or self.resumed or self.waiting)


class Dispatcher:
    """``load`` reads what a run needs from the store, for runs whose event is no longer at hand."""

    def __init__(self, world: World, load: Callable[[Event], Awaitable[Load]], max_running: int = 256) -> None:
        self._world, self._load, self._limit = world, load, max_running
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._ready: deque[tuple[Event, Load | None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._at_work: dict[int, Load | None] = {}
        self._cancelled: set[int] = set()
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
        """A parked run that a person sent on: it goes before the events that wait for it, and once more if it is at work already."""
        key = (event.flow, event.order_key)
        lane = self._lanes.setdefault(key, Lane())
        lane.parked.discard(event.id)
        if event not in lane.resumed:
            lane.resumed.append(event)
        self._next(lane, key)

    def cancel(self, event_id: int) -> bool:
        """Ask a run at work to stop: effects under way are awaited, no further step starts. False where it is not at work."""
        if event_id not in self._at_work:
            return False
        self._cancelled.add(event_id)
        load = self._at_work[event_id]
        if load is not None:
            load.recorded.cancelled = True
        return True

    def forget(self, flow: str, order_key: str, event_id: int) -> None:
        """A waiting or parked run that was cancelled before it began: the events behind it go on."""
        lane = self._lanes.get((flow, order_key))
        self._ready = deque(pair for pair in self._ready if pair[0].id != event_id)
        if lane is not None:
            lane.parked.discard(event_id)
            lane.resumed = deque(event for event in lane.resumed if event.id != event_id)
            lane.waiting = deque(event for event in lane.waiting if event.id != event_id)
            if lane.active == event_id:
                lane.active = None
            self._next(lane, (flow, order_key))

    @property
    def running(self) -> int:
        return len(self._tasks)

    @property
    def waiting(self) -> int:
        return len(self._ready) + sum(len(lane.waiting) + len(lane.resumed) for lane in self._lanes.values())

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
            lane.parked.discard(event.id)
        if len(self._tasks) >= self._limit:
            self._ready.append((event, None))
        else:
            self._begin(event, load)

    def _begin(self, event: Event, load: Load | None) -> None:
        if self._closing:
            return
        self._at_work[event.id] = load
        task = asyncio.ensure_future(self._work(event, load))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, event: Event, load: Load | None) -> None:
        tries, begun = 0, False
        while True:
            try:
                load = load or await self._load(event)
                state = await self._run(event, load, begun=begun)
                break
            except StoreUnavailable as error:
                log.warning("run waits", extra={"run": str(event.id), "code": error.problems[0].code})
            except Exception as error:  # noqa: BLE001 - a run must never vanish: it is tried again, then waits for a person
                log.error("run failed to execute", extra={"run": str(event.id), **_about(error)})  # noqa: TRY400 - texts may hold personal data
                tries = TRIES if isinstance(error, OrderloomError) and load is None else tries + 1
                if tries >= TRIES and await self._parked(event, error):
                    state = "parked"
                    break
            if self._closing:
                return
            begun = begun or load is not None
            load = self._at_work[event.id] = None
            await self._world.sleep(AGAIN_AFTER)
        self._finish(event, load, state)

    async def _run(self, event: Event, load: Load, *, begun: bool) -> RunState:
        self._at_work[event.id] = load
        if event.id in self._cancelled:
            load.recorded.cancelled = True
        scope = scope_of(load.plan, event, load.channel, load.shop_id)
        return await run_live(self._world, load.plan, event, load.items, scope, load.recorded, begun=begun)

    async def _parked(self, event: Event, error: Exception) -> bool:
        """Whether a run that cannot be executed is now parked (rule R8), so that it takes nobody's place."""
        problem = _hindrance(error)
        incident = NewIncident(event.trigger, START_KEY, problem.code, problem.where or (event.flow, event.trigger), problem.fields)
        try:
            await self._world.journal.end_run(event.id, RunEnd("parked", self._world.now(), [incident]))
        except OrderloomError as refused:
            log.warning("run waits", extra={"run": str(event.id), **_about(refused)})
            return False
        return True

    def _finish(self, event: Event, load: Load | None, state: RunState) -> None:
        self._at_work.pop(event.id, None)
        self._cancelled.discard(event.id)
        self.ended[(event.flow, state)] += 1
        self.changed.set()
        key = (event.flow, event.order_key)
        lane = self._lanes.get(key)
        if lane is not None:
            if lane.active == event.id:
                lane.active = None
                if state in ("parked", "waiting") and (load is None or holds(load.plan, event, state)):
                    lane.parked.add(event.id)
            self._next(lane, key)
        if self._ready and len(self._tasks) <= self._limit:
            self._begin(*self._ready.popleft())

    def _next(self, lane: Lane, key: tuple[str, str]) -> None:
        if lane.active is not None or (lane.resumed and lane.resumed[0].id in self._at_work):
            return
        if lane.resumed:
            self._start(lane.resumed.popleft(), None, lane)
        elif lane.waiting and not lane.parked:
            self._start(lane.waiting.popleft(), None, lane)
        elif lane.idle:
            self._lanes.pop(key, None)


def holds(plan: Plan, event: Event, state: RunState = "parked") -> bool:
    """Whether an event that is parked or waits lets the later ones of its order wait (rule R5)."""
    return not event.passes and may_hold(plan, event.trigger, state)


def may_hold(plan: Plan, trigger: str, state: RunState) -> bool:
    """Whether a trigger lets later events wait for one in this state."""
    policy = plan.flow.nodes[trigger].policy
    if state == "waiting":
        return policy is not None and policy.while_waiting == "hold"
    return policy is None or policy.while_parked != "pass"


def _hindrance(error: Exception) -> Problem:
    """Why a run cannot be executed; a node type that is gone has a name of its own."""
    if not isinstance(error, OrderloomError):
        return Problem("run.not_executable", fields={"type": type(error).__name__})
    if isinstance(error, FlowInvalid):
        gone = next((problem for problem in error.problems if problem.code in ("node.unknown", "node.unknown_version")), None)
        if gone is not None:
            return Problem("node.missing", gone.where[:-1], {"use": gone.fields.get("use") or "{name}@{version}".format(**gone.fields)})
    return error.problems[0]


def _about(error: Exception) -> dict[str, str]:
    return {"type": type(error).__name__, "code": error.problems[0].code if isinstance(error, OrderloomError) else ""}
