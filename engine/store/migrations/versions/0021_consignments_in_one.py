"""What targets hold under other numbers in one table: for waybills and for reconciliation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = ("connection", "channel", "shop_id", "number", "named")
EPOCH_MS, ID_BITS = 1_577_836_800_000, 21
UNDER = "outbound.channel = consigned.channel AND outbound.shop_id = consigned.shop_id AND outbound.number = consigned.number"
THE_SAME = f"{UNDER} AND outbound.channel_order_id = consigned.channel_order_id"
COLUMNS = (
    "connection, channel, shop_id, number, named, channel_order_id, whole, part, parts, version, amount, day, event_id, ships, "
    "sent_version, sent_amount, sent_part, sent_parts, lines"
)
COMPARED = f"""
    INSERT INTO consignment ({COLUMNS})
    SELECT connection, channel, shop_id, number, channel_order_id, channel_order_id, whole, part, parts, version, amount, day, event_id,
        EXISTS (SELECT 1 FROM outbound WHERE {UNDER}), sent_version, sent_amount, 0, 0,
        CASE WHEN EXISTS (SELECT 1 FROM outbound WHERE {UNDER}) THEN (SELECT lines FROM outbound WHERE {THE_SAME}) ELSE '' END
    FROM consigned
"""  # noqa: S608 - our own words
"""An order that a part of its parcel holds nothing of was not remembered for waybills: its lines are null."""
REMEMBERED = f"""
    INSERT INTO consignment ({COLUMNS})
    SELECT '', channel, shop_id, number, channel_order_id, channel_order_id, number, part, parts, NULL, NULL, '',
        CASE WHEN at / 1000 > {EPOCH_MS} THEN (at / 1000 - {EPOCH_MS}) * {1 << ID_BITS} ELSE 0 END, TRUE, NULL, NULL, 0, 0, lines
    FROM outbound WHERE NOT EXISTS (SELECT 1 FROM consigned WHERE {UNDER})
"""  # noqa: S608
"""Of these nobody knows the connection, nor the run, but for when it was: they serve for waybills alone, as they did."""


def upgrade() -> None:
    op.create_table(
        "consignment",
        *(sa.Column(name, sa.String(), nullable=False) for name in (*KEY, "channel_order_id", "whole")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("part", "parts")),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("version", "amount")),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("sent_version", "sent_amount")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("sent_part", "sent_parts")),
        sa.Column("lines", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint(*KEY),
    )
    op.create_index("consignment_number", "consignment", ["channel", "shop_id", "number"])
    op.create_index("consignment_order", "consignment", ["channel", "shop_id", "channel_order_id"])
    op.create_index("consignment_day", "consignment", ["channel", "day"])
    op.execute(COMPARED)
    op.execute(REMEMBERED)
    op.drop_table("consigned")
    op.drop_table("outbound")
