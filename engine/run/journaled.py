"""Live effects: performed once, journaled, and answered from the journal ever after (rule R1)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from engine.connection.failures import CallFailed
from engine.errors import OrderloomError
from engine.json_text import write_json
from engine.run.call_notes import AttemptEnd, noted_attempt, was_made
from engine.run.calls import Ended
from engine.run.composition import BULK, compose
from engine.run.consigned import NEWER_IS_HELD, consignment_of
from engine.run.effects import EffectRequest, Suspended, request_digest
from engine.run.facts import Ending, Recorded, Spot, results_body
from engine.run.plan import Step
from engine.run.recorded import UnknownOutcome, answer_from, identity_of
from engine.run.resting import HELD_BACK, PATIENCE, attempt_of, has_rested, require_due, rest
from engine.run.retry import delay_before, missed_by_answer, missed_by_failure
from engine.run.tally import Counters
from engine.run.wakes import due_at, held_by, woken
from engine.run.world import World
from engine.store.consignments import Consignment
from engine.store.ports import Event, Fact, NewWait, RunEnd
from engine.store.problems import StoreUnavailable

T = TypeVar("T")
SENT = ("http", "mail", "call")


class JournaledEffects:
    """The effects of one run.

    ``asked`` holds the ids of all effects that the run asked for this time, ``called`` where it did not find them in the journal;
    ``broken`` is set when the journal did not take a fact: then nothing that the run made of it counts; ``overtook`` when the time of
    something was found to have come that may wait in the store yet.
    """

    def __init__(self, world: World, counters: Counters, event: Event, recorded: Recorded, actor: str) -> None:
        self._world, self._counters, self._event, self._recorded, self._actor = world, counters, event, recorded, actor
        self._fresh: list[dict[str, Any]] = []
        self._backoffs: list[dict[str, Any]] = []
        self._sent: list[Consignment] = []
        self.asked: set[str] = set()
        self.called: set[Spot] = set()
        self.broken: Exception | None = None
        self.overtook = False
        self._settling: asyncio.Future[None] | None = None

    async def perform(self, step: Step, key: str, call: int, request: EffectRequest) -> Any:
        if self.broken is not None:  # nothing may happen any more that the journal does not take
            raise self.broken
        identity = identity_of(self._event, self._recorded, step, key, call)
        digest = request_digest(request)
        self.asked.add(identity)
        known = self._recorded.results.get(identity)
        if known is not None:
            return answer_from(known, digest)
        entry: dict[str, Any] = {"id": identity, "digest": digest, "step": step.slug, "key": key}
        if request.kind == "wait":
            return self._wait(step, key, request, entry)
        if request.kind != "call" and identity in self._recorded.intentions:
            raise UnknownOutcome
        if self._recorded.new_seats:
            await self.settle(step)
        if request.kind in SENT and step.type.form is None and self._world.held(self._event):  # what is fetched goes nowhere
            raise self._hold_back(step, entry)
        if request.kind == "call":
            return await self._call(step, request, entry)
        if request.items and request.kind in BULK:
            await self._compose(entry, request.items)
        self.called.add((step.slug, key))
        if request.kind == "hub":
            return await self._to_hub(step, request, entry)
        attempt = self._begin_attempts(step, entry) if self._recorded.backoffs else 1
        if step.type.promise == "ask":
            await self._intend(entry)
        return await self._perform(step, request, entry, attempt)

    def knows(self, step: Step, key: str, call: int) -> bool:
        return identity_of(self._event, self._recorded, step, key, call) in self._recorded.results

    async def settle(self, step: Step) -> None:  # noqa: ARG002 - one journal for all steps of the run
        if self._news:
            self._settling = self._world.journal.put_fact(self._take_fresh(), sent=self._take_sent())
        if self._settling is not None:  # another step may have taken this one's results along a moment ago
            await self._kept(self._settling)

    def end(self, end: RunEnd, ending: Ending | None = None) -> asyncio.Future[None]:
        """Journals what is left together with the end of the run. ``ending``: how a node ended it, which is kept once."""
        news = ending if self._recorded.ending is None else None
        if self._news or news is not None:
            return self._world.journal.put_fact(self._take_fresh(news, end.at), end, sent=self._take_sent())
        return self._world.journal.end_run(self._event.id, end)

    @property
    def _news(self) -> bool:
        return bool(self._fresh or self._backoffs or self._recorded.new_seats)

    def unasked(self) -> list[dict[str, Any]]:
        """Recorded effects that this execution did not ask for: the run has diverged from what it did before."""
        left = set(self._recorded.results) - self.asked - self._recorded.superseded
        return [self._recorded.results[identity] for identity in sorted(left)]

    def _wait(self, step: Step, key: str, request: EffectRequest, entry: dict[str, Any]) -> Any:
        """A time that has come already is no wait. Whatever waits is opened with the end of the run."""
        content, now = request.content, self._world.now()
        due = due_at(content, now)
        if content["wait"] == "timer" and due is not None and due <= now:
            self.overtook = True
            ended = woken("due", now, "system")
            self._fresh.append({**entry, "at": now, "ok": ended})
            return ended
        kind: Any = content["wait"]
        roles = tuple(content.get("roles", ()))
        raise Suspended(NewWait(kind, entry["id"], entry["digest"], step.slug, key, due, roles, held_by(content)))

    async def _call(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> Any:
        """The run of another flow is begun at once; what it answers comes later, unless it has ended already (rule R11)."""
        if self._recorded.cancelled:
            raise Suspended(self._child(step, entry))
        content = request.content
        try:
            version = await self._version(step, content["flow"], content["version"])
            ended = await self._world.calls.begin(self._event, entry["id"], version, content)
        except StoreUnavailable as error:
            self.broken = error
            raise
        except OrderloomError as error:
            ended = Ended(failed=error.problems[0])
        if ended is None:
            raise Suspended(self._child(step, entry))
        self._fresh.append({**entry, "at": self._world.now(), **ended.entry()})
        if ended.failed is not None:
            raise OrderloomError(ended.failed)
        return ended.answer()

    async def _version(self, step: Step, flow: str, which: str) -> int:
        if which != "latest" and step.called is not None and step.called.version is not None:
            return step.called.version
        if flow not in self._recorded.versions:
            version = self._recorded.versions[flow] = self._world.calls.newest(flow)
            await self._kept(self._world.journal.put_fact(self._fact("versions", write_json({"versions": {flow: version}}))))
        return self._recorded.versions[flow]

    def _child(self, step: Step, entry: Mapping[str, Any]) -> NewWait:
        """After a person had it tried again, it is a wait of its own: one that is over is never opened again."""
        rest = self._recorded.rests.get(entry["id"], 0)
        return NewWait("child", f"{entry['id']}/{rest}" if rest else entry["id"], entry["digest"], step.slug, entry["key"])

    async def _perform(self, step: Step, request: EffectRequest, entry: dict[str, Any], attempt: int) -> Any:
        try:
            result = await self._attempts(step, request, entry, attempt)
        except (UnknownOutcome, Suspended):
            raise  # the intention stays without a result, until a person says whether it happened
        except OrderloomError as error:
            problem = error.problems[0]
            failed = {"code": problem.code, "where": list(problem.where), "fields": dict(problem.fields)}
            self._fresh.append({**entry, "at": self._world.now(), "failed": failed})
            raise
        await self._remember_sent(step, request, result)
        self._fresh.append({**entry, "at": self._world.now(), "ok": result})
        self._world.seen.delivered(self._event, step.type.name, request.content)
        return result

    async def _remember_sent(self, step: Step, request: EffectRequest, result: Any) -> None:
        """A parcel or a part, before the journal says that a target took it: after a crash in between it is handed over again, and
        remembered. That a whole order takes the place of such a one is kept with the fact, for nearly all are whole.
        """
        if request.kind != "http" or result["status"] == NEWER_IS_HELD:
            return
        sent = consignment_of(request.connection, request.content, self._event.id, step.type.name)
        if sent is None:
            return
        if not sent.members:
            self._sent.append(sent)
            return
        try:
            await self._world.consigned([sent])
        except StoreUnavailable as error:
            self.broken = error
            raise

    async def _attempts(self, step: Step, request: EffectRequest, entry: dict[str, Any], attempt: int) -> Any:
        while True:
            try:
                result, verdict = await self._attempt(step, request, entry)
                if verdict == "done":
                    self._world.seen.called(request.connection, went=True)
                    return result
                missed = missed_by_answer(result, verdict, attempt, self._world.now())
            except CallFailed as error:
                if error.after is not None:
                    await self._stand_back(step, entry, attempt, error.after)
                    continue
                missed = missed_by_failure(error)
            self._world.seen.called(request.connection, went=missed.heard)
            if missed.perhaps_done and step.type.promise == "ask":
                raise UnknownOutcome
            attempt += 1
            delay = delay_before(attempt, step.retry, self._world.chance()) if missed.again else None
            if delay is None:
                raise OrderloomError(missed.problem)
            delay = max(delay, missed.wish)
            if delay > PATIENCE:
                raise self._later(step, entry, attempt, delay)
            await self._world.sleep(delay)
            if self._recorded.cancelled:
                raise OrderloomError(missed.problem)
            entry["attempts"] = attempt

    async def _stand_back(self, step: Step, entry: dict[str, Any], attempt: int, seconds: float) -> None:
        """The system is not asked for now. That is no attempt, however often it happens; who comes back is spread over a tenth more."""
        delay = seconds * (1 + self._world.chance() / 10)
        if self._recorded.cancelled or delay > PATIENCE:
            raise self._later(step, entry, attempt, delay)
        await self._world.sleep(delay)

    def _begin_attempts(self, step: Step, entry: dict[str, Any]) -> int:
        """The number of the attempt to make now. Raises ``Suspended`` where its time has not come."""
        if not has_rested(self._recorded, entry):
            return 1
        attempt = entry["attempts"] = attempt_of(self._recorded, entry)
        require_due(self._recorded, step, entry, self._world.now())
        self.overtook = True
        return attempt

    def _hold_back(self, step: Step, entry: dict[str, Any]) -> Suspended:
        """No attempt is made, and none is counted."""
        self.overtook = self.overtook or has_rested(self._recorded, entry)
        return self._later(step, entry, attempt_of(self._recorded, entry), HELD_BACK, held=True)

    def _later(self, step: Step, entry: dict[str, Any], attempt: int, delay: float, *, held: bool = False) -> Suspended:
        at = self._world.now() + timedelta(seconds=delay)
        backoff, suspended = rest(self._recorded, step, entry, attempt, at, held=held)
        self._backoffs.append(backoff)
        return suspended

    async def _attempt(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> tuple[Any, str]:
        """One attempt; the entry keeps how long the last one took, in milliseconds."""
        at, began = self._world.now(), self._world.clock()
        ended: AttemptEnd = None
        try:
            if request.kind == "http":
                answer = await self._world.outside.http(request.connection, request.content, entry["id"], step.timeout)
                made = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
                result = ended = made, request.judge(answer)
            else:
                result = ended = await self._ask(step, request, entry["id"]), "done"
        except OrderloomError as error:
            ended = error
            raise
        finally:
            seconds = self._world.clock() - began
            entry["ms"] = int(seconds * 10_000) / 10
            self._counters.nodes[step.index].called(seconds)
            if was_made(request, ended):
                self._world.note(noted_attempt(self._event, step, request, entry, at, entry["ms"], ended))
        return result

    async def _ask(self, step: Step, request: EffectRequest, key: str) -> Any:
        """What is asked otherwise than by HTTP."""
        if request.kind == "mail":
            await self._world.outside.mail(request.connection, request.content, key, step.timeout)
            return {"ok": True}
        if request.kind == "reconcile":
            return await self._world.reconcile(request.content)
        if request.kind == "rules":
            return await self._world.rules(request.content)
        return {"desk": await self._at_desk(request.content)}

    async def _at_desk(self, content: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return await self._world.desk(content)
        except StoreUnavailable as error:
            self.broken = error
            raise

    async def _to_hub(self, step: Step, request: EffectRequest, entry: dict[str, Any]) -> str:
        order = self._world.to_order(request.content["order"], self._event)
        fact = self._fact("results", results_body([{**entry, "ok": "@outcome"}]))
        began = self._world.clock()
        try:
            return await self._kept(self._world.journal.put_order(order, fact))
        finally:
            self._counters.nodes[step.index].called(self._world.clock() - began)

    async def _compose(self, entry: dict[str, Any], items: tuple[str, ...]) -> None:
        if compose(self._recorded.compositions, entry, items):
            await self._kept(self._world.journal.put_fact(self._fact("composition", write_json({**entry, "items": items}))))

    async def _intend(self, entry: dict[str, Any]) -> None:
        await self._kept(self._world.journal.put_fact(self._fact("intention", write_json(entry))))

    async def _kept(self, write: asyncio.Future[T]) -> T:
        try:
            return await write
        except Exception as error:
            self.broken = error
            raise

    def _take_fresh(self, ending: Ending | None = None, at: datetime | None = None) -> Fact:
        fresh, self._fresh = self._fresh, []
        backoffs, self._backoffs = self._backoffs, []
        seats, self._recorded.new_seats = self._recorded.new_seats, {}
        return self._fact("results", results_body(fresh, backoffs, ending, seats), at)

    def _take_sent(self) -> list[Consignment]:
        sent, self._sent = self._sent, []
        return sent

    def _fact(self, kind: str, body: bytes, at: datetime | None = None) -> Fact:
        self._recorded.last += 1
        return Fact(self._event.id, self._recorded.last, kind, body, self._actor, at or self._world.now())
