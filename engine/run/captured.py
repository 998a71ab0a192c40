"""The sandbox: effects are captured, not performed, and answered as the flow's test or the node's first example says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.errors import NodeError, OrderloomError
from engine.json_text import digest
from engine.node.context import HttpAnswer
from engine.node.items import Item
from engine.order.places import OrderName, Ranking
from engine.order.rules import AppliedRules
from engine.run.effects import Asked, EffectRequest, effect_id
from engine.run.plan import Step
from engine.store.hub import Came, outcome
from engine.store.ports import HubOutcome
from engine.store.sold_states import CALLED_OFF, LEFT

WOKEN_AT = "2026-01-16T08:00:00Z"
"""In a sandbox nothing waits: every wait ends at once, at this time."""


CallInside = Callable[[str, str, "list[Item]", "list[Asked]"], Awaitable["list[Item]"]]
"""Runs another flow by its name, under an event key, on items, adds what it asks to the last, and gives its answer. Raises its failure."""


class SandboxHub:
    """The hub of a sandbox: remembers versions and places as the real one does, for as long as the sandbox lives."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str, str], Came] = {}
        self._places: dict[str, Ranking] = {}
        self._left: set[OrderName] = set()
        self._over: set[OrderName] = set()

    def put(self, order: Mapping[str, Any], arrived: datetime | None = None) -> HubOutcome:
        name = (str(order.get("channel")), str(order.get("shop_id")), str(order.get("channel_order_id")))
        came = Came(str(order.get("version")), digest(order), arrived)
        result = outcome(came, self._held.get(name))
        if result in ("new", "changed"):
            self._held[name] = came
            self._give_back(name, str(order.get("status")))
        return result

    def ask(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to what the hub is asked besides, where a sandbox knows it: who is among the first of a campaign."""
        if asked["task"] != "campaign.places":
            return None
        orders = [(channel, shop, number) for channel, shop, number in asked["orders"]]
        return {"places": self._places.setdefault(asked["campaign"], Ranking()).take(asked["first"], orders, self._over)}

    def _give_back(self, name: OrderName, status: str) -> None:
        self._over.discard(name)
        if status in LEFT:
            self._left.add(name)
        elif status in CALLED_OFF:
            self._over.add(name)
            for ranking in self._places.values() if name not in self._left else ():
                ranking.give_back(name)


class CapturedEffects:
    """``answers`` by node slug, used up in order; the node's first example answers after that, else 200 with an empty object."""

    def __init__(
        self, flow: str, event_key: str, answers: Mapping[str, Sequence[Any]] | None = None, hub: SandboxHub | None = None,
        inside: CallInside | None = None, arrived: datetime | None = None,
    ) -> None:  # fmt: skip
        self.flow, self.event_key = flow, event_key
        self.requests: list[Asked] = []
        self._answers = {slug: list(given) for slug, given in (answers or {}).items()}
        self._hub = hub or SandboxHub()
        self._inside = inside
        self._arrived = arrived

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        identity = effect_id(self.flow, step.slug, self.event_key, key, call, 0)
        try:
            answer = await self._called(step, identity, request) if request.kind == "call" else self._answer(step, request)
        except OrderloomError as error:
            self.requests.append(Asked(step.slug, key, identity, request, failed=error.problems[0]))
            raise
        self.requests.append(Asked(step.slug, key, identity, request, answer))
        return answer

    def knows(self, step: Step, key: str, call: int) -> bool:
        """Nothing is kept here."""
        del step, key, call
        return False

    async def settle(self, step: Step) -> None:
        """Nothing is durable here."""

    async def _called(self, step: Step, identity: str, request: EffectRequest) -> dict[str, Any]:
        """As the test says: a list of items, ``{"items": […]}`` or ``{"failed": code}``; else the flow itself runs in the sandbox too."""
        given = self._next(step.slug)
        if isinstance(given, list):
            return {"items": given, "run": ""}
        if given is not None:
            if "failed" in given:
                raise NodeError(given["failed"], flow=request.content["flow"], run="")
            return {"items": given["items"], "run": ""}
        if self._inside is None:
            raise NodeError("call.unknown_flow", flow=request.content["flow"])
        made: list[Asked] = []
        try:
            items = await self._inside(request.content["flow"], identity, request.content["items"], made)
        finally:
            self.requests += [replace(one, slug=f"{step.slug}/{one.slug}") for one in made]
        return {"items": items, "run": ""}

    def _answer(self, step: Step, request: EffectRequest) -> Any:  # noqa: PLR0911 - one a kind
        if request.kind == "hub":
            return self._next(step.slug, str) or self._hub.put(request.content["order"], self._arrived)
        if request.kind == "rules":
            given: dict[str, Any] = self._next(step.slug) or {}
            return {**AppliedRules().answer(), **given}
        if request.kind == "reconcile":
            return {
                **(self._next(step.slug) or step.type.examples[0].answers[0]),
                "day": request.content["day"],
                "channel": request.content["channel"],
            }
        if request.kind == "desk":
            return {"desk": self._next(step.slug) or self._hub.ask(request.content) or step.type.examples[0].answers[0]}
        if request.kind == "mail":
            return {"ok": True}
        if request.kind == "wait":
            return {"at": WOKEN_AT, "by": "", **(self._next(step.slug) or self._usual_end(step, request.content["wait"]))}
        answer: Any = None
        for _ in range(step.retry.attempts):
            answer = self._next(step.slug) or self._usual(step)
            verdict = request.judge(HttpAnswer(answer["status"], answer.get("headers") or {}, answer.get("body")))
            if verdict == "done":
                return answer
            if verdict == "refused":
                raise NodeError("effect.refused", status=answer["status"])
        raise NodeError("effect.gave_up", status=answer["status"], attempts=step.retry.attempts)

    def _next(self, slug: str, kind: type = object) -> Any:
        """The next answer, if it is of that kind."""
        left = self._answers.get(slug)
        return left.pop(0) if left and isinstance(left[0], kind) else None

    def _usual_end(self, step: Step, wait: str) -> Mapping[str, Any]:
        for example in step.type.examples if wait != "timer" else ():
            if example.answers and "how" in example.answers[0]:
                return example.answers[0]
        return {"how": "due"}

    def _usual(self, step: Step) -> Mapping[str, Any]:
        for example in step.type.examples:
            if example.answers and "status" in example.answers[0] and example.problem is None:
                return example.answers[0]
        return {"status": 200, "headers": {}, "body": {}}
