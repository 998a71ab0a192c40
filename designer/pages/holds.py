"""Held orders: why each is held, and its release, one or many at once."""

from __future__ import annotations

from typing import Any, cast

from litestar import get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from designer.pages.environment import href
from designer.pages.filters import Given
from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.preferences import local
from designer.pages.words import HOLD_REASONS, HOLD_STATES
from engine.errors import InputInvalid, NotFound, Problem
from engine.hub.holds import MOST
from engine.store.ports import Hold, HoldFilter, HoldState, HubOrder, Store


@get("/holds", opt={"permission": "order.read"})
async def list_holds(
    request: PageRequest,
    show: FromQuery[str] = "open",
    reason: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    released: FromQuery[int | None] = None,
    left: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """``show``: one of the states, or ``all``; filters: reason and channel. ``released`` and ``left``: how the last release went."""
    wanted = None if show == "all" else known(show, HOLD_STATES) or "open"
    store = loom(request).store
    filters = {"show": wanted or "all", "reason": known(reason, HOLD_REASONS), "channel": chosen(channel)}
    where = HoldFilter(cast("HoldState | None", wanted), filters["reason"], filters["channel"])
    found = await store.holds(where, limit=PER_PAGE, cursor=cursor)
    return page(
        request, "orders/holds.html",
        found=found, shown=filters["show"], given=Given("/holds", filters, plain={"show": filters["show"]}),
        links=links("/holds", found, cursor, filters), channels=sorted(await store.order_counts()),
        orders={hold.id: await _order(store, hold) for hold in found.items}, released=released, left=left, most=MOST,
    )  # fmt: skip


@post("/holds/releases", opt={"permission": "order.release"}, status_code=303)
async def release_orders(request: PageRequest) -> Redirect:
    """``hold``: the ids, as often as there are any; or ``all`` open ones with a ``reason`` or of a ``channel``. One alone tells why not.

    ``back``: the page of the order that the form was on.
    """
    form: Any = await request.form()
    ids = await _wanted(loom(request).store, form)
    holds, actor = loom(request).holds, request.state.actor
    if len(ids) == 1:
        await holds.release(ids[0], actor)
        back = local(str(form.get("back") or ""))
        return Redirect(path=back if back.startswith("/orders/") else href("/holds", released="1"), status_code=303)
    done = await holds.release_many(ids, actor)
    return Redirect(path=href("/holds", released=str(done.released), left=str(done.passed_over or "")), status_code=303)


async def _wanted(store: Store, form: Any) -> list[int]:
    """Oldest first. Raises ``InputInvalid`` (``hold.nothing_chosen``)."""
    if form.get("all"):
        where = HoldFilter("open", known(form.get("reason"), HOLD_REASONS), chosen(form.get("channel")))
        ids = [hold.id for hold in (await store.holds(where, limit=MOST)).items]
    else:
        ids = [int(one) for one in form.getall("hold", []) if isinstance(one, str) and one.isascii() and one.isdigit()]
    if not ids:
        raise InputInvalid(Problem("hold.nothing_chosen"))
    return sorted(ids)


async def _order(store: Store, hold: Hold) -> HubOrder | None:
    """``None`` where a flow holds what it never brought to the hub."""
    try:
        return await store.order(hold.order.channel, hold.order.shop_id, hold.order.channel_order_id)
    except NotFound:
        return None
