"""From the number that a person knows to the ordering keys of rule R4."""

from __future__ import annotations

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, select

from engine.node.keys import order_key
from engine.store.tables import OrderRow, RunRow

MOST = 50
NOT_DONE = text("run.state <> 'done'")
"""Written out, so that SQLite sees that the partial index `run_not_done` serves."""


def order_keys(session: Session, number: str) -> list[str]:
    """The ordering keys that may be meant: ``number`` itself, those of orders in the hub that bear this number, and those of runs that
    are not done: an order that parks on its way is looked for before the hub knows it.
    """
    known = or_(col(OrderRow.channel_order_id) == number, col(OrderRow.display_no) == number)
    brought_by = select(OrderRow.event_id).where(known).limit(MOST)
    in_hub = session.exec(select(RunRow.order_key).where(col(RunRow.id).in_(brought_by))).all()
    end = end_of(number)
    bears = func.substr(RunRow.order_key, func.length(RunRow.order_key) - len(end) + 1) == end
    on_their_way = session.exec(select(RunRow.order_key).where(NOT_DONE, bears).limit(MOST)).all()
    return list(dict.fromkeys([number, *in_hub, *on_their_way]))


def end_of(number: str) -> str:
    """How the ordering keys of an order end, whatever its channel and shop."""
    return order_key("", "", number)[1:]
