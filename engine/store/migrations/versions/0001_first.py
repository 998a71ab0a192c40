"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def big(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, BIG, nullable=nullable, autoincrement=False)


def blob(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def flag(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def key(*columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns)


def upgrade() -> None:
    events_and_runs()
    orders()
    documents()
    trail()


def events_and_runs() -> None:
    op.create_table(
        "event",
        big("id"), text("flow"), number("version"), text("trigger"), text("key"), text("order_key"), big("received_at"), text("actor"),
        flag("passes"), flag("conflict"), big("key_id"), blob("body"), key("id"),
    )  # fmt: skip
    op.create_table("event_key", blob("digest"), blob("content"), blob("delivery", nullable=True), big("event_id"), key("digest"), sqlite_with_rowid=False)
    op.create_table(
        "run",
        big("id"), text("flow"), number("version"), text("state"), text("order_key"), big("accepted_at"), big("ended_at", nullable=True),
        number("owner"), text("fingerprint"), key("id"),
    )  # fmt: skip
    not_done = sa.text("state <> 'done'")
    op.create_index("run_not_done", "run", ["state", "flow"], sqlite_where=not_done, postgresql_where=not_done)
    op.create_index("ix_run_flow", "run", ["flow"])
    op.create_index("ix_run_order_key", "run", ["order_key"])
    op.create_table(
        "fact",
        big("event_id"), number("number"), text("kind"), text("actor"), big("at"), blob("body"), key("event_id", "number"),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "incident",
        big("id"), big("run_id"), text("flow"), text("step"), text("item_key"), text("code"), text("place"), text("fields"), text("state"),
        big("at"), big("closed_at", nullable=True), key("id"),
    )  # fmt: skip
    op.create_index("ix_incident_run_id", "incident", ["run_id"])
    op.create_index("incident_state", "incident", ["state", "id"])


def orders() -> None:
    op.create_table(
        "hub_order",
        big("id"), text("channel"), text("shop_id"), text("channel_order_id"), text("version"), text("content"), text("status"),
        text("currency"), text("amount_paid"), text("display_no"), text("created_at", nullable=True), text("priority"), big("event_id"),
        big("updated_at"), blob("body"), key("id"),
    )  # fmt: skip
    op.create_index("hub_order_identity", "hub_order", ["channel", "shop_id", "channel_order_id"], unique=True)
    op.create_index("hub_order_numbers", "hub_order", ["channel_order_id", "display_no"])
    op.create_index("hub_order_display_no", "hub_order", ["display_no"])
    op.create_index("hub_order_status", "hub_order", ["status", "id"])
    op.create_index("hub_order_channel", "hub_order", ["channel", "id"])


def documents() -> None:
    op.create_table(
        "flow",
        text("name"), blob("draft", nullable=True), text("draft_etag", nullable=True), number("published", nullable=True), big("updated_at"),
        key("name"),
    )  # fmt: skip
    op.create_table(
        "flow_version",
        text("flow"), number("version"), blob("document"), text("digest"), text("note"), text("actor"), big("at"), key("flow", "version"),
    )  # fmt: skip
    op.create_table("connection", text("name"), blob("body"), big("updated_at"), key("name"))


def trail() -> None:
    op.create_table(
        "audit",
        big("id"), big("at"), text("actor"), text("action"), text("resource"), text("detail"), text("chain"), key("id"),
    )  # fmt: skip
    op.create_table("counter", text("name"), sa.Column("number", sa.BigInteger(), nullable=False), key("name"))
    op.create_table("secret", text("name"), blob("body"), key("name"))
