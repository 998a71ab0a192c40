"""The order hub as a whole: orders of six platforms by real HTTP, badly pushed, while server and targets are killed and come back.

Platforms are simulated in this process; the server and the two targets are processes of their own, which ``kill -9`` ends. At the end
hub, WMS and finance must hold every order exactly once, as it is at its platform.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import TypeAdapter

from engine.sdk import Duration
from engine.testing.channel import PushFault
from tests.crash.service import ROOT, Service
from tests.whole.figures import LIMITED, Figures, figures_of
from tests.whole.judge import hub_faults, reconciliation_faults, target_faults
from tests.whole.platforms import CHANNELS, FAULTS, Platforms, platforms
from tests.whole.processes import Outages, TargetProcess, away
from tests.whole.service_api import ServiceApi
from tests.whole.target import Books

FAILING = "woocommerce"
CALLS, SPAN = 4, 1.0
"""The limited platform takes so many calls in so many seconds."""
TARGETS = ("wms", "finance")
_SPAN: TypeAdapter[timedelta] = TypeAdapter(Duration)


@dataclass(frozen=True, slots=True)
class Plan:
    """``rate``: orders a second; ``kills``: of the server; ``every``: seconds between two looks of a poll; ``away``: seconds that a
    target stays away; ``failing``: seconds in which the failing platform answers nothing; ``patience``: seconds in which pushes have
    to arrive after the last order, and all in the end.
    """

    orders: int
    rate: float
    kills: int
    every: float
    away: float = 1.0
    failing: float = 3.0
    patience: float = 60.0
    seed: int = 1
    faults: Mapping[PushFault, float] = field(default_factory=lambda: FAULTS)
    sabotage: str | None = None


@dataclass
class Outcome:
    """``found``: what is wrong, as sentences; none is what we want."""

    found: list[str]
    figures: Figures


@dataclass
class _Trial:
    plan: Plan
    shops: Platforms
    service: Service
    targets: dict[str, TargetProcess]
    api: ServiceApi
    outages: Outages = field(default_factory=Outages)
    made: int = 0
    same: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    async def run(self) -> Outcome:
        started = time.time()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._orders())
            group.create_task(self._havoc())
            group.create_task(self._bad_hour())
        await self.shops.finish(self.plan.patience)
        sent = time.time()
        found = await self._until_right()
        settled = time.time()
        figures = figures_of(
            self.shops, self.outages, await self.api.all("/api/events"), self._books(), self.plan.every, (started, sent, settled)
        )
        return Outcome(found, figures)

    async def _orders(self) -> None:
        start = time.time()
        while self.made < self.plan.orders:
            await asyncio.sleep(max(0.0, start + self.made / self.plan.rate - time.time()))
            self.shops.order(self.made)
            self.made += 1

    async def _havoc(self) -> None:
        """The server is killed so many times, spread over the orders; between two of its kills a target is."""
        steps = [step for number in range(self.plan.kills) for step in ("server", TARGETS[number % len(TARGETS)])]
        for number, who in enumerate(steps, 1):
            while self.made < self.plan.orders * number // (len(steps) + 1):
                await asyncio.sleep(0.02)
            if who == "server":
                await away(self.outages, who, self.service.kill, self.service.start, 0.0)
            else:
                await away(self.outages, who, self.targets[who].kill, self.targets[who].start, self.plan.away)

    async def _bad_hour(self) -> None:
        """One platform takes few calls all the time; another one takes none for a while."""
        self.shops.shops[LIMITED].limit(CALLS, SPAN)
        shop = self.shops.shops[FAILING]
        await asyncio.sleep(self.plan.orders / self.plan.rate / 3)
        since = time.time()
        shop.fail_next(100_000)
        await asyncio.sleep(self.plan.failing)
        shop.calls.failures.clear()
        asked = sum(shop.asked.values())
        while sum(shop.asked.values()) == asked and time.time() < since + 120:  # until it is asked again
            await asyncio.sleep(0.05)
        self.outages.spans.append((FAILING, since, time.time()))

    async def _until_right(self) -> list[str]:
        """What is wrong in the end. Waits until nothing is, as long as there is patience; most of the time is left to the service."""
        deadline = time.time() + self.plan.patience
        while True:
            begun = time.time()
            found = await self._look()
            if not found or time.time() > deadline or any("twice" in one for one in found):
                return found
            await asyncio.sleep(max(0.5, 3 * (time.time() - begun)))

    async def _look(self) -> list[str]:
        """The books of the targets cost nothing to look at, and fill last: the hub is asked once they are right."""
        right, books = self.shops.right(), self._books()
        found = [fault for name in TARGETS for fault in target_faults(name, right, books[name])]
        return found or hub_faults(right, await self.api.all("/api/orders")) or await self._reconciled()

    async def _reconciled(self) -> list[str]:
        """By the service itself, and that nothing waits for a person which nobody held. Nothing changes any more: a channel's day that is
        the same everywhere is not asked for again.
        """
        found: list[str] = []
        for one in product(self.shops.days, CHANNELS):
            faults = reconciliation_faults([await self.api.reconcile(*one)]) if one not in self.same else []
            found += faults
            self.same |= {one} if not faults else set()
        incidents = [one["problem"]["code"] for one in await self.api.all("/api/incidents")]
        under_way = [one["id"] for one in await self.api.all("/api/runs", state="queued")]
        held = sum(one.is_held for one in self.shops.right().values())
        holds = len(await self.api.all("/api/holds"))
        found += [f"{len(incidents)} runs are parked: {sorted(set(incidents))}"] if incidents else []
        found += [f"{len(under_way)} runs have not ended"] if under_way else []
        found += [f"{holds} orders wait for a release, {held} should"] if holds != held else []
        answers = [status for shop in self.shops.shops.values() for status in shop.pusher.forged]
        return found + [f"a push with a bad signature was answered {status}" for status in answers if status not in (401, 0)]

    def _books(self) -> dict[str, Books]:
        return {name: Books(target.file) for name, target in self.targets.items()}


async def run(plan: Plan, folder: Path) -> Outcome:
    async with AsyncExitStack() as stack:
        shops = await stack.enter_async_context(platforms(plan.seed))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        targets = {name: TargetProcess(name, folder) for name in TARGETS}
        for target in targets.values():
            stack.push_async_callback(target.kill)
        await asyncio.gather(*(target.start() for target in targets.values()))
        around = {name: {"type": name, "url": target.url} for name, target in targets.items()}
        around["team_chat"] = {"type": "wecom", "url": f"{targets['finance'].url}/chat?key=invented"}
        service = Service(folder / "data", {**shops.connections, **around}, plan.sabotage)
        stack.push_async_callback(service.stop)
        await service.start()
        api = ServiceApi(session, service.url)
        await api.publish("order_hub", _flow(plan))
        shops.push_to(service.url, plan.faults)
        return await _Trial(plan, shops, service, targets, api).run()


def _flow(plan: Plan) -> dict[str, Any]:
    """As it comes along, but for how often the platforms are asked; one that is asked more often stays so."""
    flow = json.loads((ROOT / "flows/order_hub.json").read_text(encoding="utf-8"))
    for node in flow["nodes"].values():
        own = _SPAN.validate_python(node.get("params", {}).get("every", "1m")).total_seconds()
        if node["use"].partition("@")[0].endswith("_poll") and own > plan.every:
            node["params"]["every"] = f"{round(plan.every * 1000)}ms"
    return flow
