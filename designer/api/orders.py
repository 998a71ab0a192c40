"""Orders as the hub keeps them, personal data masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from designer.api.given import Actor, Cursor, Limit, Loom, Since, Until, aware
from designer.api.shapes import Listed, listed, raw, utc_or_none
from engine.app import Orderloom
from engine.errors import InputInvalid, Problem
from engine.hub.subjects import wanted_subject
from engine.inspection import masked_order
from engine.store.filters import OrderFilter
from engine.store.ports import HubOrder, Page


@dataclass(frozen=True, slots=True)
class OrderShown:
    """``order`` is the canonical order, masked; null once it was erased. ``hold_reasons``: why it must not ship now."""

    channel: str
    shop_id: str
    channel_order_id: str
    display_no: str
    version: str
    status: str
    currency: str
    amount_paid: str
    priority: str
    hold_reasons: tuple[str, ...]
    created_at: str | None
    updated_at: str | None
    event: str
    order: Any


@get("/orders", opt={"permission": "order.read"})
async def list_orders(
    orderloom: Loom,
    channel: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    priority: FromQuery[str | None] = None,
    text: Annotated[str | None, QueryParameter(description="A part of the order number; never a telephone number.", max_length=100)] = None,
    sku: Annotated[str | None, QueryParameter(description="A SKU of one of its lines, whole.", max_length=100)] = None,
    held: Annotated[bool | None, QueryParameter(description="Whether a reason or a hold keeps it back.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[OrderShown]:
    """Orders, newest first; times are those of their last change."""
    where = OrderFilter(channel, status, priority, text, aware(since), aware(until), sku, held=held)
    return listed(await orderloom.store.orders(where, limit=limit, cursor=cursor), order_shown)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole telephone number or the address of a receiver, as the buyer wrote it: street and number, without the region."""

    phone: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    address: Annotated[str, Meta(min_length=1, max_length=400)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 50
    cursor: str | None = None


@post("/orders/search", opt={"permission": "order.read"}, status_code=HTTP_200_OK)
async def search_orders(data: JSONBody[Wanted], orderloom: Loom, actor: Actor) -> Listed[OrderShown]:
    """Orders of which any version was for this receiver, newest first. What is looked for stands in no address, no log and no audit row."""
    wanted = {kind: value for kind, value in (("phone", data.phone), ("address", data.address)) if value}
    if len(wanted) != 1:
        raise InputInvalid(Problem("order.search_by_one", fields={"given": len(wanted)}))
    ((kind, value),) = wanted.items()
    return listed(await find_by_subject(orderloom, kind, value, actor, data.limit, data.cursor), order_shown)


async def find_by_subject(orderloom: Orderloom, kind: str, value: str, actor: str, limit: int, cursor: str | None) -> Page[HubOrder]:
    """That somebody looked is audited. Raises ``InputInvalid`` (``order.unsearchable``)."""
    store = orderloom.store
    where = OrderFilter(subject=wanted_subject(kind, value, store.subject_key()))
    found = await store.orders(where, limit=limit, cursor=cursor)
    await store.audit(actor, "order.search", "orders", {"by": kind, "found": str(len(found.items))})
    return found


def order_shown(order: HubOrder) -> OrderShown:
    return OrderShown(
        channel=order.channel,
        shop_id=order.shop_id,
        channel_order_id=order.channel_order_id,
        display_no=order.display_no,
        version=order.version,
        status=order.status,
        currency=order.currency,
        amount_paid=order.amount_paid,
        priority=order.priority,
        hold_reasons=order.hold_reasons,
        created_at=order.created_at,
        updated_at=utc_or_none(order.updated_at),
        event=str(order.event_id),
        order=raw(masked_order(order)) if order.body else None,
    )


routes = [list_orders, search_orders]
