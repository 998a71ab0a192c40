"""Sends deliveries to the hooks over HTTP at a steady pace, as the channels would: what is not acknowledged comes again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import aiohttp

from designer.demo.signing import Delivery

PATIENCE_SECONDS = 0.5


class Sender:
    """``answers``: deliveries by ``accepted``, ``duplicate`` or another status; ``acknowledged``: the ids of their events."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.answers: Counter[str] = Counter()
        self.acknowledged: set[int] = set()

    async def send(self, deliveries: Iterator[Delivery], per_second: float, most: int | None) -> None:
        """Until ``most`` deliveries are sent; ``None``: for ever."""
        async with aiohttp.ClientSession() as session:
            loop = asyncio.get_running_loop()
            start, sent = loop.time(), 0
            while most is None or sent < most:
                await asyncio.sleep(max(0.0, start + sent / per_second - loop.time()))
                await self._deliver(session, next(deliveries))
                sent += 1

    async def _deliver(self, session: aiohttp.ClientSession, one: Delivery) -> None:
        while True:
            status, answer = await self._post(session, one)
            if status == 200:
                self.answers["duplicate" if answer["duplicate"] else "accepted"] += 1
                self.acknowledged.add(int(answer["event"]))
                return
            if status not in (0, 503):
                self.answers[str(status)] += 1
                return
            await asyncio.sleep(PATIENCE_SECONDS)

    async def _post(self, session: aiohttp.ClientSession, one: Delivery) -> tuple[int, dict[str, str]]:
        try:
            async with session.post(self._base + one.path, data=one.body, headers=one.headers) as response:
                return response.status, await response.json(content_type=None)
        except aiohttp.ClientError:
            return 0, {}
