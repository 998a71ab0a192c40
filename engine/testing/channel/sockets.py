"""Pushes of a channel that is listened to: over sockets which the listener opened, each message until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar, Final

from aiohttp import web

from engine.testing.channel.pushes import TIMEOUT, Push, Pusher

ID: Final = "id"
"""The header of a push that holds the message's number."""


class SocketPusher(Pusher):
    """``to`` is not an address here: pushes go out once it is set, to whoever listens. A message cannot be forged: the socket was."""

    forgeable: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(None)
        self._sockets: list[web.WebSocketResponse] = []
        self._listened = asyncio.Event()
        self._awaited: dict[str, asyncio.Future[None]] = {}

    async def join(self, socket: web.WebSocketResponse, read: Callable[[bytes], str | None]) -> None:
        """Serve a listener until it is gone. ``read``: the number that a frame of its acknowledges."""
        self._sockets.append(socket)
        self._listened.set()
        try:
            async for frame in socket:
                known = self._awaited.pop(read(frame.data.encode()) or "", None)
                if known is not None and not known.done():
                    known.set_result(None)
        finally:
            self._sockets.remove(socket)
            if not self._sockets:
                self._listened.clear()

    async def drop(self) -> None:
        """Break off all that listen, as a platform does now and then."""
        for socket in list(self._sockets):
            await socket.close()

    async def close(self) -> None:
        await super().close()
        await self.drop()

    async def _post(self, make: Callable[[], Push]) -> int:
        """200 once it was acknowledged, 0 where it was not."""
        push = make()
        number = push.headers[ID]
        async with self._slots:
            acknowledged = self._awaited[number] = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(TIMEOUT):
                    await self._listened.wait()
                    await self._sockets[0].send_str(push.body.decode())
                    await acknowledged
            except (TimeoutError, ConnectionError, IndexError):
                return 0
            return 200
