"""Owners and the epochs of their claims; on PostgreSQL, the keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("epoch", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.add_column("run", sa.Column("epoch", BIG, nullable=False, server_default=sa.text("0")))
    if op.get_bind().dialect.name == "postgresql":  # on SQLite they lie in a file of their own
        op.create_table(
            "data_key",
            sa.Column("id", BIG, nullable=False, autoincrement=False),
            sa.Column("wrapped", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("id"),
        )
