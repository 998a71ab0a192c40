"""Places of campaigns that orders gave back, and finding the places of an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_free",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "number"),
    )
    op.create_index("campaign_place_order", "campaign_place", ["channel", "shop_id", "channel_order_id"])
