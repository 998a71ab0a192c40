"""Indexes for what lists of events and orders are narrowed to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("event_trigger", "event", ["trigger"])
    partial("event_conflict", "event", ["id"], '"conflict"')
    partial("event_passes", "event", ["id"], "passes")
    op.create_index("hub_order_updated_at", "hub_order", ["updated_at"])
    partial("hub_order_priority", "hub_order", ["priority", "id"], "priority <> 'normal'")


def partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
