"""Effects answered from the journal (rule R1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import NodeError, OrderloomError, Problem
from engine.run.effects import EffectRequest, Suspended, effect_id, request_digest
from engine.run.facts import Recorded
from engine.run.plan import Step
from engine.store.ports import Event, NewWait


class UnknownOutcome(NodeError):
    """A call that must not happen twice may have happened: a person is asked."""

    def __init__(self) -> None:
        super().__init__("effect.unknown_outcome")


class RecordedEffects:
    """For looking at a past run: answers from the journal only; whatever it does not hold has not happened (yet), so its item waits.

    A call that was announced and never answered has an unknown outcome, unless the run is still at work: then leave ``intentions`` out.
    """

    def __init__(self, event: Event, recorded: Recorded) -> None:
        self._event, self._recorded = event, recorded
        self.requests: list[tuple[Step, str, str, EffectRequest]] = []

    def identity(self, step: Step, key: str, call: int) -> str:
        """Rule R1, with what people decided."""
        return identity_of(self._event, self._recorded, step, key, call)

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        identity, digest = self.identity(step, key, call), request_digest(request)
        self.requests.append((step, key, identity, request))
        known = self._recorded.results.get(identity)
        if known is None and identity in self._recorded.intentions:
            raise UnknownOutcome
        if known is None:
            raise Suspended(NewWait("backoff", identity, digest, step.slug, key))
        return answer_from(known, digest)

    def knows(self, step: Step, key: str, call: int) -> bool:
        return identity_of(self._event, self._recorded, step, key, call) in self._recorded.results

    async def settle(self, step: Step) -> None:
        """Nothing to wait for."""


def identity_of(event: Event, recorded: Recorded, step: Step, key: str, call: int) -> str:
    return effect_id(event.flow, step.slug, event.key, key, call, recorded.generations.get((step.slug, key), 0))


def answer_from(known: Mapping[str, Any], digest: str) -> Any:
    if known["digest"] != digest:
        raise NodeError("run.diverged", effect=known["id"])
    if "failed" in known:
        failed = known["failed"]
        raise OrderloomError(Problem(failed["code"], tuple(failed["where"]), failed["fields"]))
    return known["ok"]
