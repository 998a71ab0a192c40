"""Sends a channel's pushes, as badly as was ordered, and again where they are refused, as platforms do."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol

import aiohttp
from yarl import URL

from engine.testing.channel.faults import PushFault, PushFaults

AT_ONCE: Final = 16
ATTEMPTS: Final = 6
FIRST_PAUSE: Final = 0.2
TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True)
class Push:
    """One push of a platform, signed. ``query`` is sent as it stands, percent-encoded."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    query: str = ""


class Sign(Protocol):
    """Makes the push at the time of sending; ``forged``: with a signature that does not hold."""

    def __call__(self, *, forged: bool) -> Push: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """How a push went: ``status`` of the last answer, 0 where none came."""

    order_id: str
    fault: PushFault | None
    status: int


class Pusher:
    """Nothing is sent while ``to`` is ``None``. ``sent`` holds the newest pushes, ``counts`` all by fault (``well`` without one);
    ``forged``: what was answered to those whose signature does not hold, by status. ``forgeable``: whether a push can be such a one.
    """

    forgeable: ClassVar[bool] = True

    def __init__(self, to: str | None) -> None:
        self.to = to
        self.faults = PushFaults()
        self.sent: deque[Sent] = deque(maxlen=1000)
        self.counts: Counter[str] = Counter()
        self.forged: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: list[tuple[str, Sign]] = []
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    def push(self, order_id: str, sign: Sign) -> None:
        """Send it soon; returns at once."""
        if self.to is None:
            return
        fault = self.faults.draw()
        if fault == "forged" and not self.forgeable:
            fault = None
        self.counts[fault or "well"] += 1
        if fault == "late":
            self._late.append((order_id, sign))
            return
        if fault == "lost":
            self.sent.append(Sent(order_id, fault, 0))
            return
        self._begin(self._send(order_id, sign, fault, after=self._take_late()))

    def release(self) -> None:
        """Send what is held back as late."""
        for order_id, sign in self._take_late():
            self._begin(self._one(order_id, sign, "late"))

    async def settled(self) -> None:
        """Returns once all is sent or given up."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _begin(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _take_late(self) -> list[tuple[str, Sign]]:
        late, self._late = self._late, []
        return late

    async def _send(self, order_id: str, sign: Sign, fault: PushFault | None, after: list[tuple[str, Sign]]) -> None:
        if fault == "forged":
            self.forged[await self._post(lambda: sign(forged=True))] += 1
        await self._one(order_id, sign, fault)
        if fault == "doubled":
            await self._one(order_id, sign, fault)
        for late_id, late in after:
            await self._one(late_id, late, "late")

    async def _one(self, order_id: str, sign: Sign, fault: PushFault | None) -> None:
        status = 0
        for attempt in range(ATTEMPTS):
            status = await self._post(lambda: sign(forged=False))
            if 200 <= status < 300:
                break
            await asyncio.sleep(FIRST_PAUSE * 2**attempt)
        self.sent.append(Sent(order_id, fault, status))

    async def _post(self, make: Callable[[], Push]) -> int:
        """The status of the answer, 0 for none."""
        if self.to is None:
            return 0
        push = make()
        url = f"{self.to}{'&' if '?' in self.to else '?'}{push.query}" if push.query else self.to
        self._session = self._session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        async with self._slots:
            try:
                async with self._session.post(URL(url, encoded=True), data=push.body, headers=push.headers) as answer:
                    await answer.read()
                    return answer.status
            except (aiohttp.ClientError, OSError, TimeoutError):
                return 0
