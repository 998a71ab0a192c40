"""The tables. Bodies are sealed; what stands beside them in clear is never personal.

`keys.db`, a database of its own, has one more: `data_key(id, wrapped)` (see `keys.py`); so has `calls.db`: `call_log` (see `call_log.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import Big, UtcTime

_big: Any = Big
_time: Any = UtcTime()


MARKS = {"conflict": 'event."conflict"', "cancellation": "event.passes"}
"""Conditions, written as the partial indexes have them, so that SQLite sees that these serve."""


class EventRow(SQLModel, table=True):
    """An event as it arrived; its run has the same id. `key_id` names the data key of everything personal about it.

    `key` and `actor` are shortened (see `short_words.py`).
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__: ClassVar[Any] = (
        Index("event_trigger", "trigger"),
        Index("event_conflict", "id", sqlite_where=text('"conflict"'), postgresql_where=text('"conflict"')),
        Index("event_passes", "id", sqlite_where=text("passes"), postgresql_where=text("passes")),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    flow: str
    version: int
    trigger: str
    key: str
    order_key: str
    received_at: datetime = Field(sa_type=_time)
    actor: str
    passes: bool
    conflict: bool
    key_id: int = Field(sa_type=_big)
    body: bytes


class EventKeyRow(SQLModel, table=True):
    """What has been seen: keyed digests of event keys, contents and deliveries (see `dedupe.py`). Outlives the event."""

    __tablename__: ClassVar[Any] = "event_key"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    digest: bytes = Field(primary_key=True)
    content: bytes
    delivery: bytes | None
    event_id: int = Field(sa_type=_big)


class RunRow(SQLModel, table=True):
    """A run; the partial index holds only those that are not done, however many are."""

    __tablename__: ClassVar[Any] = "run"
    __table_args__: ClassVar[Any] = (
        Index("run_not_done", "state", "flow", sqlite_where=text("state <> 'done'"), postgresql_where=text("state <> 'done'")),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    flow: str = Field(index=True)
    version: int
    state: str
    order_key: str = Field(index=True)
    accepted_at: datetime = Field(sa_type=_time)
    ended_at: datetime | None = Field(sa_type=_time)
    owner: int
    fingerprint: str
    epoch: int = Field(sa_type=_big, sa_column_kwargs={"server_default": text("0")})


class FactRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "fact"
    __table_args__: ClassVar[Any] = {"sqlite_with_rowid": False}

    event_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True)
    kind: str
    actor: str
    at: datetime = Field(sa_type=_time)
    body: bytes


class IncidentRow(SQLModel, table=True):
    """`place` and `fields` are JSON."""

    __tablename__: ClassVar[Any] = "incident"
    __table_args__: ClassVar[Any] = (Index("incident_state", "state", "id"),)

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    run_id: int = Field(sa_type=_big, index=True)
    flow: str
    step: str
    item_key: str
    code: str
    place: str
    fields: str
    state: str
    at: datetime = Field(sa_type=_time)
    closed_at: datetime | None = Field(sa_type=_time)


class WaitRow(SQLModel, table=True):
    """What a run waits for. `roles` is a JSON array. The partial index holds only what is open, however much has been."""

    __tablename__: ClassVar[Any] = "wait"
    __table_args__: ClassVar[Any] = (
        Index("wait_effect", "effect", unique=True),
        Index("wait_due", "due_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("wait_open", "kind", "id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    run_id: int = Field(sa_type=_big, index=True)
    flow: str
    step: str
    item_key: str
    kind: str
    effect: str
    digest: str
    due_at: datetime | None = Field(sa_type=_time)
    roles: str
    state: str
    at: datetime = Field(sa_type=_time)
    closed_at: datetime | None = Field(sa_type=_time)


class NoticeRow(SQLModel, table=True):
    """What error flows have not been told yet: an incident that was opened, or a run that failed. Rows go once that is done."""

    __tablename__: ClassVar[Any] = "notice"

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    run_id: int = Field(sa_type=_big)
    incident_id: int | None = Field(sa_type=_big)


class CallRow(SQLModel, table=True):
    """Which run called which, by which effect; ``root_id``: the run at the top, which nobody called, whose data key all share."""

    __tablename__: ClassVar[Any] = "call"

    child_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    parent_id: int = Field(sa_type=_big, index=True)
    root_id: int = Field(sa_type=_big, index=True)
    effect: str = Field(unique=True, index=True)
    depth: int


class SourceRow(SQLModel, table=True):
    """A source of events: whose claim it is (`owner` 0: nobody's), and how far it was read (`cursor`: JSON)."""

    __tablename__: ClassVar[Any] = "source"

    flow: str = Field(primary_key=True)
    trigger: str = Field(primary_key=True)
    owner: int
    epoch: int = Field(sa_type=_big)
    cursor: bytes | None


class OrderRow(SQLModel, table=True):
    """An order in the hub: projections in clear, the canonical order sealed with the key of the event that brought it."""

    __tablename__: ClassVar[Any] = "hub_order"
    __table_args__: ClassVar[Any] = (
        Index("hub_order_identity", "channel", "shop_id", "channel_order_id", unique=True),
        Index("hub_order_numbers", "channel_order_id", "display_no"),
        Index("hub_order_display_no", "display_no"),
        Index("hub_order_status", "status", "id"),
        Index("hub_order_channel", "channel", "id"),
        Index("hub_order_day", "channel", "created_at"),
        Index("hub_order_updated_at", "updated_at"),
        Index(
            "hub_order_priority",
            "priority",
            "id",
            sqlite_where=text("priority <> 'normal'"),
            postgresql_where=text("priority <> 'normal'"),
        ),
        Index("hub_order_held", "id", sqlite_where=text("hold_reasons <> ''"), postgresql_where=text("hold_reasons <> ''")),
    )

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    channel: str
    shop_id: str
    channel_order_id: str
    version: str
    content: str
    status: str
    currency: str
    amount_paid: str
    display_no: str
    created_at: str | None
    priority: str
    event_id: int = Field(sa_type=_big)
    updated_at: datetime = Field(sa_type=_time)
    body: bytes
    version_id: int = Field(sa_type=_big, sa_column_kwargs={"server_default": text("0")})
    hold_reasons: str = Field(sa_column_kwargs={"server_default": text("''")})
    ship_by_at: str | None


class OrderVersionRow(SQLModel, table=True):
    """A version that came. The body of the newest stands with its order; `hold_reasons` is a JSON array, or empty."""

    __tablename__: ClassVar[Any] = "hub_version"
    __table_args__: ClassVar[Any] = (Index("hub_version_order", "order_id", "id"),)

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    order_id: int = Field(sa_type=_big)
    version: str
    outcome: str
    status: str
    currency: str
    amount_paid: str
    hold_reasons: str
    event_id: int = Field(sa_type=_big)
    at: datetime = Field(sa_type=_time)
    body: bytes | None


class OrderLineRow(SQLModel, table=True):
    """A line of the newest state of an order."""

    __tablename__: ClassVar[Any] = "hub_line"
    __table_args__: ClassVar[Any] = (Index("hub_line_sku", "sku_code", "order_id"), {"sqlite_with_rowid": False})

    order_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True)
    sku_code: str
    quantity: int = Field(sa_type=_big)


class SubjectRow(SQLModel, table=True):
    """The blind index: under which keyed digests of a phone number or an address an event brought an order. Erased with the event."""

    __tablename__: ClassVar[Any] = "hub_subject"
    __table_args__: ClassVar[Any] = (Index("hub_subject_event", "event_id"), {"sqlite_with_rowid": False})

    digest: bytes = Field(primary_key=True)
    order_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})


