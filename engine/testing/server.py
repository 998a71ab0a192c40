"""A simulated outside system as a real HTTP server on loopback: what all of them share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, Self

from aiohttp import web


class LocalServer(ABC):
    """``async with MyServer() as server``: it answers at ``server.url``."""

    max_body: ClassVar[int] = 1024 * 1024
    """Bytes that a request may have."""
    url: str = ""
    _runner: web.AppRunner | None = None

    @abstractmethod
    def routes(self) -> Iterable[web.RouteDef]:
        """What it answers."""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=self.max_body)
        app.add_routes(self.routes())
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listens; port 0 picks a free one. Returns the URL."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
