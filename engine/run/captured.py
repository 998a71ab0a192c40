"""The sandbox: effects are captured, not performed, and answered as the flow's test or the node's first example says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.errors import NodeError, Problem
from engine.json_text import digest
from engine.node.context import HttpAnswer
from engine.run.effects import EffectRequest, effect_id
from engine.run.plan import Step

WOKEN_AT = "2026-01-16T08:00:00Z"
"""In a sandbox nothing waits: every wait ends at once, at this time."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A request that would have gone out, and what it was answered: ``answer``, or ``failed`` where that was a refusal."""

    slug: str
    key: str
    id: str
    request: EffectRequest
    answer: Any = None
    failed: Problem | None = None


class SandboxHub:
    """The hub of a sandbox: remembers versions as the real one does, for as long as the sandbox lives."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str, str], tuple[str, str]] = {}

    def put(self, order: Mapping[str, Any]) -> str:
        name = (str(order.get("channel")), str(order.get("shop_id")), str(order.get("channel_order_id")))
        version, content = str(order.get("version")), digest(order)
        held = self._held.get(name)
        if held is not None and version < held[0]:
            return "stale"
        self._held[name] = (version, content)
        if held is None:
            return "new"
        return "unchanged" if held == (version, content) else "changed"


class CapturedEffects:
    """``answers`` by node slug, used up in order; the node's first example answers after that, else 200 with an empty object."""

    def __init__(
        self, flow: str, event_key: str, answers: Mapping[str, Sequence[Any]] | None = None, hub: SandboxHub | None = None
    ) -> None:
        self.flow, self.event_key = flow, event_key
        self.requests: list[Captured] = []
        self._answers = {slug: list(given) for slug, given in (answers or {}).items()}
        self._hub = hub or SandboxHub()

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        identity = effect_id(self.flow, step.slug, self.event_key, key, call, 0)
        try:
            answer = self._answer(step, request)
        except NodeError as error:
            self.requests.append(Captured(step.slug, key, identity, request, failed=error.problem))
            raise
        self.requests.append(Captured(step.slug, key, identity, request, answer))
        return answer

    async def settle(self, step: Step) -> None:
        """Nothing is durable here."""

    def _answer(self, step: Step, request: EffectRequest) -> Any:
        if request.kind == "hub":
            given = self._next(step.slug)
            return given if given is not None else self._hub.put(request.content["order"])
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

    def _next(self, slug: str) -> Any:
        left = self._answers.get(slug)
        return left.pop(0) if left else None

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
