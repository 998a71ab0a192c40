"""A shop that sends orders to a service which is struck meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.crash.service import Service
from tests.crash.world import World, order_of


class Shop:
    """Sends so many orders, and again those that were not answered. ``acknowledged`` holds the ids of those answered 200."""

    def __init__(self, world: World, service: Service, orders: int) -> None:
        self._world, self._service, self._orders = world, service, orders
        self._todo = list(range(orders))
        self._going_on = asyncio.Event()
        self._going_on.set()
        self.acknowledged: list[str] = []

    async def send(self) -> None:
        while self._todo:
            await self._going_on.wait()
            number = self._todo.pop()
            status, _ = await self._world.send(self._service, order_of(number), f"delivery-{number}")
            if status == 200:
                self.acknowledged.append(str(order_of(number)["id"]))
            elif status in (0, 503):
                self._todo.insert(0, number)
                await asyncio.sleep(0.02)

    async def struck(self, kills: int, strike: Callable[[Service], Awaitable[None]]) -> None:
        """The service is struck so many times, spread over the orders."""
        for turn in range(1, kills + 1):
            while self._todo and len(self._todo) > self._orders - self._orders * turn // (kills + 1):
                await asyncio.sleep(0.005)
            self._going_on.clear()
            await strike(self._service)
            self._going_on.set()
