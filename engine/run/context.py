"""The context that an effect node is handed, in every world."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.errors import OrderloomError, Problem
from engine.flow.lineage import Carried
from engine.node.context import Call, Called, HttpAnswer, HttpCall, HubOutcome, HubTask, Judge, Mail, Wait, Woken, by_status
from engine.node.items import Item, Scope
from engine.node.params import ConnectionRef
from engine.order.rules import AppliedRules, asked_of
from engine.privacy.item import mask_item
from engine.run.effects import EffectRequest, Effects, Suspended
from engine.run.plan import Plan, Step


class NodeContext:
    """One item (or batch) at one effect step; its calls are numbered in the order in which they are made."""

    __slots__ = ("_calls", "_effects", "_items", "_key", "_plan", "_step", "scope")

    def __init__(self, plan: Plan, step: Step, key: str, scope: Scope, effects: Effects, items: tuple[str, ...] = ()) -> None:
        self.scope = scope
        self._plan, self._step, self._key, self._effects, self._items = plan, step, key, effects, items
        self._calls = 0

    async def http(self, connection: ConnectionRef, call: HttpCall, judge: Judge = by_status) -> HttpAnswer:
        content: dict[str, Any] = {"method": call.method, "path": call.path}
        if call.query:
            content["query"] = dict(call.query)
        if call.headers:
            content["headers"] = dict(call.headers)
        if call.text is not None:
            content["text"] = call.text
        elif call.json is not None:
            content["json"] = call.json
        self._calls += 1
        request = EffectRequest("http", connection.connection, content, judge, self._items)
        answer = await self._effects.perform(self._step, self._key, self._calls, request)
        return HttpAnswer(answer["status"], answer.get("headers") or {}, answer.get("body"))

    async def mail(self, connection: ConnectionRef, mail: Mail) -> None:
        content = {"to": list(mail.to), "subject": mail.subject, "text": mail.text}
        await self._perform(EffectRequest("mail", connection.connection, content, items=self._items))

    async def to_hub(self, order: Item) -> HubOutcome:
        return await self._perform(EffectRequest("hub", "", {"order": order}))

    async def reconcile(self, day: str, channel: str, source: ConnectionRef | None = None) -> Mapping[str, Any]:
        content = {"day": day, "channel": channel} if source is None else {"day": day, "channel": channel, "source": source.connection}
        return await self._perform(EffectRequest("reconcile", "hub", content))

    async def rules(self, order: Item) -> AppliedRules:
        return AppliedRules.of_answer(await self._perform(EffectRequest("rules", "hub", asked_of(order))))

    async def ask_hub(self, task: HubTask, content: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._perform(EffectRequest("desk", "hub", {"task": task, **content}))
        return answer["desk"]

    async def wait(self, wait: Wait) -> Woken:
        content = {name: value for name, value in msgspec.structs.asdict(wait).items() if value not in (None, "", ())}
        content["wait"] = content.pop("kind")
        body_for = content.pop("body_for", "")
        for name in ("roles", "reasons"):
            if name in content:
                content[name] = list(content[name])
        if wait.missing:
            content["missing"] = [msgspec.structs.asdict(one) for one in wait.missing]
        if wait.order is not None:
            content["order"] = msgspec.structs.asdict(wait.order)
        answer = await self._perform(EffectRequest("wait", "", content, body_for=body_for))
        return Woken(answer["how"], answer["at"], answer.get("by", ""), answer.get("body"))

    async def call(self, call: Call) -> Sequence[Item]:
        answer = await self._perform(_asked(call, self.scope))
        return answer["items"]

    async def call_each(self, calls: Sequence[Call], at_once: int, *, stop: bool) -> Sequence[Called]:
        first, self._calls = self._calls + 1, self._calls + len(calls)
        ends: list[Called | Suspended | None] = [None] * len(calls)
        known = [n for n in range(len(calls)) if self._effects.knows(self._step, self._key, first + n)]
        for n in known:
            ends[n] = await self._end_of(calls[n], first + n)
        left = [n for n in range(len(calls)) if ends[n] is None]
        while left and not (stop and _failure(ends)) and (room := at_once - sum(isinstance(end, Suspended) for end in ends)) > 0:
            some, left = left[:room], left[room:]
            for n, end in zip(some, await asyncio.gather(*(self._end_of(calls[n], first + n) for n in some)), strict=True):
                ends[n] = end
        if stop and (failed := _failure(ends)):
            raise OrderloomError(failed)
        waits = [wait for end in ends if isinstance(end, Suspended) for wait in end.waits]
        if waits:
            raise Suspended(*waits)
        return [end for end in ends if isinstance(end, Called)]

    async def _end_of(self, call: Call, number: int) -> Called | Suspended:
        try:
            answer = await self._effects.perform(self._step, self._key, number, _asked(call, self.scope))
        except Suspended as later:
            return later
        except OrderloomError as error:
            return Called(failed=error.problems[0])
        return Called(answer["items"])

    def masked(self, item: Item) -> Item:
        carried = self._plan.carried.get((self._step.slug, "in"), Carried())
        return mask_item(item, carried.fields)

    async def _perform(self, request: EffectRequest) -> Any:
        self._calls += 1
        return await self._effects.perform(self._step, self._key, self._calls, request)


def _asked(call: Call, scope: Scope) -> EffectRequest:
    """The flow that is called knows channel and shop of the order too."""
    origin = {name: scope.event[name] for name in ("channel", "shop_id")}
    return EffectRequest("call", "", {"flow": call.flow, "version": call.version, "items": list(call.items), **origin})


def _failure(ends: Sequence[Called | Suspended | None]) -> Problem | None:
    return next((end.failed for end in ends if isinstance(end, Called) and end.failed is not None), None)
