"""Recorded traffic, and the share of a flow's orders that goes through another version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "traffic",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("began_at", BIG, nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.Column("keep_until", BIG, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "traffic_order",
        sa.Column("traffic_id", BIG, nullable=False, autoincrement=False),
        sa.Column("event_id", BIG, nullable=False, autoincrement=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("traffic_id", "event_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("traffic_order_event", "traffic_order", ["event_id"])
    op.create_table(
        "flow_share",
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("began_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("flow"),
    )
