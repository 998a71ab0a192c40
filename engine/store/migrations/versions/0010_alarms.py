"""Rules of alarms, alarms with their messages, and what was measured of delays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state <> 'over'")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "alarm_rule",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "alarm",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("fields", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", BIG, nullable=False),
        sa.Column("acknowledged_at", BIG, nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("escalated_at", BIG, nullable=True),
        sa.Column("over_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alarm_open", "alarm", ["rule", "subject"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "alarm_message",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("alarm_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("sent_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("alarm_message_once", "alarm_message", ["alarm_id", "receiver", "kind"], unique=True)
    op.create_index("alarm_message_due", "alarm_message", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "delay_minute",
        sa.Column("minute", BIG, nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False),
        sa.Column("epoch", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "owner", "epoch"),
    )
