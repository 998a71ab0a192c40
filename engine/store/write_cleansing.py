"""Cleansing rules into SQL: a change goes in one transaction with its version and its line in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.errors import Conflict, Problem
from engine.json_text import canonical_json
from engine.store.cleansing import NewMatch, RulesPart
from engine.store.connection import Connection
from engine.store.ids import IdSequence
from engine.store.problems import not_found
from engine.store.rows import insert, matching, select
from engine.store.sql_audit import append_audit
from engine.store.times import to_micros

_NEWEST = "SELECT coalesce(max(version), 0) FROM rules_version"
_NEWEST_RULES = f"{_NEWEST} WHERE part = 'rules'"
_VERSION = "INSERT INTO rules_version (version, part, at, actor, note, body) VALUES (?, ?, ?, ?, ?, ?)"
_SAME, _SAME_TAIL = matching(
    "id, channel, shop_id, match_key, sku, title, spec, sku_code, each_count",
    "sku_match",
    ("channel", "shop_id", "match_key"),
    "sku_match.until IS NULL",
)
_END = "UPDATE sku_match SET until = ? WHERE id = ? AND until IS NULL"
_MATCH = "INSERT INTO sku_match (id, channel, shop_id, match_key, sku, title, spec, sku_code, each_count, since, until, actor, at) VALUES"


def save_rules(connection: Connection, document: bytes, expected: int, note: str, actor: str, at: datetime) -> int:
    if connection.execute(_NEWEST_RULES).fetchall()[0][0] != expected:
        raise Conflict(Problem("rules.changed"))
    version = _next(connection, "rules", document, note, actor, at)
    append_audit(connection, actor, "rules.save", "rules", {"version": version})
    return version


def put_matches(connection: Connection, ids: IdSequence, rows: Sequence[NewMatch], note: str, actor: str, at: datetime) -> int:
    held = {row[1:4]: (row[0], row[1:]) for row in select(connection, _SAME, "(?,?,?)", [_place(one) for one in rows], _SAME_TAIL)}
    fresh = [one for one in rows if held.get(_place(one), (0, ()))[1] != _values(one)]
    if not fresh:
        return _newest(connection)
    version = _next(connection, "skus", _counted(len(fresh), 0), note, actor, at)
    connection.executemany(_END, [(version, held[_place(one)][0]) for one in fresh if _place(one) in held])
    added = [(ids.next(), *_values(one), version, None, actor, to_micros(at)) for one in fresh]
    insert(connection, _MATCH, f"({','.join('?' * 13)})", added)
    append_audit(connection, actor, "sku_match.save", "rules", {"version": version, "rows": len(fresh)})
    return version


def end_match(connection: Connection, match_id: int, note: str, actor: str, at: datetime) -> int:
    version = _newest(connection) + 1
    if connection.execute(_END, (version, match_id)).rowcount == 0:
        raise not_found("sku_match.unknown")
    _next(connection, "skus", _counted(0, 1), note, actor, at)
    append_audit(connection, actor, "sku_match.delete", f"sku_match:{match_id}", {"version": version})
    return version


def _next(connection: Connection, part: RulesPart, body: bytes, note: str, actor: str, at: datetime) -> int:
    version = _newest(connection) + 1
    connection.execute(_VERSION, (version, part, to_micros(at), actor, note, body))
    return version


def _newest(connection: Connection) -> int:
    return int(connection.execute(_NEWEST).fetchall()[0][0])


def _counted(put: int, ended: int) -> bytes:
    return canonical_json({"put": put, "ended": ended})


def _place(one: NewMatch) -> tuple[str, str, str]:
    return one.channel, one.shop_id, one.key


def _values(one: NewMatch) -> tuple[Any, ...]:
    return one.channel, one.shop_id, one.key, one.sku, one.title, one.spec, one.sku_code, one.each
