"""The running engine, wired together: the one place that knows all parts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar

from engine.bulk import Bulk
from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober
from engine.connection.uses import hooks_of
from engine.dispatch import Dispatcher, Load, holds, may_hold
from engine.errors import Conflict, InputInvalid, OrderloomError, Problem
from engine.hub.project import to_hub_order
from engine.intake.accept import Intake, read_delivery
from engine.intake.parcel import unpack
from engine.intake.published import PublishedFlows
from engine.json_text import write_json
from engine.publication import publish
from engine.registry import Registry, installed
from engine.run.facts import read_facts
from engine.run.journaled import World
from engine.run.live_outside import LiveOutside
from engine.schedules import Schedules
from engine.settings import Settings
from engine.store.open import open_store
from engine.store.ports import Event, Fact, IncidentState, Run, RunEnd, RunFilter, Store, StoreOptions
from engine.upkeep import Upkeep
from engine.waits import Waits

log = logging.getLogger("orderloom")
DRAIN_SECONDS = 8.0
LOOK_EVERY = 0.5
"""Seconds within which a running service takes up what another process published (it promises one)."""
DECISIONS_FROM = 1_000_000
"""Facts that people add are numbered from the next million on: a run at work, which counts on from what it read, never meets them."""
T = TypeVar("T")
ENDED = ("done", "failed", "cancelled")
ACTIONS_ON_INCIDENTS = ("again", "anew", "skip", "sent", "not_sent")


def now() -> datetime:
    return datetime.now(UTC)


class Orderloom:
    """Use as an async context manager. Inside, hooks may be fed to ``intake`` and the rest read from ``store``."""

    def __init__(self, settings: Settings, store: Store, registry: Registry | None = None, clock: Callable[[], datetime] = now) -> None:
        self.settings, self.store, self._now = settings, store, clock
        self.registry = registry or installed()
        self.book = ConnectionBook(settings.connections, store)
        self.guard = AddressGuard(settings.allow_private)
        self.client = HttpClient(self.guard)
        self.prober = Prober(self.client, self.guard, self._now, partial(hooks_of, store, self.registry))
        self.flows = PublishedFlows(store, self.registry)
        self.started_at = self._now()
        self._upkeep = Upkeep()
        self._mark: int | None = None

    @classmethod
    def at(cls, settings: Settings) -> Self:
        """On the store that the settings name (not opened yet)."""
        key_file = str(settings.master_key_file) if settings.master_key_file else None
        return cls(settings, open_store(StoreOptions(str(settings.data), settings.database_url, key_file)))

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self.book.refresh()
        outside = LiveOutside(self.book, self.client, self.guard, self._now)
        self.gates = outside.gates
        self.world = World(self.store.journal, outside, self._now, to_hub_order)
        self.dispatcher = Dispatcher(self.world, self._load, self.settings.max_running)
        self.intake = Intake(self.store.journal, self.flows.runnable, self._secrets, self.dispatcher.accepted, self._now, self.store.owner)
        self.schedules = Schedules(self.flows, self.store, self.intake, self._now)
        self.bulk = Bulk(self.store, self.resume)
        self.waits = Waits(self.store, self._decide, self.dispatcher.resumed, self._now)
        await self.flows.refresh()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._upkeep.stop()
        await self.bulk.close()
        await self.dispatcher.drain(DRAIN_SECONDS)
        await self.client.close()
        await self.store.close()

    async def start(self) -> int:
        """Take up unfinished runs and watch for changes by other processes. Returns how many runs go on."""
        await self._note_parked()
        unfinished = await self.store.open_runs()
        for event in unfinished:
            self.dispatcher.recovered(event)
        self._upkeep.every(LOOK_EVERY, "take up changes", self._take_up_changes)
        self._upkeep.every(LOOK_EVERY, "wake what is due", self.waits.wake_due)
        self._upkeep.every(LOOK_EVERY, "start what is due", self.schedules.fire_due)
        self._upkeep.start()
        return len(unfinished)

    async def publish(self, document: bytes, *, note: str, actor: str) -> tuple[str, int]:
        """Publish a document and take it up at once. Raises ``FlowInvalid`` with every problem."""
        published = await publish(self.store, self.registry, self.book.types(), document, note=note, actor=actor)
        await self.flows.refresh()
        return published

    async def resume(self, incident_id: int, action: str, actor: str) -> int:
        """Send a parked item on. Returns the run's id. Raises ``NotFound``, ``Conflict`` (``incident.closed``) or ``InputInvalid``.

        ``again``: try once more, same idempotency key; ``anew``: once more under a new key; ``skip``: leave the item out;
        ``sent`` and ``not_sent``: the answer to "did this call happen?" after a crash.
        """
        if action not in ACTIONS_ON_INCIDENTS:
            raise InputInvalid(Problem("incident.bad_action", ("action",), {"actions": ACTIONS_ON_INCIDENTS}))
        incident = await self.store.incident(incident_id)
        if incident.state != "open":
            raise Conflict(Problem("incident.closed", (str(incident_id),), {"state": incident.state}))
        body = {"incident": str(incident_id), "step": incident.step, "key": incident.item_key, "action": action}
        state: IncidentState = "skipped" if action == "skip" else "resumed"
        await self._decide(incident.run_id, "resumption", body, actor, lambda fact: self.store.close_incident(incident_id, state, fact))
        self.dispatcher.resumed(await self.store.event(incident.run_id))
        return incident.run_id

    async def cancel(self, run_id: int, actor: str) -> None:
        """Cancel a run that has not ended (rule R12). Raises ``NotFound`` or ``Conflict`` (``run.ended``)."""
        run = await self._not_ended(run_id)
        await self.store.audit(actor, "run.cancel", f"run:{run_id}", {"state": run.state})
        await self._decide(run_id, "cancellation", {}, actor, self._put_fact)
        if self.dispatcher.cancel(run_id):
            return
        await self._not_ended(run_id)
        if not self.dispatcher.cancel(run_id):
            self.dispatcher.forget(run.flow, run.order_key, run_id)
            await self.store.journal.end_run(run_id, RunEnd("cancelled", self._now()))
            self.dispatcher.ended[run.flow, "cancelled"] += 1

    async def _not_ended(self, run_id: int) -> Run:
        run = await self.store.run(run_id)
        if run.state in ENDED:
            raise Conflict(Problem("run.ended", (str(run_id),), {"state": run.state}))
        return run

    async def _decide(self, run_id: int, kind: str, body: Mapping[str, Any], actor: str, keep: Callable[[Fact], Awaitable[T]]) -> T:
        """Journals what a person decided, under the next number that is free."""
        while True:
            last = max((fact.number for fact in await self.store.facts(run_id)), default=0)
            number = (last // DECISIONS_FROM + 1) * DECISIONS_FROM
            try:
                return await keep(Fact(run_id, number, kind, write_json(body), actor, self._now()))
            except Conflict as error:
                if error.problems[0].code != "store.already_kept":
                    raise

    async def _put_fact(self, fact: Fact) -> None:
        await self.store.journal.put_fact(fact)

    def _secrets(self, name: str) -> Mapping[str, Any]:
        return self.book.get(name).fields()

    async def _load(self, event: Event) -> Load:
        plan = await self.flows.plan_at(event.flow, event.version)
        arrival = read_delivery(plan.by_slug[event.trigger], unpack(await self.store.event_body(event.id)))
        recorded = read_facts(await self.store.facts(event.id))
        return Load(plan, arrival.items, arrival.channel, arrival.shop_id, recorded)

    async def _note_parked(self) -> None:
        """What holds back later events of its order. Waiting runs may be very many: only versions that hold at all are looked at."""
        for state in ("parked", "waiting"):
            holding: dict[tuple[str, int], bool] = {}
            cursor: str | None = None
            while True:
                page = await self.store.runs(RunFilter(state=state), limit=500, cursor=cursor)
                for run in page.items:
                    version = (run.flow, run.version)
                    if version not in holding:
                        holding[version] = await self._may_hold(run)
                    if holding[version] and await self._holds(run):
                        self.dispatcher.parked(run.flow, run.order_key, run.id)
                cursor = page.next
                if cursor is None:
                    break

    async def _may_hold(self, run: Run) -> bool:
        try:
            plan = await self.flows.plan_at(run.flow, run.version)
        except OrderloomError:
            return True
        return any(may_hold(plan, trigger, run.state) for trigger in plan.triggers)

    async def _holds(self, run: Run) -> bool:
        event = await self.store.event(run.id)
        try:
            return holds(await self.flows.plan_at(run.flow, run.version), event, run.state)
        except OrderloomError:
            return not event.passes

    async def _take_up_changes(self) -> None:
        """What any process published, or changed in the connections, since the last look."""
        mark = await self.store.change_mark()
        if mark != self._mark:
            await self.book.refresh()
            await self.flows.refresh()
            self._mark = mark
