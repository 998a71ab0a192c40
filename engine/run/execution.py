"""Executes a plan on the items of one event. The same code serves live runs, sandbox, tests and the inspection of past runs."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

from msgspec import structs

from engine.catalogue import explain
from engine.errors import OrderloomError, Problem
from engine.node.forms import Form
from engine.node.items import Item, Scope, Stop
from engine.node.ports import ERROR_PORT
from engine.node.terms import in_terms
from engine.run.composition import in_order
from engine.run.context import NodeContext
from engine.run.effects import Effects, Suspended
from engine.run.facts import Ending, Recorded
from engine.run.mended import mended_box
from engine.run.plan import Plan, Step
from engine.run.step import (
    MAX_ITEMS,
    Failure,
    Keyed,
    Pending,
    StepResult,
    arrange,
    keyed_batch,
    problem_of,
    run_one,
    run_pure,
    seated,
    take,
)
from engine.run.tally import Counters

UNTOUCHED = Recorded()


class Execution:
    """After ``run``: ``results`` and ``inputs`` by step index, ``parked`` what failed, ``waiting`` what goes on later, ``stopped``
    whether a failure ended all; ``ending`` how a node ended all.

    A node runs once, when everything upstream is done, on all items that reached it: wires in declared order, items in the
    order of their arrival. Independent effect steps run at the same time. An item that parks or waits leaves the others, which go on;
    a batch node waits for all of its items (rule R3). ``recorded`` brings what people decided: items to
    leave out, whether the run is cancelled (then no further step starts), and how a node
    ended it (then the same steps work again). ``counters`` are for live runs.
    """

    def __init__(
        self, plan: Plan, trigger: str, items: Sequence[Item], scope: Scope, effects: Effects, recorded: Recorded = UNTOUCHED,
        counters: Counters | None = None,
    ) -> None:  # fmt: skip
        self.plan, self.trigger, self.scope, self.effects = plan, trigger, scope, effects
        self.start: list[Keyed] = [(str(n), item) for n, item in enumerate(items, 1)]
        self.results: list[StepResult | None] = [None] * len(plan.steps)
        self.inputs: list[Sequence[Keyed]] = [()] * len(plan.steps)
        self.parked: list[Failure] = []
        self.waiting: list[Pending] = []
        self._short: set[int] = set()
        self.stopped = False
        self._recorded = recorded
        self._as_they_come = not (recorded.skips or recorded.compositions or recorded.patches or recorded.seats)
        self._only = recorded.ending.steps if recorded.ending is not None else None
        self._stop: tuple[str, str, Stop] | None = None
        self._over = False
        self._counters = counters.nodes if counters is not None else None
        self._timed = counters is not None and counters.begin()
        self._waits = list(plan.behind[trigger].waits)
        self._ready: deque[int] = deque()
        self._pending = 0
        self._advancing = False
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._started: list[tuple[Step, list[Keyed]]] = []

    @property
    def ending(self) -> Ending | None:
        """How a node ended the run ahead of its end, now or when the run was executed first."""
        if self._recorded.ending is not None or self._stop is None:
            return self._recorded.ending
        slug, key, stop = self._stop
        worked = (step.slug for step in self.plan.steps if self.results[step.index] is not None)
        return Ending(slug, key, stop.state, stop.reason, frozenset(worked))

    async def run(self) -> None:
        """Until every step that can work has worked."""
        self._begin()
        self._advance()
        await self._drive()
        if self._pending:
            self._done = self._loop.create_future()
            await self._done

    def run_pure(self) -> None:
        """The same where no step has an effect."""
        self._begin()
        self._advance()

    def misses(self, step: Step) -> bool:
        """Whether not all items that belong to a step have reached it."""
        return step.index in self._short

    def _begin(self) -> None:
        start = self.plan.by_slug[self.trigger]
        self.inputs[start.index] = self.start
        if self._counters is not None:
            self._counters[start.index].items += len(self.start)
        self._complete(start, StepResult({"out": self.start}))

    def _advance(self) -> None:
        """Runs pure steps at once and gathers effect steps, until nothing more is ready."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._ready and not self._over and not self._recorded.cancelled:
                step = self.plan.steps[self._ready.popleft()]
                if self._only is not None and step.slug not in self._only:
                    continue
                box = self._collect(step)
                self.inputs[step.index] = box
                if self._short and step.index in self._short and step.type.is_batch:
                    self._complete(step, StepResult(held=True))
                    continue
                if not box:
                    self._complete(step, StepResult())
                    continue
                if self._counters is not None:
                    self._counters[step.index].items += len(box)
                if step.disabled:
                    self._complete(step, StepResult({step.type.outputs[0].name: box} if step.type.outputs else {}))
                elif step.pure and len(box) == 1 and not self._timed and step.type.kind != "batch":
                    self._complete(step, run_one(step.slug, step.type, step.params, *box[0], self.scope))
                elif step.pure:
                    result = self._timed_pure(step, box) if self._timed else self._pure(step, box)
                    self._complete(step, result)
                else:
                    self._pending += 1
                    self._started.append((step, box))
        finally:
            self._advancing = False

    def _timed_pure(self, step: Step, box: list[Keyed]) -> StepResult:
        began = time.perf_counter()
        result = self._pure(step, box)
        if self._counters is not None:
            self._counters[step.index].worked(time.perf_counter() - began, len(box))
        return result

    def _pure(self, step: Step, box: list[Keyed]) -> StepResult:
        return run_pure(step.slug, step.type, step.params, box, self.scope, self._recorded)

    def _collect(self, step: Step) -> list[Keyed]:
        if self._as_they_come and len(step.incoming) == 1:  # an order passes here once for each of its nodes
            source, port = step.incoming[0]
            result = self.results[source]
            came = result.outputs.get(port, []) if result is not None else []
            return came if len(came) == 1 else arrange(came)
        if len(step.incoming) > 1 and (step.index in self._short or step.slug in self._recorded.seats) and self._recorded is not UNTOUCHED:
            return self._without_skipped(step, self._seated(step))
        box: list[Keyed] = []
        for source, port in step.incoming:
            result = self.results[source]
            if result is not None and port in result.outputs:
                arrived = result.outputs[port]
                box = arrived if not box else box + arrived
        box = box if len(box) == 1 else arrange(box)
        return box if self._as_they_come else self._without_skipped(step, box)

    def _seated(self, step: Step) -> list[Keyed]:
        """Items keep the keys under which they worked here before; where some are still missing, that is noted for later."""
        known = self._recorded.seats.get(step.slug, {})
        arrived = [
            (f"{self.plan.steps[source].slug}.{port}", key, item)
            for source, port in step.incoming
            if (result := self.results[source]) is not None
            for key, item in result.outputs.get(port, ())
        ]
        found = seated(arrived, known)
        if step.index in self._short and not step.type.is_batch:
            new = {seat: key for seat, (key, _) in found.items() if seat not in known}
            if new:
                self._recorded.new_seats.setdefault(step.slug, {}).update(new)
        return list(found.values())

    def _without_skipped(self, step: Step, box: list[Keyed]) -> list[Keyed]:
        if self._recorded.skips:
            box = [keyed for keyed in box if (step.slug, keyed[0]) not in self._recorded.skips]
        if self._recorded.compositions:
            box = in_order(self._recorded.compositions.get(step.slug), box)
        return self._mended(step, box) if self._recorded.patches else box

    def _mended(self, step: Step, box: list[Keyed]) -> list[Keyed]:
        mended, failed = mended_box(step.slug, box, self._recorded.patches)
        if failed:
            self.parked.extend(failed)
            self._miss(step)
            self._short.add(step.index)  # a batch is not complete without them
        return mended

    def _complete(self, step: Step, result: StepResult) -> None:
        if result.failures:
            self._place_failures(step, result)
        if result.stop is not None and self._only is None and self._stop is None:
            self._stop, self._over = (step.slug, *result.stop), True
        if result.waiting:
            self.waiting.extend(result.waiting)
            self._miss(step)
        elif result.held or (self._short and step.index in self._short):
            self._miss(step)
        if self._counters is not None:
            counted = self._counters[step.index]
            counted.failed += len(result.failures)
            for port, sent in result.outputs.items():
                counted.out[port] += len(sent)
        self.results[step.index] = result
        for index in step.onward:
            self._waits[index] -= 1
            if self._waits[index] == 0:
                self._ready.append(index)

    def _place_failures(self, step: Step, result: StepResult) -> None:
        if step.on_error == "route":
            routed = result.outputs.setdefault(ERROR_PORT, [])
            routed.extend((failure.key, {**failure.item, "error": explain(failure.problem)}) for failure in result.failures)
            return
        self.parked.extend(result.failures)
        self._miss(step)
        if step.on_error == "stop":
            self.stopped = self._over = True

    def _miss(self, step: Step) -> None:
        """Not all items that belong behind this step get there this time."""
        self._short.update(step.onward)

    async def _drive(self) -> None:
        """Starts the effect steps that have become ready: the first one here, for a task costs time, the others beside it.

        A loop: a chain of calls may be longer than the stack is deep.
        """
        while self._started:
            started, self._started = self._started, []
            if self._stop is not None:  # what has not begun by now does not begin
                self._pending -= len(started)
                break
            for step, box in started[1:]:
                self._tasks.append(self._loop.create_task(self._branch(step, box)))
            await self._effect(*started[0])
        if not self._pending and self._done is not None and not self._done.done():
            self._done.set_result(None)

    async def _branch(self, step: Step, box: list[Keyed]) -> None:
        await self._effect(step, box)
        await self._drive()

    async def _effect(self, step: Step, box: list[Keyed]) -> None:
        try:
            if len(box) == 1 and not step.type.is_batch:
                result = StepResult()
                await self._perform_item(step, *box[0], result)
            else:
                result = await self._perform(step, box)
            if step.feeds_effects:
                await self.effects.settle(step)
        except Suspended as later:  # a batch waits as one
            result = StepResult(waiting=[Pending(step.slug, box[0][0], box[0][1], later.waits)])
        except Exception as error:  # noqa: BLE001 - whatever the journal or a node does, the items must be accounted for
            problem = problem_of(error, step.slug)
            result = StepResult(failures=[Failure(step.slug, key, item, problem) for key, item in box])
        self._complete(step, result)
        self._pending -= 1
        self._advance()

    async def _perform(self, step: Step, box: list[Keyed]) -> StepResult:
        if len(box) > MAX_ITEMS:
            raise OrderloomError(Problem("run.too_many_items", fields={"count": len(box), "limit": MAX_ITEMS}))
        if step.type.is_batch:
            return await self._perform_batch(step, box)
        result = StepResult()
        parts = [StepResult() for _ in box]
        await asyncio.gather(*(self._perform_item(step, key, item, part) for (key, item), part in zip(box, parts, strict=True)))
        for part in parts:
            for port, sent in part.outputs.items():
                result.outputs.setdefault(port, []).extend(sent)
            result.failures.extend(part.failures)
            result.waiting.extend(part.waiting)
            result.dropped.extend(part.dropped)
            result.stop = result.stop or part.stop
        return result

    async def _perform_item(self, step: Step, key: str, item: Item, result: StepResult) -> None:
        context = NodeContext(self.plan, step, key, self.scope, self.effects)
        try:
            made: Any = await step.type.function(item, step.params, context)
            if step.type.form is not None and made is not item:
                made = self._told(step.type.form, made)
            take(step.slug, step.type, key, item, made, result)
        except Suspended as later:
            result.waiting.append(Pending(step.slug, key, item, later.waits))
        except Exception as error:  # noqa: BLE001 - a node's fault is the item's fate
            result.failures.append(Failure(step.slug, key, item, problem_of(error, step.slug)))

    def _told(self, form: Form, made: Any) -> Any:
        """What was fetched in the form in which the trigger gets orders, in the terms in which this event is read."""
        terms, start = self._recorded.terms, self.plan.triggers.get(self.scope.event.get("trigger", ""))
        own = start.type.form if start is not None else None
        if not terms or own is None or own.name != form.name or not isinstance(made, dict):
            return made
        return in_terms(cast("Item", made), structs.replace(terms, envelopes=form.envelopes))

    async def _perform_batch(self, step: Step, box: list[Keyed]) -> StepResult:
        keys = tuple(key for key, _ in box)
        context = NodeContext(self.plan, step, keys[0], self.scope, self.effects, keys)
        made: Any = await step.type.function([item for _, item in box], step.params, context)
        return keyed_batch(step.slug, step.type, keys, list(made))


def answered(execution: Execution) -> list[Item]:
    """What a flow answers the one that called it: whatever reached the nodes for that, in the order of the steps."""
    steps = (step for step in execution.plan.steps if step.type.answers and not step.disabled)
    return [item for step in steps for _, item in execution.inputs[step.index]]
