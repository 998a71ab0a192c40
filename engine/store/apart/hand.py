"""The thread in which the event loop's own side writes. Two hand-overs, there and back: an order that comes alone waits for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

Work = Callable[[], Any]
Then = Callable[[Any], None]


class Hand:
    """Does one work after the other; each ``then`` is called on the event loop, with what the work returned or raised."""

    def __init__(self, name: str) -> None:
        self._loop: Final = asyncio.get_running_loop()
        self._waiting: Final = SimpleQueue[tuple[Work, Then] | None]()
        Thread(target=self._do, name=name, daemon=True).start()

    def do(self, work: Work, then: Then) -> None:
        self._waiting.put((work, then))

    async def end(self, work: Work) -> None:
        """The last one. Raises what it raises."""
        ended = self._loop.create_future()
        self.do(work, ended.set_result)
        self._waiting.put(None)
        result = await ended
        if isinstance(result, BaseException):
            raise result

    def _do(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            work, then = waiting
            try:
                made = work()
            except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
                made = error
            with suppress(RuntimeError):  # the loop was closed without us: nobody is left to tell
                self._loop.call_soon_threadsafe(then, made)
