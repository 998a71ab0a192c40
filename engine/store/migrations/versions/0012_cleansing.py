"""Cleansing rules with their versions, the SKU matching table, and what a held order lacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_FORCE = sa.text("until IS NULL")


def upgrade() -> None:
    op.create_table(
        "rules_version",
        sa.Column("version", BIG, nullable=False, autoincrement=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "sku_match",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("channel", "shop_id", "match_key", "sku", "title", "spec", "sku_code")),
        sa.Column("each_count", sa.Integer(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("until", BIG, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "sku_match_in_force", "sku_match", ["match_key", "channel", "shop_id"], unique=True,
        sqlite_where=IN_FORCE, postgresql_where=IN_FORCE,
    )  # fmt: skip
    op.add_column("hub_hold", sa.Column("missing", sa.String(), server_default=sa.text("''"), nullable=False))
