"""``GET /api/flows/{name}/live``: the counts of a flow as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from designer.live.flow_feed import FlowFeeds

_UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@get("/flows/{name:str}/live", opt={"permission": "run.read"}, include_in_schema=False)
async def watch_flow(name: FromPath[str], state: State) -> ServerSentEvent:
    """Events named ``counts``, each one JSON object, whenever something moved. 404 for an unknown flow."""
    feeds: FlowFeeds = state.flow_feeds
    await state.orderloom.store.flow(name)
    return ServerSentEvent(_messages(feeds, name, state), headers=_UNBUFFERED)


async def _messages(feeds: FlowFeeds, name: str, state: Any) -> AsyncIterator[ServerSentEventMessage]:
    async for counts in feeds.watch(name, state.closing):
        yield ServerSentEventMessage(data=msgspec.json.encode(counts).decode(), event="counts", retry=2000)
