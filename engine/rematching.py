"""A SKU match that was wrong is taken back: what was matched by it and has not left is read anew, the rest is listed for a person."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.intake.parcel import unpack
from engine.json_text import read_kept
from engine.order.rules import is_found_by
from engine.run.plan import Plan, Step
from engine.store.cleansing import MatchFilter
from engine.store.operations import ENDS
from engine.store.ports import HubOrder, OrderFilter, SkuMatch
from engine.store.sold_states import LEFT, NOT_SOLD

if TYPE_CHECKING:
    from engine.app import Orderloom

log = logging.getLogger("orderloom.cleansing")
MOST: Final = 500
"""Orders that have left are listed so many at most, the newest."""
_PAGE: Final = 200
_OVER: Final = frozenset(NOT_SOLD) - {"unknown"}
Stage = Literal["here", "left", "unread"]


@dataclass(frozen=True, slots=True)
class Matched:
    """An order that has goods by a match. ``stage``: ``here`` while it can be read anew, ``left`` once goods of it have gone out,
    ``unread`` where it cannot be read anew any more.
    """

    order: HubOrder
    stage: Stage


@dataclass(frozen=True, slots=True)
class TakenBack:
    """``version``: of the rules that know the row no longer; ``again``: orders that are read anew; ``left``: those for a person."""

    version: int
    again: int
    left: int


async def match_of(app: Orderloom, match_id: int) -> SkuMatch:
    """A row of the matching table, also one that holds no longer. Raises ``NotFound`` (``sku_match.unknown``)."""
    found = (await app.store.sku_matches(MatchFilter(ended=True), limit=1, cursor=str(match_id + 1))).items
    if not found or found[0].id != match_id:
        raise NotFound(Problem("sku_match.unknown"))
    return found[0]


async def matched_by(app: Orderloom, match: SkuMatch) -> AsyncIterator[Matched]:
    """The orders of which the hub's newest state has goods by a row, newest first; not those that are over without goods."""
    where, cursor = OrderFilter(channel=match.channel or None, sku=match.sku_code), None
    while True:
        page = await app.store.orders(where, limit=_PAGE, cursor=cursor)
        for order in page.items:
            if order.status not in _OVER and _has_goods_by(order, match):
                yield Matched(order, await _stage(app, order))
        cursor = page.next
        if cursor is None:
            return


async def take_back(app: Orderloom, match_id: int, *, note: str = "", actor: str) -> TakenBack:
    """The row ends, if it holds still. Each order that was matched by it and is here runs anew from what arrived, once: it is held for its
    SKU, or goes on with the match that holds by now; where its run stands still, that is cancelled.

    May be repeated, where something came in between. Raises ``NotFound`` (``sku_match.unknown``).
    """
    match = await match_of(app, match_id)
    ends = match.until is None
    version = await app.cleansing.end(match_id, note=note, actor=actor) if ends else await app.store.rules_version()
    counts = {"here": 0, "left": 0, "unread": 0}
    for one in [one async for one in matched_by(app, match)]:
        is_read = one.stage == "here" and await _read_anew(app, one.order, match, actor)
        counts["unread" if one.stage == "here" and not is_read else one.stage] += 1
    left = counts["left"] + counts["unread"]
    about = {"version": str(version), "again": str(counts["here"]), "left": str(left)}
    await app.store.audit(actor, "sku_match.take_back", f"sku_match:{match_id}", about)
    return TakenBack(version, counts["here"], left)


def _has_goods_by(order: HubOrder, match: SkuMatch) -> bool:
    if not order.body or match.shop_id not in ("", order.shop_id):
        return False
    lines: Any = cast("dict[str, Any]", read_kept(order.body)).get("lines")
    return isinstance(lines, list) and any(
        isinstance(line, dict) and is_found_by(cast("dict[str, Any]", line), match.key, match.sku_code)
        for line in cast("list[object]", lines)
    )


async def _stage(app: Orderloom, order: HubOrder) -> Stage:
    if order.status in LEFT or await app.store.parcels_of(order.channel, order.shop_id, order.channel_order_id):
        return "left"
    return "here" if await _source(app, order) is not None else "unread"


async def _source(app: Orderloom, order: HubOrder) -> tuple[Plan, Step] | None:
    """The trigger of the published flow by which the order came, where it may come that way once more."""
    try:
        event = await app.store.event(order.event_id)
    except NotFound:
        return None
    plan = None if event.erased else await app.flows.newest(event.flow)
    step = plan.triggers.get(event.trigger) if plan is not None else None
    return None if plan is None or step is None or step.disabled or step.type.starts == "call" else (plan, step)


async def _read_anew(app: Orderloom, order: HubOrder, match: SkuMatch, actor: str) -> bool:
    """Whether it could be. The run that stood still with the wrong goods ends, and the one that takes its place is there before."""
    source = await _source(app, order)
    try:
        if source is None:
            return False
        delivery = unpack(await app.store.event_body(order.event_id))
        await app.intake.accept_anew(*source, delivery, app.world.now(), actor=actor, mark=f"+sku{match.id}")
    except OrderloomError as error:
        log.warning("not read anew", extra={"run": str(order.event_id), "code": error.problems[0].code})
        return False
    if (await app.store.run(order.event_id)).state not in ENDS:
        with suppress(Conflict):  # it has ended in between
            await app.cancel(order.event_id, actor)
    return True
