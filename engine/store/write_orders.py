"""Hub orders into SQL, each with the fact that says what became of it, and with the version that came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from engine.json_text import canonical_json
from engine.privacy.cipher import DataKey, place, seal
from engine.store.connection import Connection
from engine.store.counters import add_to_counters, orders_of
from engine.store.hub import Came, outcome, with_outcome
from engine.store.operations import PutFact, PutOrder
from engine.store.ports import HubOrder, HubOutcome
from engine.store.problems import lost_owner
from engine.store.rows import insert, matching, select
from engine.store.times import from_micros, to_micros
from engine.store.write_campaigns import give_back
from engine.store.write_events import Desk
from engine.store.write_facts import Keys
from engine.store.write_parcels import put_parcels

_HELD, _HELD_TAIL = matching(
    "id, channel, shop_id, channel_order_id, version, content, version_id, updated_at",
    "hub_order",
    ("channel", "shop_id", "channel_order_id"),
)
_COLUMNS = (
    "id, channel, shop_id, channel_order_id, version, content, status, currency, amount_paid, display_no, created_at, priority, "
    "event_id, updated_at, body, version_id, hold_reasons, ship_by_at"
)
_UPSERT = f"INSERT INTO hub_order ({_COLUMNS}) VALUES"
_ORDER = f"({','.join('?' * 18)})"
_CHANGED = "ON CONFLICT (channel, shop_id, channel_order_id) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[4:]
)
_VERSION = (
    "INSERT INTO hub_version (id, order_id, version, outcome, status, currency, amount_paid, hold_reasons, event_id, at, body) VALUES"
)
_KEEP_BODY = "UPDATE hub_version SET body = (SELECT body FROM hub_order WHERE hub_order.id = hub_version.order_id) WHERE id = ?"
"""The body of a version stands with its order until a newer one takes that place."""
_LINE = "INSERT INTO hub_line (order_id, number, sku_code, quantity) VALUES"
_SUBJECT = "INSERT INTO hub_subject (digest, order_id, event_id) VALUES"
_Identity = tuple[str, str, str]


@dataclass(slots=True)
class _Held:
    """``since``: when it came; ``fresh``: what is to be written for the newest state, where one of these writes has brought it."""

    id: int
    version: str
    content: str
    version_id: int
    since: int
    fresh: tuple[Any, ...] | None = None


@dataclass(slots=True)
class _Rows:
    """``versions`` by their ids; ``moving``: versions whose bodies leave the place of the newest; ``lines`` by order."""

    versions: dict[int, list[Any]] = field(default_factory=dict[int, "list[Any]"])
    moving: list[tuple[int]] = field(default_factory=list["tuple[int]"])
    lines: dict[int, HubOrder] = field(default_factory=dict[int, HubOrder])
    known: set[int] = field(default_factory=set[int])
    subjects: set[tuple[bytes, int, int]] = field(default_factory=set["tuple[bytes, int, int]"])


def put_orders(
    connection: Connection, writes: Sequence[PutOrder], keys: Keys, strangers: set[int], desk: Desk
) -> tuple[list[HubOutcome | Exception], list[PutFact]]:
    """Keep the orders that are new or newer, and each version that came; the outcomes, and the facts that are still to be written."""
    held = {
        (row[1], row[2], row[3]): _Held(row[0], row[4], row[5], row[6], row[7])
        for row in select(connection, _HELD, "(?,?,?)", [_identity(write.order) for write in writes], _HELD_TAIL)
    }
    rows = _Rows(known={one.id for one in held.values()})
    new: Counter[str] = Counter()
    results: list[HubOutcome | Exception] = []
    facts: list[PutFact] = []
    for write in writes:
        key = lost_owner() if write.fact.event_id in strangers else keys[write.fact.event_id]
        if isinstance(key, Exception):
            results.append(key)
            continue
        result = _decide(write, held, rows, key, desk)
        new[orders_of(write.order.channel)] += result == "new"
        results.append(result)
        facts.append(PutFact(write.fact.event_id, structs.replace(write.fact, body=with_outcome(write.fact.body, result)), None))
    _write(connection, rows, [one.fresh for one in held.values() if one.fresh is not None])
    give_back(connection, rows.lines)
    add_to_counters(connection, +new)
    return results, facts


def _decide(write: PutOrder, held: dict[_Identity, _Held], rows: _Rows, key: DataKey, desk: Desk) -> HubOutcome:
    order, identity = write.order, _identity(write.order)
    known = held.get(identity)
    came = Came(order.version, order.content, order.updated_at or write.fact.at)
    result = outcome(came, Came(known.version, known.content, from_micros(known.since)) if known else None)
    version_id = desk.ids.next()
    order_id = known.id if known else version_id
    body = None if result == "unchanged" else seal(key, order.body, place("hub_order", "body", order_id))
    if result in ("new", "changed"):
        if known is not None:
            _make_room(known, rows)
        held[identity] = _Held(
            order_id, order.version, order.content, version_id, _at(write), _order_row(order_id, write, body, version_id)
        )
        rows.lines[order_id] = order
    rows.versions[version_id] = _version_row(version_id, order_id, write, result, body if result == "stale" else None)
    if result != "unchanged":
        rows.subjects.update((digest, order_id, write.fact.event_id) for digest in order.subjects)
    return result


def _make_room(known: _Held, rows: _Rows) -> None:
    """The version that was the newest keeps its body as one of the versions that came."""
    if known.fresh is None:
        rows.moving.append((known.version_id,))
    else:
        rows.versions[known.version_id][-1] = known.fresh[_BODY]


def _write(connection: Connection, rows: _Rows, orders: Sequence[tuple[Any, ...]]) -> None:
    if rows.moving:
        connection.executemany(_KEEP_BODY, rows.moving)
    insert(connection, _UPSERT, _ORDER, orders, _CHANGED)
    insert(connection, _VERSION, "(?,?,?,?,?,?,?,?,?,?,?)", [tuple(row) for row in rows.versions.values()])
    replaced = [(order_id,) for order_id in rows.lines if order_id in rows.known]
    if replaced:
        connection.executemany("DELETE FROM hub_line WHERE order_id = ?", replaced)
    lines = [
        (order_id, number, line.sku_code, line.quantity)
        for order_id, order in rows.lines.items()
        for number, line in enumerate(order.lines, 1)
    ]
    insert(connection, _LINE, "(?,?,?,?)", lines)
    insert(connection, _SUBJECT, "(?,?,?)", sorted(rows.subjects), "ON CONFLICT DO NOTHING")
    put_parcels(connection, [order.parcel for order in rows.lines.values() if order.parcel is not None])


_BODY = _COLUMNS.split(", ").index("body")


def _order_row(order_id: int, write: PutOrder, body: bytes | None, version_id: int) -> tuple[Any, ...]:
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
        _at(write),
        body,
        version_id,
        reasons_text(order.hold_reasons),
        order.ship_by_at,
    )


def _version_row(version_id: int, order_id: int, write: PutOrder, result: HubOutcome, body: bytes | None) -> list[Any]:
    order, reasons = write.order, reasons_text(write.order.hold_reasons)
    return [
        version_id,
        order_id,
        order.version,
        result,
        order.status,
        order.currency,
        order.amount_paid,
        reasons,
        write.fact.event_id,
        _at(write),
        body,
    ]


def reasons_text(reasons: Sequence[str]) -> str:
    """A JSON array; empty where there is none, so that an index holds only what is held."""
    return canonical_json(list(reasons)).decode() if reasons else ""


def _at(write: PutOrder) -> int:
    return to_micros(write.order.updated_at or write.fact.at)


def _identity(order: HubOrder) -> _Identity:
    return order.channel, order.shop_id, order.channel_order_id
