"""The running engine, wired together: the one place that knows all parts."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar

from engine.bulk import Bulk
from engine.calls import Calls
from engine.connection.book import ConnectionBook
from engine.connection.certificates import Certificates
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.probe import Prober
from engine.connection.renewer import Renewer
from engine.connection.uses import hooks_of
from engine.decisions import Decisions
from engine.dispatch import Dispatch, Dispatcher, Load
from engine.due import DueJobs
from engine.error_flows import ErrorFlows
from engine.goods import GoodsWatch
from engine.held_back import Holders
from engine.hub.channel_lists import ChannelLists
from engine.hub.cleansing import Cleansing
from engine.hub.desk import HubDesk
from engine.hub.gathering import Gathering
from engine.hub.holds import Holds
from engine.hub.project import to_hub_order
from engine.hub.reconciler import Reconciler, for_flow
from engine.hub.source_lists import SourceLists
from engine.intake.accept import Intake, read_kept
from engine.intake.answers import HookAnswers
from engine.intake.parcel import unpack
from engine.intake.published import PublishedFlows
from engine.intake.split import went_along_in
from engine.left_behind import LeftBehind
from engine.node.triggers import Arrival
from engine.path.finder import StuckOrders
from engine.publication import publish
from engine.registry import Registry, installed
from engine.replay import Recorder, Replays
from engine.retention import Retainer, Rules
from engine.run.facts import read_facts
from engine.run.live import Outcome
from engine.run.live_outside import LiveOutside
from engine.run.mended import mended_plan
from engine.run.plan import Plan
from engine.run.world import World
from engine.schedules import Schedules
from engine.settings import Settings
from engine.source import Sources, Ways
from engine.standstill import Standstill
from engine.store.call_records import CallNote
from engine.store.open import open_store
from engine.store.options import KeepCalls
from engine.store.ports import DueKind, Event, Store, StoreOptions
from engine.take_up import TakeUp
from engine.upkeep import Job, Upkeep
from engine.waits import Waits
from engine.watch.contract.keeper import Contracts
from engine.watch.endings import endings
from engine.watch.gauges import Gauges
from engine.watch.observations import Observation
from engine.watch.skew import SkewWatch
from engine.watch.watch import Around, Watch

log = logging.getLogger("orderloom")
DRAIN_SECONDS = 8.0
TAKE_UP_EVERY = 0.2
HEAL_EVERY = 30.0
LOOK_EVERY = 0.5
"""Seconds within which a running service takes up what another process published (it promises one)."""
SEARCH_EVERY = 30.0
LOOK_AGAIN_EVERY = 1.0
"""After the writer's process has died, what nobody was told of is taken up with the second look."""
ADOPT_EVERY = 5.0
"""Seconds after which the runs of a process that is gone are taken up by another that works on the same store."""
MATCHED_EVERY = 5.0
"""Seconds after which it is seen that an order was held just as its SKU became known, or that another process knows it."""
STANDSTILL_EVERY = 30.0
WATCH_EVERY = 1.0
KEEP_DELAYS_EVERY = 5.0
RETENTION_EVERY = 600.0
RETENTION_FIRST = 60.0
"""Seconds after a start: a service that is often restarted deletes too, and whoever changed the settings sees it soon."""
T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


