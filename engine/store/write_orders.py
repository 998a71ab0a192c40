"""Hub orders into SQLite, each with the fact that says what became of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from engine.privacy.cipher import DataKey, place, seal
from engine.store.counters import add_to_counters, orders_of
from engine.store.hub import outcome, with_outcome
from engine.store.operations import PutFact, PutOrder
from engine.store.ports import HubOrder, HubOutcome
from engine.store.rows import insert, select
from engine.store.times import to_micros
from engine.store.write_events import Desk
from engine.store.write_facts import Keys

_HELD = "SELECT id, channel, shop_id, channel_order_id, version, content FROM hub_order WHERE (channel, shop_id, channel_order_id) IN"
_COLUMNS = (
    "id, channel, shop_id, channel_order_id, version, content, status, currency, amount_paid, display_no, created_at, priority, "
    "event_id, updated_at, body"
)
_UPSERT = f"INSERT INTO hub_order ({_COLUMNS}) VALUES"
_CHANGED = "ON CONFLICT (channel, shop_id, channel_order_id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[4:]
)
_Identity = tuple[str, str, str]


@dataclass(slots=True)
class _Held:
    id: int
    version: str
    content: str


def put_orders(
    connection: sqlite3.Connection, writes: Sequence[PutOrder], keys: Keys, desk: Desk
) -> tuple[list[HubOutcome | Exception], list[PutFact]]:
    """Keep the orders that are new or newer; the outcomes, and the facts that are still to be written."""
    held = {
        (row[1], row[2], row[3]): _Held(row[0], row[4], row[5])
        for row in select(connection, _HELD, "(?,?,?)", [_identity(write.order) for write in writes])
    }
    rows: dict[_Identity, tuple[Any, ...]] = {}
    new: Counter[str] = Counter()
    results: list[HubOutcome | Exception] = []
    facts: list[PutFact] = []
    for write in writes:
        key = keys[write.fact.event_id]
        if isinstance(key, Exception):
            results.append(key)
            continue
        result = _decide(write, held, rows, key, desk)
        new[orders_of(write.order.channel)] += result == "new"
        results.append(result)
        facts.append(PutFact(write.fact.event_id, structs.replace(write.fact, body=with_outcome(write.fact.body, result)), None))
    insert(connection, _UPSERT, "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", list(rows.values()), _CHANGED)
    add_to_counters(connection, +new)
    return results, facts


def _decide(write: PutOrder, held: dict[_Identity, _Held], rows: dict[_Identity, tuple[Any, ...]], key: DataKey, desk: Desk) -> HubOutcome:
    order, identity = write.order, _identity(write.order)
    known = held.get(identity)
    result = outcome(order, known.version, known.content) if known else "new"
    if result in ("new", "changed"):
        order_id = known.id if known else desk.ids.next()
        held[identity] = _Held(order_id, order.version, order.content)
        rows[identity] = _row(order_id, write, key)
    return result


def _row(order_id: int, write: PutOrder, key: DataKey) -> tuple[Any, ...]:
    order = write.order
    return (
        order_id,
        order.channel,
        order.shop_id,
        order.channel_order_id,
        order.version,
        order.content,
        order.status,
        order.currency,
        order.amount_paid,
        order.display_no,
        order.created_at,
        order.priority,
        write.fact.event_id,
        to_micros(order.updated_at or write.fact.at),
        seal(key, order.body, place("hub_order", "body", order_id)),
    )


def _identity(order: HubOrder) -> _Identity:
    return order.channel, order.shop_id, order.channel_order_id
