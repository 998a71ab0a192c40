"""``GET /api/flows/{name}/live``: the counts of a flow as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from designer.api.shapes import raw, utc
from designer.live.flow_feed import FlowFeeds
from engine.run.taps import Tapped

_UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@get("/flows/{name:str}/live", opt={"permission": "run.read"}, include_in_schema=False)
async def watch_flow(name: FromPath[str], state: State) -> ServerSentEvent:
    """Events named ``counts`` whenever something moved, and ``tapped`` for each item that passes a tap; one JSON object each.

    404 for an unknown flow.
    """
    feeds: FlowFeeds = state.flow_feeds
    await state.orderloom.store.flow(name)
    return ServerSentEvent(_messages(feeds, name, state), headers=_UNBUFFERED)


async def _messages(feeds: FlowFeeds, name: str, state: Any) -> AsyncIterator[ServerSentEventMessage]:
    async for one in feeds.watch(name, state.closing):
        if isinstance(one, Tapped):
            yield ServerSentEventMessage(data=msgspec.json.encode(tapped_shown(one)).decode(), event="tapped")
        else:
            yield ServerSentEventMessage(data=msgspec.json.encode(one).decode(), event="counts", retry=2000)


def tapped_shown(one: Tapped) -> dict[str, Any]:
    return {
        "number": one.number,
        "node": one.slug,
        "run": str(one.run),
        "key": one.key,
        "order": one.order,
        "at": utc(one.at),
        "item": raw(one.item),
    }
