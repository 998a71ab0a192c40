"""Orders as the hub keeps them, personal data masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get
from litestar.params import FromQuery, QueryParameter

from designer.api.given import Cursor, Limit, Loom, Since, Until, aware
from designer.api.shapes import Listed, listed, raw, utc_or_none
from engine.inspection import masked_order
from engine.store.filters import OrderFilter
from engine.store.ports import HubOrder


@dataclass(frozen=True, slots=True)
class OrderShown:
    """``order`` is the canonical order, masked; null once it was erased."""

    channel: str
    shop_id: str
    channel_order_id: str
    display_no: str
    version: str
    status: str
    currency: str
    amount_paid: str
    priority: str
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
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[OrderShown]:
    """Orders, newest first; times are those of their last change."""
    where = OrderFilter(channel, status, priority, text, aware(since), aware(until))
    return listed(await orderloom.store.orders(where, limit=limit, cursor=cursor), _shown)


def _shown(order: HubOrder) -> OrderShown:
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
        created_at=order.created_at,
        updated_at=utc_or_none(order.updated_at),
        event=str(order.event_id),
        order=raw(masked_order(order)) if order.body else None,
    )


routes = [list_orders]
