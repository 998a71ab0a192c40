"""Runs that call runs (rule R11): each is begun once, its answer becomes a fact of the run that called, a crash in between is healed.

A child is accepted before its parent's wait is opened. So whoever of the two is later sees the other: a child that ends looks for the
wait, a parent that rests looks for children that ended before.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from engine.errors import Conflict, NodeError, OrderloomError, Problem
from engine.intake.accept import Intake
from engine.intake.parcel import unpack
from engine.intake.published import PublishedFlows
from engine.json_text import is_deep, too_deep, write_json
from engine.node.items import Item
from engine.node.triggers import Delivery
from engine.recompute import recompute
from engine.run.calls import MOST_DEEP, Ended
from engine.run.execution import answered
from engine.run.live import Outcome, may_be_timed
from engine.run.plan import Plan
from engine.store.operations import ENDS
from engine.store.ports import ChildRun, Event, Fact, NewCall, Store, Wait
from engine.store.problems import StoreUnavailable

log = logging.getLogger("orderloom.calls")
LARGEST: Final = 1024 * 1024
"""Bytes of what a call hands over, and of what it is answered (rule R13)."""
REMEMBERED: Final = 8192
"""Calls under way that are known without a look into the store."""
SMALL: Final = 16 * 1024
NOTED: Final = 1024
"""Answers of up to ``SMALL`` bytes that are kept in mind until they are written."""
T = TypeVar("T")
Decide = Callable[[int, str, Mapping[str, Any], str, Callable[[Fact], Awaitable[T]]], Awaitable[T]]


class Calls:
    """``intake`` keeps the children's events; ``decide`` journals a fact, ``resumed`` hands a run on, ``cancel`` ends one."""

    def __init__(
        self, store: Store, flows: PublishedFlows, now: Callable[[], datetime], decide: Decide[Any],
        resumed: Callable[[Event], None], cancel: Callable[[int, str], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._store, self._flows, self._now = store, flows, now
        self._decide, self._resumed, self._cancel = decide, resumed, cancel
        self.intake: Intake | None = None
        self._under_way: OrderedDict[str, None] = OrderedDict()
        self._ended: OrderedDict[int, Sequence[Item]] = OrderedDict()
        self._again: dict[int, bool] = {}
        self._early: set[int] = set()

    def newest(self, flow: str) -> int:
        version = self._flows.version(flow)
        if version is None:
            raise NodeError("call.unknown_flow", flow=flow)
        return version

    async def begin(self, parent: Event, effect: str, version: int, content: Mapping[str, Any]) -> Ended | None:
        if effect in self._under_way:
            return None
        flow = content["flow"]
        plan = await self._flows.plan_at(flow, version)
        if plan.callee is None:
            raise NodeError("call.not_callable", flow=flow)
        body = write_json(content["items"])
        if len(body) > LARGEST:
            raise NodeError("call.too_large", flow=flow, size=len(body), limit=LARGEST)
        if is_deep(body, content["items"]):
            raise too_deep()
        assert self.intake is not None  # noqa: S101 - set before any run begins
        caller = await self._flows.plan_at(parent.flow, parent.version)
        call = NewCall(parent.id, effect, await self._depth(caller, parent))
        delivery, actor = Delivery(body, {}, {name: content[name] for name in ("channel", "shop_id")}), f"run:{parent.id}"
        no_later = await self._store.deadline_of(parent.id) if may_be_timed(caller, parent.trigger) else None
        accepted = await self.intake.accept(plan, plan.callee, delivery, self._now(), actor=actor, call=call, no_later=no_later)
        self._remember(effect)
        return await self._found(accepted.id, effect, body) if accepted.duplicate else None

    def concerns(self, event: Event, outcome: Outcome, plan: Plan | None) -> bool:
        """Whether anything has to be done when a run has ended or rests; of most runs, nothing."""
        ended = plan is not None and outcome.state in ENDS and (_is_called(plan, event) or plan.calls(event.trigger))
        return ended or event.id in self._early

    async def after(self, event: Event, outcome: Outcome, plan: Plan | None) -> None:
        """What has to be done when a run has ended or rests; ``plan`` is missing where it could not be executed at all."""
        if plan is not None and outcome.state in ENDS and _is_called(plan, event):
            await self._child_ended(event, outcome)
        if plan is not None and outcome.state in ENDS and plan.calls(event.trigger):
            await self.cancel_children(event.id, "system")
        if event.id in self._early:
            self._early.discard(event.id)
            await self._answer_all(event.id)

    async def cancel_children(self, run_id: int, actor: str) -> None:
        """Rules R11 and R12: nothing that a run called outlives it, however it ended: nobody is left to hear the answer."""
        for child in await self._store.open_children(run_id):
            await self._unless_hindered(child, self._cancel(child, actor))

    async def heal(self) -> int:
        """Bring what a crash left between a child and its parent. Returns how much that was."""
        found = await self._store.unanswered()
        for parent in dict.fromkeys(one.parent for one, _ in found):
            await self._unless_hindered(parent, self._answer_all(parent))
        orphans = await self._store.orphans()
        for child in orphans:
            await self._unless_hindered(child, self._cancel(child, "system"))
        return len(found) + len(orphans)

    async def _unless_hindered(self, run_id: int, work: Awaitable[object]) -> None:
        """One run that cannot be helped now keeps no other from it, nor the service from starting; ``heal`` comes back to it."""
        try:
            await work
        except Conflict:
            pass  # it has just ended by itself
        except StoreUnavailable:
            raise
        except OrderloomError as error:
            log.warning("run not helped", extra={"run": str(run_id), "code": error.problems[0].code})

    async def _found(self, child: int, effect: str, body: bytes) -> Ended | None:
        """It was begun before, by this run of the node or an earlier one. Never answer from, nor call, what is not the same (rule R1)."""
        if unpack(await self._store.event_body(child)).body != body:
            raise NodeError("run.diverged", effect=effect)
        if (await self._store.run(child)).state not in ENDS:
            return None
        self._under_way.pop(effect, None)
        return await self._end_of(child)

    async def _child_ended(self, event: Event, outcome: Outcome) -> None:
        call = await self._store.call_of(event.id)
        if call is None:
            return  # started by hand
        self._under_way.pop(call.effect, None)
        if outcome.answer:
            self._note(event.id, outcome.answer)
        await self._answer_all(call.parent)

    async def _answer_all(self, parent: int) -> None:
        """What ends while answers are being written is answered together, so that a parent of many is not woken for each."""
        if parent in self._again:
            self._again[parent] = True
            return
        try:
            self._again[parent] = True
            while self._again[parent]:
                self._again[parent] = False
                await self._answer(parent)
        finally:
            del self._again[parent]

    async def _answer(self, parent: int) -> None:
        if len(self._early) >= REMEMBERED:
            self._early.clear()  # what is forgotten here is found by ``heal``
        self._early.add(parent)  # before the look: the parent may open its wait just now
        while found := await self._store.unanswered(parent):
            entries = [await self._entry(call, wait) for call, wait in found]
            try:
                goes_on = await self._keep(parent, entries, [wait.id for _, wait in found])
            except Conflict:
                continue  # the parent does without one of them since this moment
            if goes_on:
                self._resumed(await self._store.event(parent))

    async def _keep(self, parent: int, entries: Sequence[Mapping[str, Any]], waits: Sequence[int]) -> bool:
        body = {"results": entries}
        return await self._decide(parent, "results", body, "system", lambda fact: self._store.close_waits(waits, self._now(), fact))

    async def _entry(self, call: ChildRun, wait: Wait) -> dict[str, Any]:
        ended = await self._end_of(call.child)
        place = {"id": call.effect, "digest": wait.digest, "step": wait.step, "key": wait.item_key}
        return {**place, "at": self._now(), **ended.entry()}

    async def _end_of(self, child: int) -> Ended:
        """How a run that has ended answers: as it has just said itself, else computed again from its facts."""
        items = self._ended.pop(child, None)
        if items is not None:
            return Ended(items, run=child)
        run = await self._store.run(child)
        about = {"flow": run.flow, "run": str(child)}
        if run.state != "done":
            return Ended(failed=Problem(f"call.{run.state}", fields=about), run=child)
        try:
            found = await recompute(self._store, self._flows, child)
        except OrderloomError as error:
            log.warning("no answer", extra={"run": str(child), "code": error.problems[0].code})
            return Ended(failed=error.problems[0], run=child)
        items = answered(found.execution)
        if not items and found.recorded.skips:
            return Ended(failed=Problem("call.skipped", fields=about), run=child)
        failed = _unfit(items, about)
        return Ended(failed=failed, run=child) if failed is not None else Ended(items, run=child)

    async def _depth(self, caller: Plan, parent: Event) -> int:
        call = await self._store.call_of(parent.id) if caller.by_slug[parent.trigger].type.starts == "call" else None
        depth = 1 if call is None else call.depth + 1
        if depth > MOST_DEEP:
            raise NodeError("call.too_deep", limit=MOST_DEEP)
        return depth

    def _note(self, child: int, answer: Sequence[Item]) -> None:
        """Small answers are kept in mind until they are written, so that most children are not computed again."""
        items = list(answer)
        text = write_json(items)
        if len(text) <= SMALL and not is_deep(text, items):
            self._ended[child] = answer
            if len(self._ended) > NOTED:
                self._ended.popitem(last=False)

    def _remember(self, effect: str) -> None:
        self._under_way[effect] = None
        if len(self._under_way) > REMEMBERED:
            self._under_way.popitem(last=False)


def _unfit(items: list[Item], about: Mapping[str, Any]) -> Problem | None:
    """Why a journal does not take an answer."""
    text = write_json(items)
    if len(text) > LARGEST:
        return Problem("call.answer_too_large", fields={**about, "size": len(text), "limit": LARGEST})
    return too_deep().problems[0] if is_deep(text, items) else None


def _is_called(plan: Plan, event: Event) -> bool:
    return plan.by_slug[event.trigger].type.starts == "call"
