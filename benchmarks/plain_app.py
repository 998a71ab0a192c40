"""The plain function behind Litestar on uvicorn with aiohttp: what there is to reach. Nothing is kept, a crash loses all in flight."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import uvicorn
from litestar import Litestar, Request, Response, post
from plain_function import flow

HEADERS = {"Content-Type": "application/json"}
read, write = msgspec.json.decode, msgspec.json.encode


@asynccontextmanager
async def workers(app: Litestar) -> AsyncIterator[None]:
    app.state.queue = queue = asyncio.Queue()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:

        async def send(url: str, content: bytes) -> None:
            async with session.post(url, data=content, headers=HEADERS) as answer:
                await answer.read()

        async def work() -> None:
            while True:
                to_wms, to_finance = flow(await queue.get())
                if app.state.calls:
                    await send(f"{app.state.targets}/wms/orders", write(to_wms))
                    await send(f"{app.state.targets}/finance/orders", write(to_finance))

        tasks = [asyncio.create_task(work()) for _ in range(32)]
        yield
        for task in tasks:
            task.cancel()


@post("/order", status_code=200)
async def order(request: Request) -> Response[bytes]:
    request.app.state.queue.put_nowait(read(await request.body()))
    return Response(b'{"ok":true}', media_type="application/json")


def main(port: int, targets: int, calls: str) -> None:
    app = Litestar([order], lifespan=[workers], openapi_config=None)
    app.state.targets, app.state.calls = f"http://127.0.0.1:{targets}", calls == "calls"
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
