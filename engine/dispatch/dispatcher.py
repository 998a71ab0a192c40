"""The dispatcher within one process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from engine.dispatch.hindrance import about, hindrance
from engine.dispatch.lane import Lane, holds
from engine.dispatch.lanes import Holding, Lanes
from engine.dispatch.port import After, Load
from engine.dispatch.ranking import Ranking
from engine.dispatch.ready import ReadyLines
from engine.errors import OrderloomError
from engine.node.items import START_KEY
from engine.node.triggers import Arrival
from engine.run.facts import Recorded
from engine.run.live import Outcome, run_at_once, run_live, scope_of
from engine.run.plan import Plan
from engine.run.world import World
from engine.store.ports import Event, NewIncident, RunEnd, RunState
from engine.store.problems import LostOwner, StoreUnavailable

log = logging.getLogger("orderloom.dispatch")
AGAIN_AFTER = 1.0
TRIES = 5
"""How often a run is begun in spite of errors that nobody foresaw, before it waits for a person."""


class Dispatcher:
    """The port within one process. ``load`` reads what a run needs from the store, for runs whose event is no longer at hand; ``at_hand``
    gives plans that need no reading; ``after`` is told of each run that ended or rests, with its plan where it has one; ``holding``
    tells who holds back the later events of an order that is not in memory any more.
    """

    def __init__(
        self, world: World, load: Callable[[Event], Awaitable[Load]], max_running: int = 256,
        at_hand: Callable[[str, int], Plan | None] = lambda _, __: None, after: After | None = None, holding: Holding | None = None,
    ) -> None:  # fmt: skip
        self._world, self._load, self._limit, self._after = world, load, max_running, after
        self._ready = ReadyLines()
        self._in_lanes = 0
        self._ranking = Ranking(world, self._ready, load, at_hand)
        self._tasks: dict[int, asyncio.Future[None]] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self._lanes = Lanes(self._next, self._telling, holding)
        self._closing = False
        self._at_work: dict[int, Load | None] = {}
        self._cancelled: set[int] = set()
        self.ended: Counter[tuple[str, RunState]] = Counter()
        self.changed = asyncio.Event()

    def accepted(self, event: Event, plan: Plan, arrival: Arrival) -> None:
        """A new event, durable since a moment."""
        self._submit(event, Load(plan, arrival.items, arrival.channel, arrival.shop_id, Recorded(terms=arrival.terms)))

    def recovered(self, event: Event) -> None:
        """A run that was open when the process before this one ended."""
        self._submit(event, None)

    def parked(self, flow: str, order_key: str, event_id: int) -> None:
        """A run that was parked when the process before this one ended: later events of its order wait."""
        self._lanes.hold((flow, order_key), event_id)

    def resumed(self, event: Event) -> None:
        """A parked run that a person sent on: it goes before the events that wait for it, and once more if it is at work already."""
        key = (event.flow, event.order_key)
        lane = self._lanes.of(key)
        lane.moves(event.id)
        if event not in lane.resumed:
            lane.resumed.append(event)
            self._in_lanes += 1
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
        lane = self._lanes.find((flow, order_key))
        self._ready.drop(event_id)
        if lane is not None:
            lane.moves(event_id)
            before = len(lane.resumed) + len(lane.waiting)
            lane.resumed = deque(event for event in lane.resumed if event.id != event_id)
            lane.waiting = deque(event for event in lane.waiting if event.id != event_id)
            self._in_lanes += len(lane.resumed) + len(lane.waiting) - before
            if lane.active == event_id:
                lane.active = None
            self._next(lane, (flow, order_key))

    def at_work(self, event_id: int) -> bool:
        return event_id in self._at_work

    @property
    def running(self) -> int:
        return len(self._tasks)

    @property
    def waiting(self) -> int:
        return self._ready.count + self._in_lanes

    def known(self) -> set[int]:
        """The runs at work, and those that wait here for their turn."""
        lanes = [event.id for lane in self._lanes for event in (*lane.waiting, *lane.resumed)]
        return {*self._at_work, *self._ready.ids(), *lanes}

    async def drain(self, seconds: float) -> None:
        """Stop starting runs; wait for those at work. What is left goes on after the next start."""
        self._closing = True
        self._ranking.stop()
        if left := self._left():
            await asyncio.wait(left, timeout=seconds)
        for task in self._left():
            task.cancel()

    async def idle(self) -> None:
        """Until nothing is at work or ready, and everybody was told."""
        while left := self._left():
            await asyncio.wait(left)

    def _left(self) -> set[asyncio.Future[None]]:
        return {*self._tasks.values(), *self._telling}

    def _submit(self, event: Event, load: Load | None) -> None:
        key = (event.flow, event.order_key)
        new = self._lanes.find(key) is None
        if event.passes:
            self._start(event, load, None)
        elif (lane := self._lanes.of(key)).unsure is None and new:
            self._start(event, load, lane)
        else:
            lane.waiting.append(event)
            self._in_lanes += 1
            self._next(lane, key)

    def _start(self, event: Event, load: Load | None, lane: Lane | None) -> None:
        if lane is not None:
            lane.active = event.id
            lane.moves(event.id)
        if self._ready.count or len(self._tasks) >= self._limit:
            self._ranking.line_up(event, load)
        else:
            self._begin(event, load)

    def _begin(self, event: Event, load: Load | None) -> None:
        if self._closing:
            return
        self._at_work[event.id] = load
        if load is None or not load.plan.behind[event.trigger].pure:
            self._in_task(event, load)
            return
        loop = asyncio.get_running_loop()
        soon = self._tasks[event.id] = loop.create_future()
        loop.call_soon(self._soon, soon, event, load)

    def _soon(self, soon: asyncio.Future[None], event: Event, load: Load) -> None:
        """In the next turn of the event loop: whoever sent the event is answered before it runs."""
        del self._tasks[event.id]
        soon.set_result(None)
        if not self._closing and not self._at_once(event, load):
            self._in_task(event, load)

    def _in_task(self, event: Event, load: Load | None, *, begun: bool = False) -> None:
        self._tasks[event.id] = asyncio.get_running_loop().create_task(self._work(event, load, begun=begun))

    def _at_once(self, event: Event, load: Load) -> bool:
        """Whether a run without effects has worked, at once and without a task; its end is on the way to the disk."""
        scope = scope_of(load.plan, event, load.channel, load.shop_id)
        try:
            end, outcome = run_at_once(self._world, load.plan, event, load.items, scope, load.recorded)
        except Exception as error:  # noqa: BLE001 - it is tried again in a task, which knows what to do with it
            log.error("run failed to execute", extra={"run": str(event.id), **about(error)})  # noqa: TRY400 - texts may hold personal data
            return False
        self._tasks[event.id] = end
        end.add_done_callback(lambda end: self._ended(event, load, outcome, end))
        return True

    def _ended(self, event: Event, load: Load, outcome: Outcome, end: asyncio.Future[None]) -> None:
        if end.cancelled():  # the service stops
            self._tasks.pop(event.id, None)
            return
        if end.exception() is not None:
            self._in_task(event, None, begun=True)
            return
        self._over(event, load, outcome)

    async def _work(self, event: Event, load: Load | None, *, begun: bool) -> None:
        try:
            over = await self._until_over(event, load, begun=begun)
        except LostOwner:
            log.info("run left to its owner", extra={"run": str(event.id)})
            self._finish(event, None, None)
            return
        except asyncio.CancelledError:  # the service stops
            self._tasks.pop(event.id, None)
            raise
        if over is None:
            self._tasks.pop(event.id, None)
        else:
            self._over(event, *over)

    async def _until_over(self, event: Event, load: Load | None, *, begun: bool) -> tuple[Load | None, Outcome] | None:
        """What the run has come to; nothing when the service stops first. Raises ``LostOwner``."""
        tries = 0
        while True:
            try:
                load = load or await self._load(event)
                return load, await self._run(event, load, begun=begun)
            except LostOwner:
                raise
            except StoreUnavailable as error:
                log.warning("run waits", extra={"run": str(event.id), "code": error.problems[0].code})
            except Exception as error:  # noqa: BLE001 - a run must never vanish: it is tried again, then waits for a person
                log.error("run failed to execute", extra={"run": str(event.id), **about(error)})  # noqa: TRY400 - texts may hold personal data
                tries = TRIES if isinstance(error, OrderloomError) and load is None else tries + 1
                if tries >= TRIES and await self._parked(event, error):
                    return load, Outcome("parked")
            if self._closing:
                return None
            begun = begun or load is not None
            load = self._at_work[event.id] = None
            await self._world.sleep(AGAIN_AFTER)

    def _over(self, event: Event, load: Load | None, outcome: Outcome) -> None:
        """A run has ended, or rests: its place is free; whoever waits for it is told."""
        self._finish(event, load, outcome.state)
        plan = load.plan if load is not None else None
        told = self._tells(event, outcome, plan)
        if told is not None:
            task = asyncio.get_running_loop().create_task(self._tell(event, outcome, plan, told))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def _tells(self, event: Event, outcome: Outcome, plan: Plan | None) -> Awaitable[None] | None:
        return self._after(event, outcome, plan) if self._after is not None else None

    async def _tell(self, event: Event, outcome: Outcome, plan: Plan | None, told: Awaitable[None] | None) -> None:
        """Again where that fails, as whoever waits for this run would learn of it late."""
        for _ in range(TRIES):
            try:
                return await told if told is not None else None
            except Exception as error:  # noqa: BLE001 - what is left undone is found again
                log.error("nobody was told of a run's end", extra={"run": str(event.id), **about(error)})  # noqa: TRY400 - see above
            if self._closing:
                return None
            await self._world.sleep(AGAIN_AFTER)
            told = self._tells(event, outcome, plan)
        return None

    def _run(self, event: Event, load: Load, *, begun: bool) -> Awaitable[Outcome]:
        self._at_work[event.id] = load
        if event.id in self._cancelled:
            load.recorded.cancelled = True
        scope = scope_of(load.plan, event, load.channel, load.shop_id)
        return run_live(self._world, load.plan, event, load.items, scope, load.recorded, begun=begun)

    async def _parked(self, event: Event, error: Exception) -> bool:
        """Whether a run that cannot be executed is now parked (rule R8), so that it takes nobody's place. Raises ``LostOwner``."""
        problem = hindrance(error)
        incident = NewIncident(event.trigger, START_KEY, problem.code, problem.where or (event.flow, event.trigger), problem.fields)
        try:
            await self._world.journal.end_run(event.id, RunEnd("parked", self._world.now(), [incident]))
        except LostOwner:
            raise
        except OrderloomError as refused:
            log.warning("run waits", extra={"run": str(event.id), **about(refused)})
            return False
        return True

    def _finish(self, event: Event, load: Load | None, state: RunState | None) -> None:
        """``None``: it is somebody else's run by now, and goes on there."""
        self._at_work.pop(event.id, None)
        self._tasks.pop(event.id, None)
        too_late = event.id in self._cancelled and state in ("parked", "waiting")
        self._cancelled.discard(event.id)
        if state is not None:
            self.ended[(event.flow, state)] += 1
        self.changed.set()
        key = (event.flow, event.order_key)
        lane = self._lanes.find(key)
        if lane is not None and lane.active == event.id:
            lane.active = None
            if state in ("parked", "waiting") and (load is None or holds(load.plan, event, state)):
                lane.parked.add(event.id)
        if too_late:  # it was cancelled while its end was written: it ends once more
            self.resumed(event)
        elif lane is not None:
            self._next(lane, key)
        while self._ready.count and len(self._tasks) < self._limit and not self._closing:
            self._begin(self._ready.take(), None)

    def _next(self, lane: Lane, key: tuple[str, str]) -> None:
        if lane.active is not None or (lane.resumed and lane.resumed[0].id in self._at_work):
            return
        if lane.resumed:
            self._in_lanes -= 1
            self._start(lane.resumed.popleft(), None, lane)
        elif lane.unsure is not None:
            return
        elif lane.waiting and not any(one < lane.waiting[0].id for one in lane.parked):
            self._in_lanes -= 1
            self._start(lane.waiting.popleft(), None, lane)
        elif lane.idle:
            self._lanes.drop(key)
        elif not lane.waiting:
            self._lanes.rest(key)