class HoldRow(SQLModel, table=True):
    """The order that a wait of kind `hold` keeps back, and how that ended. `reasons` is a JSON array; `missing` another, or empty."""

    __tablename__: ClassVar[Any] = "hub_hold"
    __table_args__: ClassVar[Any] = (Index("hub_hold_order", "channel", "shop_id", "channel_order_id"),)

    wait_id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    run_id: int = Field(sa_type=_big, index=True)
    channel: str
    shop_id: str
    channel_order_id: str
    version: str
    reasons: str
    ended_how: str
    ended_by: str
    missing: str = Field(sa_column_kwargs={"server_default": text("''")})


class ReconciliationRow(SQLModel, table=True):
    """What the newest comparison of a day and channel found: JSON, nothing of it personal."""

    __tablename__: ClassVar[Any] = "reconciliation"

    day: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    at: datetime = Field(sa_type=_time)
    differences: int
    body: bytes


class FlowRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "flow"

    name: str = Field(primary_key=True)
    draft: bytes | None
    draft_etag: str | None
    published: int | None
    updated_at: datetime = Field(sa_type=_time)


class FlowVersionRow(SQLModel, table=True):
    __tablename__: ClassVar[Any] = "flow_version"

    flow: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: bytes
    digest: str
    note: str
    actor: str
    at: datetime = Field(sa_type=_time)
    calls: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})


class ConnectionRow(SQLModel, table=True):
    """A connection, sealed whole with the master key."""

    __tablename__: ClassVar[Any] = "connection"

    name: str = Field(primary_key=True)
    body: bytes
    updated_at: datetime = Field(sa_type=_time)


class AuditTableRow(SQLModel, table=True):
    """Numbered without gaps; `chain` covers the row and the chain of the one before."""

    __tablename__: ClassVar[Any] = "audit"

    id: int = Field(primary_key=True, sa_type=_big, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=_time)
    actor: str
    action: str
    resource: str
    detail: str
    chain: str


class OwnerRow(SQLModel, table=True):
    """A slot that a process may hold, and how often it was claimed or adopted from (see `owners.py`)."""

    __tablename__: ClassVar[Any] = "owner"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    epoch: int = Field(sa_type=_big)


class CounterRow(SQLModel, table=True):
    """See `counters.py`."""

    __tablename__: ClassVar[Any] = "counter"

    name: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)


class SecretRow(SQLModel, table=True):
    """Secrets of the store itself, wrapped with the master key: `digest_key`, under which event keys are digested."""

    __tablename__: ClassVar[Any] = "secret"

    name: str = Field(primary_key=True)
    body: bytes
