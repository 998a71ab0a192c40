"""The context that an effect node is handed, in every world."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.flow.lineage import Carried
from engine.node.context import HttpAnswer, HttpCall, HubOutcome, Judge, Mail, Wait, Woken, by_status
from engine.node.items import Item, Scope
from engine.node.params import ConnectionRef
from engine.privacy.item import mask_item
from engine.run.effects import EffectRequest, Effects
from engine.run.plan import Plan, Step


class NodeContext:
    """One item (or batch) at one effect step; its calls are numbered in the order in which they are made."""

    __slots__ = ("_calls", "_effects", "_key", "_plan", "_step", "scope")

    def __init__(self, plan: Plan, step: Step, key: str, scope: Scope, effects: Effects) -> None:
        self.scope = scope
        self._plan, self._step, self._key, self._effects = plan, step, key, effects
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
        answer = await self._perform(EffectRequest("http", connection.connection, content, judge))
        return HttpAnswer(answer["status"], answer.get("headers") or {}, answer.get("body"))

    async def mail(self, connection: ConnectionRef, mail: Mail) -> None:
        content = {"to": list(mail.to), "subject": mail.subject, "text": mail.text}
        await self._perform(EffectRequest("mail", connection.connection, content))

    async def to_hub(self, order: Item) -> HubOutcome:
        return await self._perform(EffectRequest("hub", "", {"order": order}))

    async def wait(self, wait: Wait) -> Woken:
        content = {name: value for name, value in msgspec.structs.asdict(wait).items() if value not in (None, "", ())}
        content["wait"] = content.pop("kind")
        if wait.roles:
            content["roles"] = list(wait.roles)
        answer = await self._perform(EffectRequest("wait", "", content))
        return Woken(answer["how"], answer["at"], answer.get("by", ""), answer.get("body"))

    def masked(self, item: Item) -> Item:
        carried = self._plan.carried.get((self._step.slug, "in"), Carried())
        return mask_item(item, carried.fields)

    async def _perform(self, request: EffectRequest) -> Any:
        self._calls += 1
        return await self._effects.perform(self._step, self._key, self._calls, request)
