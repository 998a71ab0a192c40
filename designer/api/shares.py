"""The share of a flow's orders that goes through another version: begun, grown, compared live, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from litestar import delete, get, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from designer.api.given import Actor, Loom
from designer.api.shapes import utc
from engine.app import Orderloom
from engine.errors import NotFound, Problem
from engine.sharing import ALL, Side, begin_share, compare, go_back, resize_share
from engine.store.ports import Share


@dataclass(frozen=True, slots=True)
class WantedShare:
    """``percent`` of the orders, chosen by a hash of their key; 100 switches over. ``against``: ``"draft"`` or a version.

    Where a share stands already it grows or shrinks (0: no new orders), and ``against`` must be left out. ``digest``: of the draft that
    a replay has shown; another draft is refused.
    """

    percent: Annotated[int, Meta(ge=0, le=ALL)]
    against: Literal["draft"] | Annotated[int, Meta(ge=1)] | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class CodeCount:
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class SideShown:
    """``errors``: parked or failed; ``held``: waiting; ``error_share`` in percent; ``p50`` and ``p95``: seconds from arrival to the end."""

    version: int
    orders: int
    done: int
    errors: int
    held: int
    open: int
    error_share: float
    p50: float | None
    p95: float | None
    codes: Sequence[CodeCount]


@dataclass(frozen=True, slots=True)
class ShareShown:
    """``state``: ``share``, or ``switched`` where all orders go through ``version``; ``base`` is what one goes back to."""

    flow: str
    base: int
    version: int
    percent: int
    state: str
    began_at: str
    changed_at: str
    actor: str


@dataclass(frozen=True, slots=True)
class ShareCompared:
    """``more``: there are older orders since the share began that were not counted."""

    share: ShareShown
    base: SideShown
    other: SideShown
    more: bool


@get("/flows/{name:str}/share", opt={"permission": "flow.read"})
async def show_share(name: FromPath[str], orderloom: Loom) -> ShareCompared:
    """The share, with how both sides fare since it began. 404 where none stands."""
    found = await compare(orderloom, await share_of(orderloom, name))
    return ShareCompared(share_shown(found.share), _side(found.base), _side(found.other), found.more)


@put("/flows/{name:str}/share", opt={"permission": "flow.publish"})
async def set_share(name: FromPath[str], data: JSONBody[WantedShare], orderloom: Loom, actor: Actor) -> ShareShown:
    """Begin a share, let it grow or shrink, or switch over. 409 where all orders go along already, another stands, or other triggers
    would take the orders; 422 with all problems where the draft cannot run.
    """
    return share_shown(await wanted(orderloom, name, data, actor))


@delete("/flows/{name:str}/share", opt={"permission": "flow.publish"}, status_code=200)
async def take_back(name: FromPath[str], orderloom: Loom, actor: Actor) -> ShareShown:
    """All new orders go through the former version again, at once. Runs under way keep theirs. Answers what stood until now."""
    return share_shown(await go_back(orderloom, name, actor))


async def share_of(orderloom: Orderloom, name: str) -> Share:
    """Raises ``NotFound`` (``flow.unknown``, ``share.none``)."""
    await orderloom.store.flow(name)
    found = (await orderloom.store.shares()).get(name)
    if found is None:
        raise NotFound(Problem("share.none", (name,), {"flow": name}))
    return found


async def wanted(orderloom: Orderloom, name: str, data: WantedShare, actor: str) -> Share:
    if data.against is None:
        return await resize_share(orderloom, name, data.percent, actor)
    return await begin_share(orderloom, name, data.against, data.percent, actor, digest=data.digest)


def share_shown(one: Share) -> ShareShown:
    return ShareShown(one.flow, one.base, one.version, one.percent, one.state, utc(one.began_at), utc(one.changed_at), one.actor)


def _side(one: Side) -> SideShown:
    codes = [CodeCount(code, count) for code, count in one.codes]
    share = round(one.error_share, 2)
    return SideShown(one.version, one.orders, one.done, one.errors, one.held, one.open, share, one.p50, one.p95, codes)


routes = [show_share, set_share, take_back]
