"""Sources: triggers that fetch what arrives (from a queue, a table, a folder), where a hook is called.

A source hands everything to its ``Feed``, which keeps it before anything is acknowledged: a source cannot get that order wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final, Protocol

import msgspec

from engine.errors import Problem
from engine.node.context import HttpAnswer, HttpCall
from engine.node.params import ConnectionRef
from engine.node.triggers import Delivery

PORTIONS: Final = 10_000
"""So many looks may follow each other without a pause."""


class Feed(Protocol):
    """What a source is handed besides its parameters. ``name``: of flow and trigger, the same at each start and unlike any other."""

    @property
    def name(self) -> str: ...

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...

    def open(self, connection: ConnectionRef, **options: Any) -> AbstractAsyncContextManager[Any]:
        """The client that the connection's type makes, connected; closed at the end of the block.

        Raises ``CallFailed`` where it cannot be reached or refuses us, ``NotFound`` (``connection.missing``).
        """
        ...

    async def http(self, connection: ConnectionRef, call: HttpCall) -> HttpAnswer:
        """Send a request that changes nothing there. Raises ``CallFailed`` where no answer comes."""
        ...

    def connected(self) -> None:
        """Say that the other side answers and that all is well."""
        ...

    async def cursor(self) -> Any:
        """What ``take`` was last given as ``cursor``; ``None`` before the first time."""
        ...

    async def take(
        self, deliveries: Sequence[Delivery], acknowledge: Callable[[], Awaitable[object]] | None = None, *, cursor: Any = None
    ) -> None:
        """Make events of deliveries, in their order. Returns when all are durable, the cursor is moved and ``acknowledge`` was called.

        Waits for as long as the store cannot keep them or too many runs are under way: nothing is acknowledged meanwhile. What was
        there before is a duplicate and counts as kept; what cannot be read is kept as an event that parks.
        """
        ...

    async def take_file(self, file: Path, name: str) -> None:
        """Make events of a file, as the trigger's parameters group its rows; each delivery carries ``name`` in the header ``file``.

        Whole or not at all: raises ``InputInvalid`` with what is wrong with it, before anything is taken.
        """
        ...

    def refused(self, problem: Problem) -> None:
        """Show a person that something could not become an event."""
        ...


Consume = Callable[[Any, Feed], Awaitable[None]]
"""(params, feed): runs until it is cancelled. Whatever it raises ends this attempt; it is begun again, later each time."""


class Inbox(Protocol):
    """What opening a message broker gives. Messages that are not acknowledged come again, to the next one who opens it."""

    async def next(self) -> Sequence[Delivery]:
        """The messages that have come, at least one, at most as many as were asked for. Raises ``CallFailed`` when the broker is gone."""
        ...

    async def acknowledge(self) -> None:
        """Tell the broker that all that ``next`` returned last is kept."""
        ...


class FileBox(Protocol):
    """What opening a folder gives: files by name."""

    async def left_over(self) -> Sequence[str]:
        """Those that were being taken when the service ended."""
        ...

    async def complete(self) -> Sequence[str]:
        """Those that have not changed since the last look."""
        ...

    async def claim(self, name: str) -> Path:
        """Where the file lies while it is taken, under a name in UTF-8. Raises ``NodeError`` with ``folder.not_a_file``."""
        ...

    async def done(self, name: str) -> None: ...
    async def failed(self, name: str, problem: Problem) -> None: ...


async def receive(feed: Feed, connection: ConnectionRef, *, place: Any = None, **options: Any) -> None:
    """Take what a message broker brings. ``place``: what it brings it from, kept as the cursor once it is open. Never returns."""
    async with feed.open(connection, **options) as opened:
        inbox: Inbox = opened
        feed.connected()
        if place is not None:
            await feed.take((), cursor=place)
        while True:
            await feed.take(await inbox.next(), inbox.acknowledge)


class Portion(msgspec.Struct, frozen=True):
    """What one look at a source brought. ``cursor``: how far it has been read with this; ``more``: another look is worth while at once."""

    deliveries: Sequence[Delivery]
    cursor: Any
    more: bool = False


async def poll(feed: Feed, seconds: float, look: Callable[[Any], Awaitable[Portion]]) -> None:
    """Look again and again, every so many seconds, from where the last look ended, over restarts too. Never returns.

    The seconds count from the beginning of a look; half of them lie between two looks, however long one takes. After ``PORTIONS`` without
    an end the pause comes all the same, and the next look goes on from there.
    """
    cursor, began, count = await feed.cursor(), monotonic(), 0
    while True:
        portion = await look(cursor)
        feed.connected()
        if portion.deliveries or portion.cursor != cursor:
            await feed.take(portion.deliveries, cursor=portion.cursor)
            cursor = portion.cursor
        count += 1
        if not portion.more or count >= PORTIONS:
            await feed.sleep(max(seconds - (monotonic() - began), seconds / 2))
            began, count = monotonic(), 0
