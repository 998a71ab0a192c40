"""Stock levels by system, place and SKU, with the limits of each SKU; parcels with what couriers told of their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("open")


def upgrade() -> None:
    _stock()
    _parcels()
    op.add_column("hub_order", sa.Column("ship_by_at", sa.String()))


def _stock() -> None:
    op.create_table(
        "stock_level",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("system", "shop_id", "warehouse", "sku_code", "holds")),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("reserved", BIG),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("system", "shop_id", "warehouse", "sku_code"),
    )
    op.create_table(
        "stock_source",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("holds", sa.String(), nullable=False),
        sa.Column("read_at", BIG),
        sa.Column("told_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("system"),
    )
    op.create_table(
        "stock_limit",
        sa.Column("sku_code", sa.String(), nullable=False),
        sa.Column("at_least", sa.Integer()),
        sa.Column("days", sa.Integer()),
        sa.PrimaryKeyConstraint("sku_code"),
    )


def _parcels() -> None:
    op.create_table(
        "parcel",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "shown", "carrier", "channel", "shop_id", "channel_order_id", "region")),
        sa.Column("shipped_at", BIG),
        sa.Column("promised_at", BIG),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", BIG),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("arrived_at", BIG),
        sa.Column("order_over", sa.Boolean(), nullable=False),
        sa.Column("moved_at", BIG),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("parcel_order", "parcel", ["channel", "shop_id", "channel_order_id"])
    op.create_index("parcel_moved", "parcel", ["moved_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("parcel_shipped", "parcel", ["shipped_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("parcel_arrived", "parcel", ["arrived_at"])
    op.create_table(
        "parcel_track",
        sa.Column("parcel_id", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", "at", "state", "place"),
    )
