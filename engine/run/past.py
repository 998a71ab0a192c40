"""The effects of a past run, as its journal answers them, remembered so that another execution can be answered by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.errors import OrderloomError, Problem
from engine.run.effects import Asked, EffectRequest, Suspended, request_digest
from engine.run.facts import Recorded
from engine.run.plan import Step
from engine.run.recorded import RecordedEffects
from engine.store.ports import Event


@dataclass(slots=True)
class Asking:
    """One request of an execution and what came of it: ``answer``, or ``error`` where it failed or is still to come.

    ``call`` counts the requests of one item at one step from 1; ``id`` is the idempotency key. ``captured``: no journal held an
    answer to it, so that it got one of the sandbox.
    """

    slug: str
    key: str
    call: int
    id: str
    digest: str
    request: EffectRequest
    answer: Any = None
    error: OrderloomError | Suspended | None = None
    captured: bool = False

    @property
    def failed(self) -> Problem | None:
        return self.error.problems[0] if isinstance(self.error, OrderloomError) else None


class PastEffects(RecordedEffects):
    """Answers from the journal only. ``asked``: every request, in the order in which they were made."""

    def __init__(self, event: Event, recorded: Recorded) -> None:
        super().__init__(event, recorded)
        self.asked: list[Asking] = []

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        asking = Asking(step.slug, key, call, self.identity(step, key, call), request_digest(request), request)
        self.asked.append(asking)
        try:
            asking.answer = await super().perform(step, key, call, request)
        except (OrderloomError, Suspended) as error:
            asking.error = error
            raise
        return asking.answer


def shown(asked: Iterable[Asking]) -> list[Asked]:
    """Requests as the views of an execution take them."""
    return [Asked(one.slug, one.key, one.id, one.request, one.answer, one.failed) for one in asked]
