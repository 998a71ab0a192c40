"""Orders that are held, and their release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from designer.api.given import Actor, Cursor, Limit, Loom, number
from designer.api.shapes import Listed, listed, utc, utc_or_none
from engine.errors import InputInvalid, Problem
from engine.hub.holds import MOST, Released
from engine.store.ports import Hold, HoldFilter

UNKNOWN = "hold.unknown"
State = Annotated[Literal["open", "done", "cancelled", "all"], QueryParameter(name="state")]


@dataclass(frozen=True, slots=True)
class HoldShown:
    """``ended_how``: ``released``, ``superseded`` by a newer version, or empty; ``ended_by``: who released it."""

    id: str
    channel: str
    shop_id: str
    channel_order_id: str
    version: str
    reasons: tuple[str, ...]
    run: str
    flow: str
    step: str
    state: str
    at: str
    closed_at: str | None
    ended_how: str
    ended_by: str


@get("/holds", opt={"permission": "order.read"})
async def list_holds(
    orderloom: Loom,
    state_filter: State = "open",
    reason: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[HoldShown]:
    """Holds, newest first; open ones unless asked otherwise."""
    where = HoldFilter(None if state_filter == "all" else state_filter, reason, channel)
    return listed(await orderloom.store.holds(where, limit=limit, cursor=cursor), hold_shown)


@post("/holds/{hold_id:str}/release", opt={"permission": "order.release"}, status_code=HTTP_200_OK)
async def release(hold_id: FromPath[str], orderloom: Loom, actor: Actor) -> HoldShown:
    """Let a held order go on. 409 where somebody was quicker, a newer version has come, or nobody knows the order's state."""
    identity = number(hold_id, UNKNOWN)
    await orderloom.holds.release(identity, actor)
    return hold_shown(await orderloom.store.hold(identity))


@dataclass(frozen=True, slots=True)
class ManyReleases:
    """``holds``: their ids; or all open ones with a ``reason``, of a ``channel``, or both. At most 500 at once, oldest first."""

    holds: Annotated[list[str], Meta(max_length=MOST)] | None = None
    reason: str | None = None
    channel: str | None = None


@post("/holds/releases", opt={"permission": "order.release"}, status_code=HTTP_200_OK)
async def release_many(data: JSONBody[ManyReleases], orderloom: Loom, actor: Actor) -> Released:
    """Let many go on, each for itself. Those that cannot be released are passed over."""
    if data.holds:
        chosen = [number(one, UNKNOWN) for one in data.holds]
    elif data.reason or data.channel:
        found = await orderloom.store.holds(HoldFilter("open", data.reason, data.channel), limit=MOST)
        chosen = [one.id for one in reversed(found.items)]
    else:
        raise InputInvalid(Problem("hold.nothing_chosen"))
    return await orderloom.holds.release_many(chosen, actor)


def hold_shown(hold: Hold) -> HoldShown:
    return HoldShown(
        id=str(hold.id),
        channel=hold.order.channel,
        shop_id=hold.order.shop_id,
        channel_order_id=hold.order.channel_order_id,
        version=hold.order.version,
        reasons=hold.order.reasons,
        run=str(hold.run_id),
        flow=hold.flow,
        step=hold.step,
        state=hold.state,
        at=utc(hold.at),
        closed_at=utc_or_none(hold.closed_at),
        ended_how=hold.ended_how,
        ended_by=hold.ended_by,
    )


routes = [list_holds, release, release_many]
