"""What a comparison of a day's lists found; on PostgreSQL the log of calls, which SQLite keeps in a file of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "channel"),
    )
    op.create_index("hub_order_day", "hub_order", ["channel", "created_at"])
    if op.get_bind().dialect.name == "postgresql":
        _call_log()


def _call_log() -> None:
    op.create_table(
        "call_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("direction", "place", "method", "path")),
        sa.Column("status", sa.Integer()),
        sa.Column("code", sa.String()),
        sa.Column("ms", sa.Float(), nullable=False),
        sa.Column("failed", sa.SmallInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger()),
        *(sa.Column(name, sa.String()) for name in ("flow", "step", "effect")),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger()),
        sa.Column("excerpt", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_log_run", "call_log", ["run_id"], postgresql_where=sa.text("run_id IS NOT NULL"))
    op.create_index("call_log_place", "call_log", ["place", "id"])
    op.create_index("call_log_failed", "call_log", ["id"], postgresql_where=sa.text("failed = 1"))
    op.create_index("call_log_at", "call_log", ["at"])
