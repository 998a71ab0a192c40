"""Places of campaigns that orders gave back, and finding the places of an order; stock day by day; the most that a share took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "campaign_free",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "number"),
    )
    op.create_index("campaign_place_order", "campaign_place", ["channel", "shop_id", "channel_order_id"])
    op.create_table(
        "stock_day",
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("warehouse", sa.String(), nullable=False),
        sa.Column("sku_code", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("holds", sa.String(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("system", "shop_id", "warehouse", "sku_code", "day"),
    )
    op.create_index("stock_day_sku", "stock_day", ["sku_code"])
    op.add_column("flow_share", sa.Column("peak", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute("UPDATE flow_share SET peak = percent")
