"""An application that is made while others are served already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # which takes its time to load
    from litestar.types import ASGIApp, Receive, Scope, Send


class Early(Protocol):
    """An ASGI application for a few requests that cannot wait."""

    def takes(self, scope: Scope) -> bool: ...
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


class Later:
    """An ASGI application that ``make`` makes in a thread, from ``begin`` on. Requests that come earlier wait for it, unless ``early``
    takes them.
    """

    def __init__(self, make: Callable[[], ASGIApp], early: Early) -> None:
        self._make, self._early = make, early
        self._made: asyncio.Future[ASGIApp] | None = None

    def begin(self) -> asyncio.Future[ASGIApp]:
        """What resolves once it is there, or fails with what hindered it."""
        if self._made is None:
            self._made = asyncio.ensure_future(asyncio.to_thread(self._make))
        return self._made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        made = self.begin()
        early = not made.done() and self._early.takes(scope)
        application = self._early if early else await asyncio.shield(made)
        await application(scope, receive, send)
