"""What a sender is answered after its event is durable: made from the event alone, and never a reason to refuse it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.errors import NodeError, OrderloomError
from engine.intake.accept import read_delivery
from engine.intake.parcel import unpack
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.node.answering import BODILESS, MAX_ANSWER, Answer, HookParams
from engine.node.triggers import Delivery
from engine.run.live import scope_of
from engine.run.noted import Noted
from engine.run.plan import Plan, Step
from engine.run.step import problem_of
from engine.store.ports import Accepted, Store

log = logging.getLogger("orderloom.hooks")
SAFE: Final = (("content-security-policy", "default-src 'none'; sandbox"), ("x-content-type-options", "nosniff"))
"""The body may repeat what was sent: no browser may take it for a page of ours."""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """Header names are in lower case. ``body`` is ``None`` where the usual body goes out."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class HookAnswers:
    """What goes wrong is ``noted``: the usual answer goes out instead."""

    flows: PublishedFlows
    store: Store
    now: Callable[[], datetime]
    noted: Noted

    async def of(self, flow: str, trigger: str, delivery: Delivery, accepted: Accepted) -> HookAnswer | None:
        """``None``: the usual answer. Never raises. A duplicate is answered as the first was, from what is kept."""
        try:
            plan = await self.flows.newest(flow)
        except OrderloomError:  # the store does not answer
            return None
        step = plan.triggers.get(trigger) if plan is not None else None
        if plan is not None and self.flows.share(flow) is not None:
            plan, step = await self._through(plan, trigger, accepted)
        if plan is None or step is None or not isinstance(step.params, HookParams) or step.params.answer is None:
            return None
        try:
            return await self._made(plan, step, step.params.answer, delivery, accepted)
        except Exception as error:  # noqa: BLE001 - the event is accepted, whatever becomes of its answer
            problem = problem_of(error, trigger)
            log.warning("answer not made", extra={"flow": flow, "trigger": trigger, "code": problem.code})
            self.noted.note(flow, plan.version, trigger, "answer", problem, self.now())
            return None

    async def _through(self, plan: Plan, trigger: str, accepted: Accepted) -> tuple[Plan, Step | None]:
        """While a share of the orders goes through another version, each is answered by its own."""
        try:
            plan = await self.flows.plan_at(plan.name, (await self.store.event(accepted.id)).version)
        except OrderloomError as error:
            log.warning("answer of another version", extra={"flow": plan.name, "code": error.problems[0].code})
        return plan, plan.triggers.get(trigger)

    async def _made(self, plan: Plan, step: Step, answer: Answer, delivery: Delivery, accepted: Accepted) -> HookAnswer:
        if answer.body is None and answer.text is None:
            return HookAnswer(answer.status, _headers(answer, None), b"" if answer.status in BODILESS else None)
        event = await self.store.event(accepted.id)
        first = unpack(await self.store.event_body(accepted.id)) if accepted.duplicate else delivery
        arrival = read_delivery(step, first)
        item = arrival.items[0] if arrival.items else {}
        scope = scope_of(plan, event, arrival.channel, arrival.shop_id)
        if answer.body is not None:
            return _limited(answer, write_json(answer.body.json(item, scope)), "application/json")
        assert answer.text is not None  # noqa: S101 - one of both, as looked above
        text = answer.text.render(item=item, event=scope.event, flow=scope.flow)
        return _limited(answer, text.encode(), "text/plain; charset=utf-8")


def _limited(answer: Answer, body: bytes, kind: str) -> HookAnswer:
    if len(body) > MAX_ANSWER:
        raise NodeError("hook_answer.too_large", limit=MAX_ANSWER)
    return HookAnswer(answer.status, _headers(answer, kind), body)


def _headers(answer: Answer, kind: str | None) -> list[tuple[str, str]]:
    own = {name.lower(): value for name, value in answer.headers.items()}
    usual: Mapping[str, str] = {"content-type": kind} if kind is not None else {}
    return [*{**usual, **own}.items(), *SAFE]
