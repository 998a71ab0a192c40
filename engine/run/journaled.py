"""Live effects: performed once, journaled, and answered from the journal ever after (rule R1)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from engine.connection.failures import CallFailed
from engine.errors import NodeError, OrderloomError, Problem
from engine.json_text import write_json
from engine.order import utc_text
from engine.run.effects import EffectRequest, Suspended, effect_id, request_digest
from engine.run.facts import Recorded, Spot, results_body
from engine.run.outside import Outside
from engine.run.plan import Step
from engine.run.retry import delay_before, wished
from engine.run.tally import Counters, Tally
from engine.store.ports import Event, Fact, HubOrder, Journal, NewWait, RunEnd

T = TypeVar("T")


TOO_MANY = 429
"""The one answer worth a retry that says for certain that nothing was done."""


@dataclass(frozen=True, slots=True)
class World:
    """What live effects work with; one for the whole process.

    ``to_order`` makes the hub's row of a canonical order; ``clock`` gives seconds of which only differences mean something.
    """

    journal: Journal
    outside: Outside
    now: Callable[[], datetime]
    to_order: Callable[[Mapping[str, Any], Event], HubOrder]
    sleep: Callable[[float], Any] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.perf_counter
    tally: Tally = field(default_factory=Tally)


PATIENCE = 5.0
"""Seconds that a call waits for its next attempt in memory; for longer its item rests in the store and its run leaves the worker."""


class UnknownOutcome(NodeError):
    """A call that must not happen twice may have happened: a person is asked."""

    def __init__(self) -> None:
        super().__init__("effect.unknown_outcome")


class JournaledEffects:
    """The effects of one run.

    ``asked`` holds the ids of all effects that the run asked for this time, ``called`` where it did not find them in the journal;
    ``broken`` is set when the journal did not take a fact: then nothing that the run made of it counts.
    """

    def __init__(self, world: World, counters: Counters, event: Event, recorded: Recorded, actor: str) -> None:
        self._world, self._counters, self._event, self._recorded, self._actor = world, counters, event, recorded, actor
        self._fresh: list[dict[str, Any]] = []
        self._backoffs: list[dict[str, Any]] = []
        self.asked: set[str] = set()
        self.called: set[Spot] = set()
        self.broken: Exception | None = None

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        generation = self._recorded.generations.get((step.slug, key), 0)
        identity = effect_id(self._event.flow, step.slug, self._event.key, key, call, generation)
        digest = request_digest(request)
        self.asked.add(identity)
        known = self._recorded.results.get(identity)
        if known is not None:
            return _answer_from(known, digest)
        entry: dict[str, Any] = {"id": identity, "digest": digest, "step": step.slug, "key": key}
        if request.kind == "wait":
            return self._wait(step, key, request, entry)
        if identity in self._recorded.intentions:
            raise UnknownOutcome
        self.called.add((step.slug, key))
        if request.kind == "hub":
            return await self._to_hub(step, request, entry)
        if step.type.promise == "ask":
            await self._intend(entry)
        return await self._perform(step, request, entry)

    async def settle(self, step: Step) -> None:  # noqa: ARG002 - one journal for all steps of the run
        if self._fresh or self._backoffs:
            await self._kept(self._world.journal.put_fact(self._take_fresh()))

    def end(self, end: RunEnd) -> asyncio.Future[None]:
        """Journals what is left together with the end of the run."""
        if self._fresh or self._backoffs:
            return self._world.journal.put_fact(self._take_fresh(), end)
        return self._world.journal.end_run(self._event.id, end)

    def unasked(self) -> list[dict[str, Any]]:
        """Recorded effects that this execution did not ask for: the run has diverged from what it did before."""
        left = set(self._recorded.results) - self.asked - self._recorded.superseded
        return [self._recorded.results[identity] for identity in sorted(left)]

    def _wait(self, step: Step, key: str, request: EffectRequest, entry: dict[str, Any]) -> Any:
        """A time that has come already is no wait. Whatever waits is opened with the end of the run."""
        content, now = request.content, self._world.now()
        due = due_at(content, now)
        if content["wait"] == "timer" and due is not None and due <= now:
            ended = woken("due", now, "system")
            self._fresh.append({**entry, "at": now, "ok": ended})
            return ended
        kind: Any = content["wait"]
        raise Suspended(NewWait(kind, entry["id"], entry["digest"], step.slug, key, due, tuple(content.get("roles", ()))))

    async def _perform(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> Any:
        try:
            result = await self._attempts(step, request, entry)
        except (UnknownOutcome, Suspended):
            raise  # the intention stays without a result, until a person says whether it happened
        except OrderloomError as error:
            problem = error.problems[0]
            failed = {"code": problem.code, "where": list(problem.where), "fields": dict(problem.fields)}
            self._fresh.append({**entry, "at": self._world.now(), "failed": failed})
            raise
        self._fresh.append({**entry, "at": self._world.now(), "ok": result})
        return result

    async def _attempts(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> Any:
        attempt = self._begin_attempts(step, entry)
        while True:
            wish = 0.0
            try:
                result, verdict = await self._timed(step, request, entry)
                if verdict == "done":
                    return result
                problem = Problem("effect.refused" if verdict == "refused" else "effect.gave_up", fields=_about(result, attempt))
                perhaps_done = verdict == "retry" and result.get("status") != TOO_MANY
                wish = wished(_header(result, "retry-after"), self._world.now())
            except CallFailed as error:
                if error.after is not None:
                    await self._stand_back(step, entry, attempt, error.after)
                    continue
                verdict, problem = "retry" if error.retriable else "refused", error.problem
                perhaps_done = error.maybe_sent
            if perhaps_done and step.type.promise == "ask":
                raise UnknownOutcome
            if verdict == "refused":
                raise OrderloomError(problem)
            attempt += 1
            delay = delay_before(attempt, step.retry, self._world.chance())
            if delay is None:
                raise OrderloomError(problem)
            delay = max(delay, wish)
            if delay > PATIENCE:
                raise self._later(step, entry, attempt, delay)
            await self._world.sleep(delay)
            if self._recorded.cancelled:
                raise OrderloomError(problem)
            entry["attempts"] = attempt

    async def _stand_back(self, step: Step, entry: dict[str, Any], attempt: int, seconds: float) -> None:
        """The system is not asked for now. That is no attempt, however often it happens; who comes back is spread over a tenth more."""
        delay = seconds * (1 + self._world.chance() / 10)
        if self._recorded.cancelled or delay > PATIENCE:
            raise self._later(step, entry, attempt, delay)
        await self._world.sleep(delay)

    def _begin_attempts(self, step: Step, entry: dict[str, Any]) -> int:
        """The number of the attempt to make now. Raises ``Suspended`` where its time has not come."""
        before = self._recorded.backoffs.get(entry["id"])
        if before is None:
            return 1
        attempt, at = int(before["attempt"]), datetime.fromisoformat(before["next_at"])
        entry["attempts"] = attempt
        if at > self._world.now():
            raise Suspended(_backoff(step, entry, int(before["rest"]), at))
        return attempt

    def _later(self, step: Step, entry: dict[str, Any], attempt: int, delay: float) -> Suspended:
        at = self._world.now() + timedelta(seconds=delay)
        rest = self._recorded.rests.get(entry["id"], 0) + 1
        place = {name: entry[name] for name in ("id", "step", "key")}
        self._backoffs.append({**place, "attempt": attempt, "rest": rest, "next_at": at})
        return Suspended(_backoff(step, entry, rest, at))

    async def _timed(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> tuple[Any, str]:
        """One attempt; the entry keeps how long the last one took, in milliseconds."""
        began = self._world.clock()
        try:
            return await self._attempt(step, request, entry["id"])
        finally:
            seconds = self._world.clock() - began
            entry["ms"] = int(seconds * 10_000) / 10
            self._counters.nodes[step.index].called(seconds)

    async def _attempt(self, step: Step, request: EffectRequest, key: str) -> tuple[Any, str]:
        outside = self._world.outside
        if request.kind == "mail":
            await outside.mail(request.connection, request.content, key, step.timeout)
            return {"ok": True}, "done"
        answer = await outside.http(request.connection, request.content, key, step.timeout)
        return {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}, request.judge(answer)

    async def _to_hub(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> str:
        order = self._world.to_order(request.content["order"], self._event)
        fact = self._fact("results", results_body([{**entry, "ok": "@outcome"}]))
        began = self._world.clock()
        try:
            return await self._kept(self._world.journal.put_order(order, fact))
        finally:
            self._counters.nodes[step.index].called(self._world.clock() - began)

    async def _intend(self, entry: dict[str, Any]) -> None:
        await self._kept(self._world.journal.put_fact(self._fact("intention", write_json(entry))))

    async def _kept(self, write: asyncio.Future[T]) -> T:
        try:
            return await write
        except Exception as error:
            self.broken = error
            raise

    def _take_fresh(self) -> Fact:
        fresh, self._fresh = self._fresh, []
        backoffs, self._backoffs = self._backoffs, []
        return self._fact("results", results_body(fresh, backoffs))

    def _fact(self, kind: str, body: bytes) -> Fact:
        self._recorded.last += 1
        return Fact(self._event.id, self._recorded.last, kind, body, self._actor, self._world.now())


def _backoff(step: Step, entry: Mapping[str, Any], rest: int, at: datetime) -> NewWait:
    """Each rest is a wait of its own: one that is over is never opened again."""
    return NewWait("backoff", f"{entry['id']}/{rest}", entry["digest"], step.slug, entry["key"], at)


def _header(result: Mapping[str, Any], name: str) -> str | None:
    headers: Mapping[str, str] = result.get("headers") or {}
    return headers.get(name)


def woken(how: str, at: datetime, by: str, body: Any = None) -> dict[str, Any]:
    """How a wait ended, as the journal keeps it."""
    return {"how": how, "at": utc_text(at), "by": by, "body": body}


def due_at(content: Mapping[str, Any], now: datetime) -> datetime | None:
    """When a wait that begins now is over by itself."""
    if "until" in content:
        return datetime.fromisoformat(content["until"])
    return now + timedelta(seconds=content["seconds"]) if "seconds" in content else None


def _answer_from(known: Mapping[str, Any], digest: str) -> Any:
    if known["digest"] != digest:
        raise NodeError("run.diverged", effect=known["id"])
    if "failed" in known:
        failed = known["failed"]
        raise OrderloomError(Problem(failed["code"], tuple(failed["where"]), failed["fields"]))
    return known["ok"]


def _about(result: Mapping[str, Any], attempts: int) -> dict[str, Any]:
    return {"status": result.get("status"), "attempts": attempts}


class RecordedEffects:
    """For looking at a past run: answers from the journal only; what it does not hold has not happened (yet)."""

    def __init__(self, event: Event, recorded: Recorded) -> None:
        self._event, self._recorded = event, recorded
        self.requests: list[tuple[Step, str, str, EffectRequest]] = []

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        generation = self._recorded.generations.get((step.slug, key), 0)
        identity = effect_id(self._event.flow, step.slug, self._event.key, key, call, generation)
        self.requests.append((step, key, identity, request))
        known = self._recorded.results.get(identity)
        if known is None:
            raise NodeError("effect.pending")
        return _answer_from(known, request_digest(request))

    async def settle(self, step: Step) -> None:
        """Nothing to wait for."""
