"""The team chat of the demonstration: takes messages as a WeChat Work group robot does."""

from __future__ import annotations

from typing import Self

from aiohttp import web


class TeamChat:
    """``async with TeamChat() as chat``: messages go to ``chat.url``; ``chat.count`` tells how many came."""

    def __init__(self) -> None:
        self.count = 0
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/cgi-bin/webhook/send", self._take)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/cgi-bin/webhook/send?key=demo"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        await request.read()
        self.count += 1
        return web.json_response({"errcode": 0, "errmsg": "ok"})