class Orderloom(Decisions):
    """Use as an async context manager. Inside, hooks may be fed to ``intake`` and the rest read from ``store``."""

    def __init__(self, settings: Settings, store: Store, registry: Registry | None = None, clock: Callable[[], datetime] = now) -> None:
        self.settings, self.store, self._now = settings, store, clock
        self.registry = registry or installed()
        self.book = ConnectionBook(settings.connections, store)
        self.guard = AddressGuard(settings.allow_private, settings.allow_folders)
        self.client = HttpClient(self.guard)
        self.prober = Prober(self.client, self.guard, self._now, partial(hooks_of, store, self.registry), note=self._note)
        self.renewer = Renewer(store, self.book, self.client, self._now)
        self.certificates = Certificates(self.book, self.guard, self._now)
        self.flows = PublishedFlows(store, self.registry)
        self.holders = Holders(store, self.flows)
        self.started_at = self._now()
        self.watch = Watch(store, self._now)
        self.contracts = Contracts(store, self.registry, self._now, self.flows.plans_at_hand, self.watch.ears.note)
        self._upkeep = Upkeep()
        self._mark: int | None = None

    @classmethod
    def at(cls, settings: Settings, *, serves: bool = False) -> Self:
        """On the store that the settings name (not opened yet). ``serves``: for long, and very many orders."""
        keep, apart = KeepCalls(settings.keep_calls_days, settings.keep_calls), serves and settings.writer == "process"
        return cls(settings, open_store(StoreOptions(settings.data, settings.database_url, settings.master_key_file, keep, apart)))

    async def __aenter__(self) -> Self:
        await self.store.open()
        await self.book.refresh()
        outside = LiveOutside(self.book, self.client, self.guard, self._now)
        self.gates = outside.gates
        self.calls = Calls(self.store, self.flows, self._now, self._decide, self._resumed, self.cancel)
        self.cleansing = Cleansing(self.store, lambda: self.holds, self._now)
        channels = ChannelLists(self.registry, self.book, outside, self.store.call_log.note, self._now)
        self.reconciler = Reconciler(
            self.store, self.book, outside, SourceLists(self.store, self.book, channels, self.cleansing.applied_to), self._now
        )
        self.desk = HubDesk(self.store, self._now)
        hub_order = partial(to_hub_order, key=self.store.subject_key())
        self.world = World(
            self.store.journal, outside, self._now, hub_order, calls=self.calls, seen=self.watch.ears,
            note=self.store.call_log.note, reconcile=self._reconcile, rules=self.cleansing.applied, held=self.contracts.holds,
            desk=self.desk.do, consigned=self.store.keep_consignments, fetched=self.contracts.fetched,
        )  # fmt: skip
        self.answers = HookAnswers(self.flows, self.store, self._now, self.world.noted)
        self.dispatcher: Dispatch = Dispatcher(
            self.world, self._load, self.settings.max_running, self.flows.at_hand, self._after, self.holders.of_order
        )
        self.take_up = take_up = TakeUp(self.store, self.dispatcher, self.settings.max_waiting)
        self.left_behind = LeftBehind(self.store, self.dispatcher, take_up, self._now, self.settings.max_running)
        journal, secrets, most = self.store.journal, self._secrets, self.settings.max_body
        self.intake = Intake(
            journal, self.flows.runnable, secrets, self._accepted, self._now, take_up.require_room, take_up.unread, max_body=most,
            terms=self.contracts.terms, share_of=self.flows.share, plan_at=self.flows.plan_at,
            went_along=went_along_in(self.store),
        )  # fmt: skip
        self.calls.intake = self.intake
        outside.dated = SkewWatch(self.watch.ears.dated)
        ways = Ways(self.book, self.guard, outside, self.watch.ears)
        self.sources = Sources(self.flows, self.store, self.intake, ways, self._now, lambda: not take_up.full)
        self.schedules = Schedules(self.flows, self.store, self.intake, self._now)
        self.error_flows = ErrorFlows(self.flows, self.store, self.intake, self._now, self.settings.language, lambda: self.take_up.full)
        self.bulk = Bulk(self.store, self.resume)
        self.replays = Replays(self.store, self.registry)
        self.recorder = Recorder(self.store, self.registry, self._now)
        limit, rests = timedelta(minutes=self.settings.stands_still_minutes), lambda: self.take_up.behind
        self.standstill = Standstill(self.store, self.dispatcher, self.holders.holds, self._now, limit, rests, self.flows.limits)
        self.stuck = StuckOrders(self.store, self.flows, self.dispatcher, self.gates.states, self._now)
        self.retainer = Retainer(self.store, Rules(self.settings.keep_days, self.settings.keep_runs), self._now, own=self.flows.keeping)
        gathering = Gathering(self.store, self.dispatcher.resumed, self._now)
        self.waits = Waits(self.store, self._decide, self.dispatcher.resumed, self._now, gathering.end, self.flows)
        self.holds = Holds(self.store, self.waits)
        await self.flows.refresh()
        await self.watch.open(self._around())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._upkeep.stop()
        self.retainer.close()
        await self.sources.close()
        await self.bulk.close()
        await self.replays.close()
        await self.dispatcher.drain(DRAIN_SECONDS)
        await self.watch.close()
        await self.client.close()
        await self.store.close()

    async def start(self) -> int:
        """Take up unfinished runs and watch for changes by other processes. Returns how many runs go on at once."""
        await self.holders.tell(self.dispatcher)
        going_on = await self.take_up.begin()
        await self.calls.heal()
        await self.watch.begin()
        self._upkeep.every(LOOK_EVERY, "look for what is due", self._due_jobs().look)
        self._upkeep.every(SEARCH_EVERY, "take up what nobody works on", self.left_behind.look)
        self._upkeep.every(LOOK_AGAIN_EVERY, "take up what nobody heard of", self.left_behind.look_after_a_loss)
        self._upkeep.every(ADOPT_EVERY, "adopt", self._adopt)
        self._upkeep.every(TAKE_UP_EVERY, "take up what rests in the store", self.take_up.go_on)
        self._upkeep.every(MATCHED_EVERY, "release orders whose SKUs are known", self.cleansing.release_known)
        self._upkeep.every(HEAL_EVERY, "bring answers that were left", self.calls.heal)
        self._upkeep.every(LOOK_EVERY, "start what is due", self.schedules.fire_due)
        self._upkeep.every(STANDSTILL_EVERY, "look for what stands still", self.standstill.look)
        self._upkeep.every(STANDSTILL_EVERY, "renew tokens", self.renewer.look)
        self._upkeep.every(STANDSTILL_EVERY, "look at certificates", self.certificates.look)
        self._upkeep.every(STANDSTILL_EVERY, "look for stuck orders", self.stuck.look)
        self._upkeep.every(RETENTION_EVERY, "delete what is old", self.retainer.sweep, first=RETENTION_FIRST)
        self._upkeep.every(WATCH_EVERY, "look at what arrived", self.contracts.look)
        self._upkeep.every(WATCH_EVERY, "look for alarms", self.watch.look)
        self._upkeep.every(KEEP_DELAYS_EVERY, "keep delays", self.watch.delays.keep)
        self._upkeep.every(RETENTION_EVERY, "delete old alarms", self.watch.tidy)
        self._upkeep.every(RETENTION_EVERY, "delete old recordings", self.recorder.tidy)
        self._upkeep.every(LOOK_EVERY, "listen to sources", self.sources.look)
        self._upkeep.every(TAKE_UP_EVERY, "look over published flows", self.flows.look_over)
        self._upkeep.start()
        return going_on

    def _due_jobs(self) -> DueJobs:
        jobs: dict[DueKind, Job] = {
            "waits": self.waits.wake_due,
            "holds": self.holds.end_overtaken,
            "notices": self.error_flows.tell,
            "messages": self.watch.tell,
            "recordings": self.recorder.look,
        }
        return DueJobs(self.store, self._upkeep, self._now, jobs, self._take_up_changes, lambda: self._mark)

    async def publish(self, document: bytes, *, note: str, actor: str) -> tuple[str, int]:
        """Publish a document and take it up at once. Raises ``FlowInvalid`` with every problem."""
        published = await publish(self.store, self.registry, self.book.types(), self.flows.called_by, document, note=note, actor=actor)
        await self.flows.refresh()
        await self.flows.newest(published[0])
        return published

    async def _reconcile(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return for_flow(await self.reconciler.reconcile(asked["day"], asked["channel"], asked.get("source")))

    def _around(self) -> Around:
        """What the watch works with."""
        gauges = Gauges(
            self.store,
            self._in_line,
            lambda: self.standstill.last,
            lambda: self.stuck.last,
            partial(endings, self.renewer, self.certificates),
            self._now,
        )
        goods = GoodsWatch(self.store, self.desk, self.watch.rules.rules, self._now)
        outside, full = lambda: self.world.outside, lambda: self.take_up.full
        language = self.settings.language

        async def measured() -> Sequence[Observation]:
            return [*await gauges.levels(), *await goods.seen()]

        return Around(self.store, self.flows, self.intake, self.book, outside, measured, full, self.contracts, self._now, language)

    def _in_line(self) -> int | None:
        """``None`` while runs rest in the store: then nobody knows how many wait."""
        return None if self.take_up.behind and not self.take_up.full else self.dispatcher.waiting

    def _accepted(self, event: Event, plan: Plan, arrival: Arrival) -> None:
        self.watch.ears.expected(event, plan)
        self.contracts.heard(event, plan, arrival)
        self.take_up.accepted(event, plan, arrival)

    def _after(self, event: Event, outcome: Outcome, plan: Plan | None) -> Awaitable[None] | None:
        self.watch.ears.rests(event.id, outcome.state)
        return self.calls.after(event, outcome, plan) if self.calls.concerns(event, outcome, plan) else None

    def _resumed(self, event: Event) -> None:
        self.dispatcher.resumed(event)

    def _note(self, call: CallNote) -> None:
        self.store.call_log.note(call)

    def _secrets(self, name: str) -> Mapping[str, Any]:
        return self.book.get(name).fields()

    async def _load(self, event: Event) -> Load:
        recorded = read_facts(await self.store.facts(event.id))
        plan = mended_plan(await self.flows.plan_at(event.flow, event.version), recorded)
        delivery = unpack(await self.store.event_body(event.id))
        arrival = read_kept(plan.by_slug[event.trigger], delivery, self.settings.max_body, recorded.terms)
        recorded.terms = arrival.terms
        return Load(plan, arrival.items, arrival.channel, arrival.shop_id, recorded)

    async def _adopt(self) -> None:
        adopted, known = await self.store.adopt_runs(), self.dispatcher.known()
        self.take_up.adopted([event for event in adopted if event.id not in known])

    async def _take_up_changes(self) -> None:
        """What any process published, or changed in the connections, since the last look."""
        mark = await self.store.change_mark()
        if mark != self._mark:
            await self.book.refresh()
            await self.flows.refresh()
            await self.watch.rules.refresh()
            await self.contracts.refresh()
            self._mark = mark
