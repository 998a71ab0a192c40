"""A source that polls a simulated channel over real HTTP, with a clock that goes on only when the source sleeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.errors import NodeError, Problem
from engine.json_text import read_json, write_json
from engine.node.context import HttpAnswer, HttpCall, Judge, by_status
from engine.node.items import Scope
from engine.node.params import ConnectionRef
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.run.live_outside import LiveOutside
from engine.testing.channel import ChannelSimulator

NOON = datetime(2026, 1, 16, 4, 0, tzinfo=UTC)
EVERY = "1m"


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


class _Enough(Exception):
    """As many rounds as were wanted."""


class Polled:
    """What a source is handed. ``taken``: the deliveries, in their order; ``slept``: seconds that the platform made it wait."""

    name = "polled"

    def __init__(self, shop: ChannelSimulator, clock: Clock, node_type: NodeType, cursor: bytes | None = None, **params: Any) -> None:
        self._clock, self._kept, self._type = clock, cursor, node_type
        self._params = node_type.params.model_validate({"shop": {"connection": "shop"}, "every": EVERY, **params})
        self._every = self._params.every.total_seconds()
        self._outside = outside_of(shop, clock)
        self._left = 0
        self.taken: list[Delivery] = []
        self.slept: list[float] = []
        self.before_take: Callable[[], object] = lambda: None

    async def rounds(self, count: int = 1) -> list[Arrival]:
        """The events of so many rounds, each a minute after the last one unless ``every`` says otherwise."""
        self._left, begun = count, len(self.taken)
        assert self._type.consume is not None
        try:
            await self._type.consume(self._params, self)
        except _Enough:
            return [self._type.function(one, self._params) for one in self.taken[begun:]]
        raise AssertionError("a source never returns")

    @property
    def kept(self) -> bytes | None:
        """The cursor as the store has it."""
        return self._kept

    def now(self) -> datetime:
        return self._clock()

    async def sleep(self, seconds: float) -> None:
        if seconds >= self._every * 0.9:  # a look takes a moment of it
            self._left -= 1
            if not self._left:
                raise _Enough
        else:
            self.slept.append(seconds)
        self._clock.on(seconds=seconds)

    def open(self, connection: ConnectionRef, **options: Any) -> AbstractAsyncContextManager[Any]:
        raise NotImplementedError

    async def http(self, connection: ConnectionRef, call: HttpCall) -> HttpAnswer:
        return await self._outside(call)

    def connected(self) -> None:
        """The other side answers."""

    async def cursor(self) -> Any:
        return None if self._kept is None else read_json(self._kept)

    async def take(
        self, deliveries: Sequence[Delivery], acknowledge: Callable[[], Awaitable[object]] | None = None, *, cursor: Any = None
    ) -> None:
        self.before_take()
        self.taken.extend(deliveries)
        self._kept = write_json(cursor)

    async def take_file(self, file: Path, name: str) -> None:
        raise NotImplementedError

    def refused(self, problem: Problem) -> None:
        raise NotImplementedError


class Calls:
    """A node's way to a simulated channel, tried again where the node says so."""

    def __init__(self, shop: ChannelSimulator, clock: Clock) -> None:
        self._outside, self._clock = outside_of(shop, clock), clock
        self.scope = Scope()

    async def http(self, connection: ConnectionRef, call: HttpCall, judge: Judge = by_status) -> HttpAnswer:
        for _ in range(3):
            answer = await self._outside(call)
            verdict = judge(answer)
            if verdict == "done":
                return answer
            if verdict == "refused":
                break
            self._clock.on(seconds=5)
        raise NodeError("effect.refused", status=answer.status)


def outside_of(shop: ChannelSimulator, clock: Clock) -> Callable[[HttpCall], Awaitable[HttpAnswer]]:
    """Signs and sends as the service does; each call has its own client, so that none is left open."""
    document: Mapping[str, Any] = shop.connection

    async def send(call: HttpCall) -> HttpAnswer:
        guard = AddressGuard(("127.0.0.0/8",))
        async with HttpClient(guard) as client:
            outside = LiveOutside(ConnectionBook({"shop": document}), client, guard, clock)
            content = {"method": call.method, "path": call.path, "query": call.query, "headers": call.headers, "json": call.json}
            return await outside.http("shop", content, "key", 10.0)

    return send
