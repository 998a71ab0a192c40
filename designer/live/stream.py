"""``GET /api/live``: snapshots as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Router, get
from litestar.datastructures import State
from litestar.response import ServerSentEvent, ServerSentEventMessage

from designer.live.feed import snapshots
from designer.live.flow_stream import watch_flow
from designer.security import permitted


@get("/live", opt={"permission": "run.read"}, include_in_schema=False)
async def watch(state: State) -> ServerSentEvent:
    """Events named ``snapshot``, each one JSON object, whenever something moved."""
    return ServerSentEvent(_messages(state))


async def _messages(state: Any) -> AsyncIterator[ServerSentEventMessage]:
    async for one in snapshots(state.orderloom, state.deliveries, state.closing):
        yield ServerSentEventMessage(data=msgspec.json.encode(one).decode(), event="snapshot", retry=2000)


router = Router(path="/api", route_handlers=[watch, watch_flow], guards=[permitted])
