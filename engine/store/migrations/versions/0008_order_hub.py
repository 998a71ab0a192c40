"""Every version of an order, its lines, the blind index of receivers, and holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FIRST_VERSIONS = (
    "INSERT INTO hub_version (id, order_id, version, outcome, status, currency, amount_paid, hold_reasons, event_id, at, body) "
    "SELECT id, id, version, 'new', status, currency, amount_paid, '', event_id, updated_at, NULL FROM hub_order"
)
"""What came before is not known; the body of the newest version stands with its order."""


def upgrade() -> None:
    op.add_column("hub_order", sa.Column("version_id", BIG, nullable=False, server_default=sa.text("0")))
    op.add_column("hub_order", sa.Column("hold_reasons", sa.String(), nullable=False, server_default=sa.text("''")))
    held = sa.text("hold_reasons <> ''")
    op.create_index("hub_order_held", "hub_order", ["id"], sqlite_where=held, postgresql_where=held)
    _versions()
    _lines()
    _subjects()
    _holds()
    op.execute(_FIRST_VERSIONS)
    op.execute("UPDATE hub_order SET version_id = id")


def _versions() -> None:
    op.create_table(
        "hub_version",
        sa.Column("id", BIG, nullable=False, autoincrement=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_paid", sa.String(), nullable=False),
        sa.Column("hold_reasons", sa.String(), nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("hub_version_order", "hub_version", ["order_id", "id"])


def _lines() -> None:
    op.create_table(
        "hub_line",
        sa.Column("order_id", BIG, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sku_code", sa.String(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("hub_line_sku", "hub_line", ["sku_code", "order_id"])


def _subjects() -> None:
    op.create_table(
        "hub_subject",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("order_id", BIG, nullable=False, autoincrement=False),
        sa.Column("event_id", BIG, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("digest", "order_id", "event_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("hub_subject_event", "hub_subject", ["event_id"])


def _holds() -> None:
    op.create_table(
        "hub_hold",
        sa.Column("wait_id", BIG, nullable=False, autoincrement=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("channel_order_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("ended_how", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("wait_id"),
    )
    op.create_index("hub_hold_order", "hub_hold", ["channel", "shop_id", "channel_order_id"])
    op.create_index("ix_hub_hold_run_id", "hub_hold", ["run_id"])
