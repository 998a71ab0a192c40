"""Events: what arrived."""

from __future__ import annotations

from litestar import get
from litestar.params import FromQuery

from designer.api.given import Cursor, Limit, Loom
from designer.api.shapes import EventShown, Listed, event_shown, listed


@get("/events", opt={"permission": "event.read"})
async def list_events(orderloom: Loom, flow: FromQuery[str | None] = None, limit: Limit = 50, cursor: Cursor = None) -> Listed[EventShown]:
    """Events, newest first."""
    return listed(await orderloom.store.events(flow=flow, limit=limit, cursor=cursor), event_shown)


routes = [list_events]
