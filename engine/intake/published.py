"""The published flows as plans: compiled when they are first needed, kept current while other processes publish."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Final

from engine.errors import OrderloomError
from engine.flow.calls import callees_of
from engine.flow.document import Flow, Keep
from engine.intake.starters import Starters
from engine.registry import Registry
from engine.run.calls import FindPlan
from engine.run.plan import Plan, compile_flow
from engine.store.ports import Share, Store
from engine.store.problems import StoreUnavailable
from engine.threads import DaemonThreads

log = logging.getLogger("orderloom.flows")
KEPT: Final = 500
"""Plans that are kept when nothing is at work in them, besides those that start by themselves: the ones that were used last."""
LOOK_OVER: Final = 0.01
"""Seconds that are spent in one go on flows that nobody has asked for."""
KEEPS: Final = '"keep"'
STANDS: Final = '"stands_still"'
NAMED: Final = (KEEPS, STANDS)
"""What stands in the documents of flows that say how long their runs are kept, or when they stand still; in others perhaps too."""
_COMPILING: Final = DaemonThreads(1, "compile")
"""Of its own: whoever waits for it may hold a thread of the usual ones."""


class PublishedFlows:
    """``newest(name)`` is the published version; ``plan_at`` any version, for runs that are pinned to it.

    ``broken``: what is wrong with published flows that cannot run here; of a flow that nobody has asked for it is found out by
    ``look_over``. Where its newest version cannot run, a flow goes on in the last one that could.
    """

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store, self._registry = store, registry
        self._starters = Starters(registry)
        self._plans: OrderedDict[tuple[str, int], Plan] = OrderedDict()
        self._compiling: dict[tuple[str, int], asyncio.Task[Plan]] = {}
        self._published: dict[str, int] = {}
        self._runs_in: dict[str, int] = {}
        self._unjudged: dict[str, None] = {}
        self._naming: dict[str, set[str]] = {word: set() for word in NAMED}
        self._shares: dict[str, Share] = {}
        self._mark: int | None = None
        self.broken: dict[str, OrderloomError] = {}

    def running(self) -> Mapping[str, int]:
        """The versions that take events, by flow. A flow counts until it is found that it cannot run."""
        healthy = {name: version for name, version in self._published.items() if name not in self.broken}
        return {**self._runs_in, **healthy}

    def version(self, name: str) -> int | None:
        """The version that takes events."""
        return self._runs_in.get(name) if name in self.broken else self._published.get(name)

    def share(self, name: str) -> Share | None:
        """The share of its orders that goes through another version."""
        return self._shares.get(name)

    def at_hand(self, name: str, version: int) -> Plan | None:
        """A version that needs no look into the store."""
        key = (name, version)
        plan = self._plans.get(key)
        if plan is not None:
            self._plans.move_to_end(key)
        return plan

    def plans_at_hand(self) -> list[Plan]:
        """Of the versions that take events."""
        return [plan for (name, version), plan in self._plans.items() if version == self.version(name)]

    def newest_at_hand(self, name: str) -> Plan | None:
        """``newest``, where nothing has to be waited for."""
        version = self._published.get(name)
        return None if version is None else self.at_hand(name, version)

    async def newest(self, name: str) -> Plan | None:
        """The plan of a published flow. Raises ``StoreUnavailable``."""
        held, version = self.newest_at_hand(name), self._published.get(name)
        if held is not None or version is None:
            return held
        return await (self._former(name) if name in self.broken else self._judge(name, version, keep=True))

    async def runnable(self, name: str) -> Plan | None:
        """The same. Raises what is wrong with a published flow that cannot run: its senders shall come again."""
        found = await self.newest(name)
        if found is None and name in self.broken:
            raise self.broken[name]
        return found

    async def plan_at(self, name: str, version: int) -> Plan:
        """Raises ``NotFound`` or, where a node type has gone since, ``FlowInvalid``."""
        held = self.at_hand(name, version)
        return held if held is not None else self._keep(await self._compiled(name, version))

    async def starting(self, kind: str) -> list[Plan]:
        """Those with a trigger that starts so (``schedule``, ``incident``, ``call``; ``source``: one that listens), by name."""
        found = [await self.newest(name) for name in sorted(self._starters.flows(kind))]
        return [plan for plan in found if plan is not None and self._starters.starts(plan, kind)]

    async def keeping(self) -> dict[str, Keep]:
        """What flows say of how long their runs are kept."""
        return {plan.name: plan.flow.keep for plan in await self._with(KEEPS) if plan.flow.keep is not None}

    async def limits(self) -> dict[tuple[str, str], timedelta]:
        """After how long without a movement runs stand still, by flow and trigger that say so."""
        nodes = [(plan.name, slug, plan.flow.nodes[slug].policy) for plan in await self._with(STANDS) for slug in plan.triggers]
        return {(name, slug): own.stands_still for name, slug, own in nodes if own is not None and own.stands_still is not None}

    async def _with(self, word: str) -> list[Plan]:
        found = [await self.newest(name) for name in sorted(self._naming[word])]
        return [plan for plan in found if plan is not None]

    async def called_by(self, flow: Flow) -> FindPlan:
        """Finds the flows that a flow calls, those that these call, and so on."""
        found: dict[str, Plan | None] = {}
        waiting = [name for _, name, _ in callees_of(flow, self._registry)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                plan = found[name] = await self.newest(name)
                waiting += plan.callees if plan is not None else ()
        return found.get

    def from_thread(self) -> FindPlan:
        """``newest`` for another thread than that of the event loop, in which this is called."""
        loop = asyncio.get_running_loop()
        return lambda name: asyncio.run_coroutine_threadsafe(self.newest(name), loop).result()

    async def refresh(self) -> bool:
        """Takes note of what was published since; true where something changed anywhere."""
        mark = await self._store.change_mark()
        if mark == self._mark:
            return False
        shares = await self._store.shares()  # before what is published: a share ends with the version that it stands beside
        published = await self._store.published()
        changed = {name: version for name, version in published.items() if self._published.get(name) != version}
        words = await self._store.published_naming(list(changed), (*self._starters.words, *NAMED))
        if self._mark is not None and mark < self._mark:  # a look that began before may end after
            return True
        self._starters.note(changed, words)
        for word, names in self._naming.items():
            names.difference_update(changed)
            names.update(name for name in changed if word in words.get(name, ()))
        for name, version in changed.items():
            self._published[name] = version
            self._unjudged[name] = None
            self.broken.pop(name, None)
        self._shares = {name: share for name, share in shares.items() if share.state == "share"}
        self._mark = mark
        return True

    async def look_over(self) -> int:
        """Find out of some flows whether they can run. Returns how many are left."""
        until = monotonic() + LOOK_OVER
        while self._unjudged and monotonic() < until:
            name = next(iter(self._unjudged))
            await self._judge(name, self._published[name], keep=len(self._plans) < KEPT)
        return len(self._unjudged)

    async def _judge(self, name: str, version: int, *, keep: bool) -> Plan | None:
        try:
            plan = await self._compiled(name, version)
        except StoreUnavailable:
            raise
        except OrderloomError as error:
            if self._is_judged(name, version):
                self.broken[name] = error
                log.error("published flow cannot run", extra={"flow": name, "version": version, "codes": [p.code for p in error.problems]})  # noqa: TRY400
            return await self._former(name)
        if self._is_judged(name, version):
            self._runs_in[name] = version
        return self._keep(plan) if keep else plan

    def _is_judged(self, name: str, version: int) -> bool:
        """Takes it off the list, unless a later version was published meanwhile."""
        if self._published.get(name) != version:
            return False
        self._unjudged.pop(name, None)
        return True

    async def _former(self, name: str) -> Plan | None:
        version = self._runs_in.get(name)
        return None if version is None else await self.plan_at(name, version)

    async def _compiled(self, name: str, version: int) -> Plan:
        """Once at a time, however many ask, and in a thread: a large flow takes seconds."""
        key = (name, version)
        task = self._compiling.get(key)
        if task is None:
            task = self._compiling[key] = asyncio.create_task(self._compile(name, version))
            task.add_done_callback(lambda _: self._compiling.pop(key, None))
        return await asyncio.shield(task)

    async def _compile(self, name: str, version: int) -> Plan:
        kept = await self._store.version(name, version)
        return await asyncio.wrap_future(_COMPILING.submit(lambda: compile_flow(kept.document, self._registry, version, kept.calls)))

    def _keep(self, plan: Plan) -> Plan:
        self._plans[plan.name, plan.version] = plan
        self._plans.move_to_end((plan.name, plan.version))
        while len(self._plans) > KEPT + len(self._starters):
            self._plans.popitem(last=False)
        return plan
