"""What error flows have not been told yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("incident_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
