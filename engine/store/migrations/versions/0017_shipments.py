"""What a warehouse has as one order, and which parcel carries which order or part of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORDER = ("channel", "shop_id", "channel_order_id")


def upgrade() -> None:
    op.create_table(
        "outbound",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("channel", "shop_id", "number", "channel_order_id")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("part", "parts")),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel", "shop_id", "number", "channel_order_id"),
    )
    op.create_index("outbound_at", "outbound", ["at"])
    op.create_table(
        "shipment",
        *(sa.Column(name, sa.String(), nullable=False) for name in (*ORDER, "parcel_id")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("part", "parts")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("lines", "carrier")),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*ORDER, "parcel_id"),
    )
    op.create_index("shipment_parcel", "shipment", ["parcel_id"])
    op.create_index("shipment_event", "shipment", ["event_id"])
