"""The six platforms of the trial: orders that come, change and are held, pushed as badly as was ordered, listed for who asks."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import entry_points
from random import Random
from typing import Any

from engine.testing.channel import ChannelSimulator, KeptOrder, PushFault
from nodes.connector.channels import CANONICAL
from tests.whole.changes import Change

FAULTS: Mapping[PushFault, float] = {"doubled": 0.05, "lost": 0.02, "late": 0.01, "forged": 0.01}
CHANNELS = ("taobao", "jd", "pinduoduo", "shopify", "woocommerce", "own_shop")
HOOKED = frozenset({"taobao", "shopify", "woocommerce", "own_shop"})
"""They push to an address of ours; Pinduoduo is listened to."""
PUSHING = HOOKED | {"pinduoduo"}
LATER: Mapping[str, tuple[str, str]] = {
    "taobao": ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_CLOSED"),
    "jd": ("WAIT_GOODS_RECEIVE_CONFIRM", "TRADE_CANCELED"),
    "pinduoduo": ("shipped", "cancelled"),
    "shopify": ("fulfilled", "cancelled"),
    "woocommerce": ("completed", "cancelled"),
    "own_shop": ("shipped", "cancelled"),
}
"""What becomes of an order, in the words of its platform: it is shipped, or called off."""
HELD: Mapping[str, str] = {
    "taobao": "PAID_FORBID_CONSIGN", "jd": "PAUSE", "pinduoduo": "risk_review", "woocommerce": "on-hold", "own_shop": "paid_hold",
}  # fmt: skip
CHANGED, KEPT_BACK = 0.1, 0.02
"""Shares of the orders that change later, and that are held from the beginning; of these, every other one is let go by its platform."""
SETTLED = 2.0
"""Seconds after which an order changes at the earliest: platforms tell the time of a change in whole seconds."""


@dataclass(frozen=True, slots=True)
class Right:
    """What an order is at its platform, in our words."""

    status: str
    version: str
    paid: str
    is_held: bool


@dataclass
class Platforms:
    """``changes``: every version of every order, as they came about."""

    shops: Mapping[str, ChannelSimulator]
    chance: Random
    changes: list[Change] = field(default_factory=list[Change])
    _later: deque[tuple[float, str, str, str]] = field(default_factory=deque[tuple[float, str, str, str]])

    @property
    def connections(self) -> dict[str, dict[str, Any]]:
        return {name: shop.connection for name, shop in self.shops.items()}

    def push_to(self, url: str, faults: Mapping[PushFault, float]) -> None:
        for name in PUSHING:
            shop = self.shops[name]
            if name in HOOKED:
                shop.pusher.to = f"{url}/hooks/order_hub/{name}"
            shop.pusher.faults.mix(faults, seed=self.chance.randrange(1000))

    def order(self, number: int) -> None:
        """One more, at the next channel; and those change whose time has come."""
        channel = CHANNELS[number % len(CHANNELS)]
        shop, drawn = self.shops[channel], self.chance.random()
        state = HELD.get(channel) if drawn < KEPT_BACK else None
        made = self._noted(channel, lambda: shop.create(state=state)[0], is_first=True)
        if drawn > 1 - CHANGED or (drawn < KEPT_BACK / 2 and channel in HELD):
            becomes = self.chance.choice(LATER[channel]) if drawn > KEPT_BACK else next(iter(shop.states))
            self._later.append((time.time() + SETTLED + self.chance.random(), channel, made.id, becomes))
        while self._later and self._later[0][0] < time.time():
            self._change(self._later.popleft())

    async def finish(self, within: float) -> None:
        """What is to change changes; what was held back is sent; all pushes have arrived or were given up, also those that are still
        waiting after so many seconds: polling finds what they tell of.
        """
        while self._later:
            await asyncio.sleep(max(0.0, self._later[0][0] - time.time()))
            self._change(self._later.popleft())
        for shop in self.shops.values():
            shop.pusher.release()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await asyncio.gather(*(shop.pusher.settled() for shop in self.shops.values()))

    def right(self) -> dict[tuple[str, str], Right]:
        return {(name, order.id): _right(name, order) for name, shop in self.shops.items() for order in shop.orders}

    @property
    def days(self) -> list[str]:
        return sorted({datetime.fromtimestamp(one.at, UTC).date().isoformat() for one in self.changes})

    @property
    def made(self) -> int:
        return sum(one.is_first for one in self.changes)

    def _change(self, later: tuple[float, str, str, str]) -> None:
        _, channel, number, state = later
        self._noted(channel, lambda: self.shops[channel].move(number, state), is_first=False)

    def _noted(self, channel: str, act: Callable[[], KeptOrder], *, is_first: bool) -> KeptOrder:
        """The order after it was made or changed, noted with what becomes of the push that tells of it."""
        counts = self.shops[channel].pusher.counts
        before, at = Counter(counts), time.time()
        order = act()
        push = next(iter(counts - before), None)
        right = _right(channel, order)
        self.changes.append(Change((channel, order.id), right.version, at, is_first, right.is_held, push))
        return order


@asynccontextmanager
async def platforms(seed: int) -> AsyncGenerator[Platforms]:
    async with AsyncExitStack() as stack:
        shops: dict[str, ChannelSimulator] = {}
        for point in entry_points(group="orderloom.simulators"):
            if point.name in CHANNELS:
                shops[point.name] = await stack.enter_async_context(point.load()())
                shops[point.name].pusher.sent = deque()
        yield Platforms(shops, Random(seed))


def _right(channel: str, order: KeptOrder) -> Right:
    found = CANONICAL[channel]({"trade": order.body} if channel == "taobao" else order.body)
    return Right(found["status"], found["version"], found["amount"]["paid"], found["status"] == "paid_hold")
