"""Events: what arrived."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from designer.api.given import Cursor, Limit, Loom, Since, Until, aware
from designer.api.shapes import EventShown, Listed, event_shown, listed
from engine.store.filters import EventFilter, EventMark


@get("/events", opt={"permission": "event.read"})
async def list_events(
    orderloom: Loom,
    flow: FromQuery[str | None] = None,
    trigger: FromQuery[str | None] = None,
    order: Annotated[str | None, QueryParameter(description="An order number or ordering key.")] = None,
    mark: FromQuery[EventMark | None] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[EventShown]:
    """Events, newest first; times are those of their receipt."""
    where = EventFilter(flow, trigger, order, mark, aware(since), aware(until))
    return listed(await orderloom.store.events(where, limit=limit, cursor=cursor), event_shown)


routes = [list_events]
