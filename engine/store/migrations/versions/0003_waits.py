"""What runs wait for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wait",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("run_id", BIG, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("flow", "step", "item_key", "kind", "effect", "digest")),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wait_effect", "wait", ["effect"], unique=True)
    op.create_index("ix_wait_run_id", "wait", ["run_id"])
    for name, columns in (("wait_due", ["due_at"]), ("wait_open", ["kind", "id"])):
        op.create_index(name, "wait", columns, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
