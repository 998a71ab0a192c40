"""Consignments: which orders a parcel at a target holds, and of which order a part is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("connection", "channel", "shop_id", "number", "channel_order_id")


def upgrade() -> None:
    op.create_table(
        "consigned",
        *(sa.Column(name, sa.String(), nullable=False) for name in KEY),
        sa.Column("whole", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("amount", sa.String(), nullable=True),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("sent_version", sa.String(), nullable=True),
        sa.Column("sent_amount", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint(*KEY),
    )
    op.create_index("consigned_order", "consigned", ["channel", "shop_id", "channel_order_id"])
    op.create_index("consigned_day", "consigned", ["channel", "day"])
