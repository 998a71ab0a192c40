"""Events: what arrived."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_200_OK

from designer.api.given import Actor, Cursor, Limit, Loom, Since, Until, aware, number
from designer.api.shapes import EventShown, Listed, event_shown, listed
from engine.erasure import erase_event
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


@post("/events/{event_id:str}/erasure", opt={"permission": "event.erase"}, status_code=HTTP_200_OK)
async def erase(event_id: FromPath[str], orderloom: Loom, actor: Actor) -> EventShown:
    """Erase what is personal about an event, for good: its data key is destroyed. A run that is open is cancelled first; 409 while a
    call of it is still under way. Order number, state and amount stay."""
    return event_shown(await erase_event(orderloom, number(event_id, "event.unknown"), actor))


routes = [list_events, erase]
