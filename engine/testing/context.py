"""A context for tests of effect nodes: answers as the test says, and remembers what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.errors import NodeError
from engine.node.context import Call, Called, HttpAnswer, HttpCall, HubOutcome, HubTask, Judge, Mail, Wait, Woken, by_status
from engine.node.items import Item, Scope
from engine.node.params import ConnectionRef
from engine.order.rules import AppliedRules, asked_of
from engine.privacy.classes import FieldClass
from engine.privacy.item import mask_item
from engine.run.captured import WOKEN_AT, SandboxHub

EXAMPLE_EVENT: Mapping[str, Any] = {
    "id": "1",
    "received_at": datetime(2026, 1, 16, 3, 4, 5, tzinfo=UTC),
    "trigger": "start",
    "channel": "test",
    "shop_id": "",
    "key": "test",
}


def example_scope(event: Mapping[str, Any] | None = None, constants: Mapping[str, Any] | None = None, flow: str = "example") -> Scope:
    """The scope of a test: always the same moment, unless the test says otherwise."""
    return Scope({**EXAMPLE_EVENT, **(event or {})}, {"name": flow, "constants": dict(constants or {})})


class FakeContext:
    """``answers`` are used up in order (``{"status": 200, "headers": …, "body": …}``); without any, every call gets 200 and ``{}``.

    ``requests`` holds what was asked: ``kind`` (``http``, ``mail``, ``hub``, ``reconcile``, ``rules``, ``desk``, ``wait`` or ``call``),
    ``connection`` and the parts of the call. A call is repeated at once for as long as answers are left. Fields are masked by
    ``classes``; those not named there are hidden.
    """

    def __init__(
        self, answers: Sequence[Mapping[str, Any]] = (), *, scope: Scope | None = None, classes: Mapping[str, FieldClass] | None = None
    ) -> None:
        self.scope = scope or example_scope()
        self.requests: list[dict[str, Any]] = []
        self._answers = list(answers)
        self._scripted = bool(answers)
        self._classes = dict(classes or {})
        self._hub = SandboxHub()

    async def http(self, connection: ConnectionRef, call: HttpCall, judge: Judge = by_status) -> HttpAnswer:
        """The first answer that the judge accepts. Raises ``NodeError``: ``effect.refused``, ``effect.gave_up`` after the last answer."""
        self.requests.append({"kind": "http", "connection": connection.connection, **_parts(call)})
        answer = self._next()
        while (verdict := judge(answer)) == "retry" and self._answers:
            answer = self._next()
        if verdict != "done":
            raise NodeError("effect.refused" if verdict == "refused" else "effect.gave_up", status=answer.status)
        return answer

    async def mail(self, connection: ConnectionRef, mail: Mail) -> None:
        self.requests.append(
            {"kind": "mail", "connection": connection.connection, "to": list(mail.to), "subject": mail.subject, "text": mail.text}
        )

    async def to_hub(self, order: Item) -> HubOutcome:
        self.requests.append({"kind": "hub", "connection": "", "order": order})
        return self._hub.put(order)

    async def reconcile(self, day: str, channel: str, source: ConnectionRef | None = None) -> Mapping[str, Any]:
        """As the next answer says; without any the lists agree and are empty."""
        self.requests.append({"kind": "reconcile", "connection": "", "day": day, "channel": channel, "source": source})
        answer: Mapping[str, Any] = self._answers.pop(0) if self._answers else {"counts": {}, "failed": {}, "differences": 0, "rows": []}
        return {**answer, "day": day, "channel": channel}

    async def rules(self, order: Item) -> AppliedRules:
        """As the next answer says; without any there are none."""
        self.requests.append({"kind": "rules", "connection": "", **asked_of(order)})
        return AppliedRules.of_answer(self._answers.pop(0) if self._answers else {})

    async def ask_hub(self, task: HubTask, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """As the next answer says; without any, as a sandbox knows it."""
        self.requests.append({"kind": "desk", "connection": "", "task": task, **content})
        return self._answers.pop(0) if self._answers else self._hub.ask({"task": task, **content}) or {}

    async def wait(self, wait: Wait) -> Woken:
        """Ends at once, as the next answer says (``{"how": "due"}`` without any)."""
        self.requests.append({"kind": "wait", "connection": "", "wait": wait.kind, "title": wait.title, "text": wait.text})
        answer: Mapping[str, Any] = self._answers.pop(0) if self._answers else {"how": "due"}
        return Woken(answer["how"], answer.get("at", WOKEN_AT), answer.get("by", ""), answer.get("body"))

    async def call(self, call: Call) -> Sequence[Item]:
        """Ends at once, as the next answer says: ``{"items": […]}`` or ``{"failed": code}``; without any it is empty."""
        self.requests.append({"kind": "call", "connection": "", "flow": call.flow, "version": call.version, "items": list(call.items)})
        answer: Mapping[str, Any] = self._answers.pop(0) if self._answers else {"items": []}
        if "failed" in answer:
            raise NodeError(answer["failed"], flow=call.flow, run="")
        return answer["items"]

    async def call_each(self, calls: Sequence[Call], at_once: int, *, stop: bool) -> Sequence[Called]:
        """One after the other."""
        del at_once
        ends: list[Called] = []
        for call in calls:
            try:
                ends.append(Called(await self.call(call)))
            except NodeError as error:
                if stop:
                    raise
                ends.append(Called(failed=error.problem))
        return ends

    def masked(self, item: Item) -> Item:
        return mask_item(item, self._classes)

    def _next(self) -> HttpAnswer:
        if self._scripted and not self._answers:
            raise AssertionError("the node made more calls than the test has answers for")
        answer: Mapping[str, Any] = self._answers.pop(0) if self._answers else {"status": 200, "body": {}}
        return HttpAnswer(answer["status"], answer.get("headers") or {}, answer.get("body"))


def _parts(call: HttpCall) -> dict[str, Any]:
    parts: dict[str, Any] = {"method": call.method, "path": call.path, "query": dict(call.query), "headers": dict(call.headers)}
    return {**parts, "text": call.text} if call.text is not None else {**parts, "json": call.json}
