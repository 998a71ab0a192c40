"""The watch, wired together: what the engine starts, and what pages and API ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engine.connection.book import ConnectionBook
from engine.errors import OrderloomError
from engine.intake.accept import Intake
from engine.intake.published import PublishedFlows
from engine.run.outside import Outside
from engine.store.ports import Run, RunFilter, RunState, Store, WaitFilter
from engine.watch.alarm_flows import AlarmFlows
from engine.watch.book import RuleBook
from engine.watch.contract.breaker import Limit
from engine.watch.contract.keeper import Contracts
from engine.watch.delays import Delays
from engine.watch.ears import Ears
from engine.watch.observations import Observation
from engine.watch.rules import Drifted
from engine.watch.sender import Sender
from engine.watch.watcher import Watcher

KEPT: Final = timedelta(days=400)
"""Alarms that were over for longer are deleted."""
RECENT: Final = timedelta(days=1)
RECOVERED: Final = 500
UNFINISHED: Final[tuple[RunState, ...]] = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Around:
    """What the watch works with. ``gauges``: how much there is of things now; ``full``: whether there is no room for more runs;
    ``contracts``: what changes in the forms of what arrives."""

    store: Store
    flows: PublishedFlows
    intake: Intake
    connections: ConnectionBook
    outside: Callable[[], Outside]
    gauges: Callable[[], Awaitable[Sequence[Observation]]]
    full: Callable[[], bool]
    contracts: Contracts
    now: Callable[[], datetime]
    language: str


class Watch:
    """``ears`` are there at once; ``open`` makes the rest."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.delays = Delays(store, now)
        self.ears = Ears(now, self.delays.add)
        self.rules = RuleBook(store)

    async def open(self, around: Around) -> None:
        self._around = around
        store, now = around.store, around.now
        flows = AlarmFlows(around.flows, around.intake, now, around.language, around.full)
        self.watcher = Watcher(store, self.ears, self.rules, self._observed, now)
        self.sender = Sender(store, around.connections, self.rules, around.outside, flows.tell, now, around.language)
        await self.rules.refresh()
        around.contracts.limits = self._limits
        await around.contracts.open()

    async def _observed(self) -> Sequence[Observation]:
        return [*await self._around.gauges(), *self._around.contracts.observations()]

    def _limits(self, operation: str) -> Sequence[Limit]:
        """Of the breaker, as the rules in use say."""
        rules = [rule for rule in self.rules.rules().values() if isinstance(rule, Drifted) and rule.enabled and rule.pause_percent]
        wanted = [rule for rule in rules if rule.operation in ("", operation)]
        return [Limit(rule.pause_percent, rule.pause_at_least, rule.pause_minutes) for rule in wanted]

    async def begin(self) -> None:
        """After a start: orders that were under way are so again. Of those that wait, only the ones whose calls are put off."""
        store, since = self._around.store, self._around.now() - RECENT
        for state in UNFINISHED:
            for run in (await store.runs(RunFilter(state=state, since=since), limit=RECOVERED)).items:
                await self._under_way(run)
        backoffs = (await store.waits(WaitFilter(kind="backoff"), limit=RECOVERED)).items
        for run_id in dict.fromkeys(wait.run_id for wait in backoffs):
            await self._under_way(await store.run(run_id))

    async def _under_way(self, run: Run) -> None:
        try:
            plan = await self._around.flows.plan_at(run.flow, run.version)
        except OrderloomError:
            return
        self.ears.expected(await self._around.store.event(run.id), plan)
        self.ears.rests(run.id, run.state)

    async def acknowledge(self, alarm_id: int, actor: str) -> None:
        """Somebody looks after it. Raises ``NotFound`` or ``Conflict`` (``alarm.not_raised``)."""
        await self._around.store.acknowledge_alarm(alarm_id, self._around.now(), actor=actor)

    async def look(self) -> None:
        await self.watcher.look()

    async def tell(self) -> None:
        if await self.watcher.holds():
            await self.sender.send()

    async def tidy(self) -> None:
        await self.delays.forget_old()
        await self._around.store.delete_alarms(self._around.now() - KEPT)
        await self._around.contracts.tidy()

    async def close(self) -> None:
        with suppress(OrderloomError):  # the store is gone: what was counted in the last seconds goes with it
            await self.delays.keep()
            await self._around.contracts.close()
            await self.watcher.close()
