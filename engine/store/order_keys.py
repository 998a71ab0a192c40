"""From the number that a person knows to the ordering keys of rule R4."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import Session, col, select

from engine.store.tables import OrderRow, RunRow


def order_keys(session: Session, number: str) -> list[str]:
    """The ordering keys that may be meant: ``number`` itself, and those of orders in the hub that bear this number."""
    known = or_(col(OrderRow.channel_order_id) == number, col(OrderRow.display_no) == number)
    brought_by = select(OrderRow.event_id).where(known).limit(50)
    return [number, *session.exec(select(RunRow.order_key).where(col(RunRow.id).in_(brought_by))).all()]
