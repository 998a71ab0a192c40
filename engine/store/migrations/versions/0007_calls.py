"""Which run called which, and what the versions of flows call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("child_id", BIG, nullable=False, autoincrement=False),
        sa.Column("parent_id", BIG, nullable=False),
        sa.Column("root_id", BIG, nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("child_id"),
    )
    op.create_index("ix_call_parent_id", "call", ["parent_id"])
    op.create_index("ix_call_root_id", "call", ["root_id"])
    op.create_index("ix_call_effect", "call", ["effect"], unique=True)
    op.add_column("flow_version", sa.Column("calls", sa.String(), nullable=False, server_default="{}"))
