"""What people decide about runs and incidents: journaled before anything comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from engine.calls import Calls
from engine.dispatch import Dispatch
from engine.errors import Conflict, InputInvalid, OrderloomError, Problem
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.recompute import BatchCall, batch_call
from engine.run.facts import decision_number, read_facts
from engine.run.live import UNKNOWN, Outcome, incident_of, unknown
from engine.run.plan import Plan
from engine.standstill import CODE as STANDS_STILL
from engine.store.operations import ENDS
from engine.store.ports import Event, Fact, Incident, IncidentState, Run, RunEnd, Store
from engine.store.write_incidents import OVERDUE

T = TypeVar("T")
ACTIONS_ON_INCIDENTS: Final = ("again", "anew", "skip", "sent", "not_sent")
ACTIONS_ON_DOUBT: Final = tuple(action for action in ACTIONS_ON_INCIDENTS if action != "again")
"""Whether a call that must not happen twice was made has to be answered first; that holds for many at once, too."""
ACTIONS_ON_DELAY: Final = ("noted",)
"""Nothing can be sent again because a run is late: it goes on by itself."""
ACTIONS_BY_CODE: Final[Mapping[str, tuple[str, ...]]] = {UNKNOWN: ACTIONS_ON_DOUBT, OVERDUE: ACTIONS_ON_DELAY, STANDS_STILL: ("again",)}


class Decisions:
    """A part of the running engine, which brings what this works with."""

    store: Store
    flows: PublishedFlows
    dispatcher: Dispatch
    calls: Calls
    _now: Callable[[], datetime]

    async def resume(self, incident_id: int, action: str, actor: str) -> int:
        """Send a parked item on. Returns the run's id. Raises ``NotFound``, ``Conflict`` (``incident.closed``) or ``InputInvalid``.

        ``again``: try once more, same idempotency key; ``anew``: once more under a new key; ``skip``: leave the item out;
        ``sent`` and ``not_sent``: the answer to "did this call happen?" after a crash;
        ``noted``: a missed deadline was seen.
        """
        if action not in (*ACTIONS_ON_INCIDENTS, *ACTIONS_ON_DELAY):
            raise InputInvalid(Problem("incident.bad_action", ("action",), {"actions": ACTIONS_ON_INCIDENTS}))
        incident = await self.open_incident(incident_id)
        batch = await batch_call(self.store, self.flows, incident)
        action = _fitting(action, incident, batch)
        body = {"step": incident.step, "key": incident.item_key, "action": action, **({"called": batch.called} if batch else {})}
        await self.close_incident(incident, "resumption", body, actor, "skipped" if action == "skip" else "resumed")
        return incident.run_id

    async def open_incident(self, incident_id: int) -> Incident:
        """Raises ``NotFound`` or ``Conflict`` (``incident.closed``)."""
        incident = await self.store.incident(incident_id)
        if incident.state != "open":
            raise Conflict(Problem("incident.closed", (str(incident_id),), {"state": incident.state}))
        return incident

    async def close_incident(self, incident: Incident, kind: str, body: Mapping[str, Any], actor: str, state: IncidentState) -> None:
        """Journal what a person decided about an incident, and let its run go on. Raises ``Conflict`` where somebody was quicker."""
        told = {"incident": str(incident.id), **body}
        await self._decide(incident.run_id, kind, told, actor, lambda fact: self.store.close_incident(incident.id, state, fact))
        self.dispatcher.resumed(await self.store.event(incident.run_id))

    async def cancel(self, run_id: int, actor: str) -> None:
        """Cancel a run that has not ended (rule R12). Raises ``NotFound`` or ``Conflict`` (``run.ended``)."""
        run = await self._not_ended(run_id)
        if not read_facts(await self.store.facts(run_id)).cancelled:
            await self.store.audit(actor, "run.cancel", f"run:{run_id}", {"state": run.state})
            await self._decide(run_id, "cancellation", {}, actor, self._put_cancellation)
        if not self.dispatcher.cancel(run_id):
            await self._not_ended(run_id)
            if not self.dispatcher.cancel(run_id):
                await self._end_cancelled(run)
        await self.calls.cancel_children(run_id, actor)

    async def _end_cancelled(self, run: Run) -> None:
        """A run that is not at work ends at once; whether a call of it happened is still to be said by a person."""
        doubts = [incident_of(one) for one in unknown(read_facts(await self.store.facts(run.id)))]
        self.dispatcher.forget(run.flow, run.order_key, run.id)
        await self.store.journal.end_run(run.id, RunEnd("cancelled", self._now(), doubts), decision=True)
        self.dispatcher.forget(run.flow, run.order_key, run.id)  # a later event may have found it parked a moment ago
        self.dispatcher.ended[run.flow, "cancelled"] += 1
        await self._tell_of_end(run.id)

    async def _tell_of_end(self, run_id: int) -> None:
        event = await self.store.event(run_id)
        try:
            plan = await self.flows.plan_at(event.flow, event.version)
        except OrderloomError:
            plan = None
        await self.calls.after(event, Outcome("cancelled"), plan)

    async def moved(self, event: Event, plan: Plan, actor: str) -> None:
        """A run that rests goes on in another version (rule R12); that it may is for ``engine.moves`` to find out."""
        body = {"from": event.version, "to": plan.version}
        await self._decide(event.id, "move", body, actor, lambda fact: self.store.move_run(fact, plan.version, plan.fingerprint))
        await self.store.audit(actor, "run.move", f"run:{event.id}", {"from": str(event.version), "version": str(plan.version)})
        self.dispatcher.resumed(await self.store.event(event.id))

    async def _not_ended(self, run_id: int) -> Run:
        run = await self.store.run(run_id)
        if run.state in ENDS:
            raise Conflict(Problem("run.ended", (str(run_id),), {"state": run.state}))
        return run

    async def _decide(self, run_id: int, kind: str, body: Mapping[str, Any], actor: str, keep: Callable[[Fact], Awaitable[T]]) -> T:
        """Journals what a person decided, under the next number that is free."""
        while True:
            number = decision_number(await self.store.facts(run_id))
            try:
                return await keep(Fact(run_id, number, kind, write_json(body), actor, self._now()))
            except Conflict as error:
                if error.problems[0].code != "store.already_kept":
                    raise

    async def _put_cancellation(self, fact: Fact) -> None:
        await self.store.journal.put_fact(fact, RunEnd("cancelling", fact.at), decision=True)


def _fitting(action: str, incident: Incident, batch: BatchCall | None) -> str:
    """What is decided by an action. Raises ``InputInvalid`` for one that the incident does not allow."""
    actions = ACTIONS_BY_CODE.get(incident.code, ACTIONS_ON_INCIDENTS)
    if batch is not None and incident.code == UNKNOWN:
        actions = tuple(one for one in actions if one != "skip")
    if action not in actions:
        raise InputInvalid(Problem("incident.bad_action", ("action",), {"actions": actions}))
    if batch is not None and action == "anew" and not batch.tried:
        return "again"  # it was decided on another item just now: the call goes out under a new key already
    return action
