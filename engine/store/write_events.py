"""Events into SQLite: look up what was seen, decide, insert the new ones with their keys and runs."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.privacy.cipher import place, seal
from engine.store.counters import add_to_counters, runs_of
from engine.store.dedupe import Digester, Identity, Kept, Verdict, judge
from engine.store.ids import IdSequence
from engine.store.keys import KeyCache, KeyRing
from engine.store.ports import Accepted, NewEvent
from engine.store.rows import insert, select
from engine.store.times import to_micros

_EVENT = 'INSERT INTO event (id, flow, version, "trigger", "key", order_key, received_at, actor, passes, "conflict", key_id, body) VALUES'
_RUN = "INSERT INTO run (id, flow, version, state, order_key, accepted_at, ended_at, owner, fingerprint) VALUES"
_KEY = "INSERT INTO event_key (digest, content, delivery, event_id) VALUES"
_SEEN = "SELECT digest, content, delivery, event_id FROM event_key WHERE digest IN"


@dataclass(slots=True)
class Desk:
    """What the writer's thread works with."""

    owner: int
    ids: IdSequence
    digester: Digester
    ring: KeyRing
    cache: KeyCache


@dataclass(slots=True)
class _Rows:
    events: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    runs: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    keys: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])


def put_events(connection: sqlite3.Connection, events: Sequence[NewEvent], desk: Desk) -> list[Accepted]:
    """Keep the events that are new; duplicates, of kept ones or of each other, write nothing."""
    identities = [desk.digester.identity(event) for event in events]
    seen = _Seen(connection, identities)
    rows = _Rows()
    accepted = [_accept(event, identity, desk, seen, rows) for event, identity in zip(events, identities, strict=True)]
    insert(connection, _EVENT, "(?,?,?,?,?,?,?,?,?,?,?,?)", rows.events)
    insert(connection, _RUN, "(?,?,?,'queued',?,?,NULL,?,?)", rows.runs)
    insert(connection, _KEY, "(?,?,?,?)", rows.keys)
    add_to_counters(connection, Counter(runs_of(row[1]) for row in rows.runs))
    return accepted


class _Seen:
    """Digests that are kept, those of this batch among them."""

    def __init__(self, connection: sqlite3.Connection, identities: Sequence[Identity]) -> None:
        self._connection = connection
        self._kept: dict[bytes, Kept | None] = dict.fromkeys(each.key for each in identities)
        self._read([(each.key,) for each in identities])

    def get(self, digest: bytes) -> Kept | None:
        if digest not in self._kept:
            self._kept[digest] = None
            self._read([(digest,)])
        return self._kept[digest]

    def add(self, digest: bytes, kept: Kept) -> None:
        self._kept[digest] = kept

    def _read(self, wanted: Sequence[tuple[bytes]]) -> None:
        for digest, content, delivery, event_id in select(self._connection, _SEEN, "(?)", wanted):
            self._kept[digest] = Kept(content, delivery, event_id)


def _accept(event: NewEvent, identity: Identity, desk: Desk, seen: _Seen, rows: _Rows) -> Accepted:
    verdict = judge(event, identity, desk.digester, seen.get)
    if verdict.first is not None:
        return Accepted(verdict.first, verdict.key, duplicate=True, conflict=verdict.conflict)
    event_id = desk.ids.next()
    _rows_of(event, event_id, verdict, desk, rows)
    kept = Kept(identity.content, identity.delivery, event_id)
    for digest in verdict.digests:
        seen.add(digest, kept)
        rows.keys.append((digest, *kept))
    return Accepted(event_id, verdict.key, duplicate=False, conflict=verdict.conflict)


def _rows_of(event: NewEvent, event_id: int, verdict: Verdict, desk: Desk, rows: _Rows) -> None:
    key_id, key = desk.ring.new()
    desk.cache.add(event_id, key)
    body = seal(key, event.body, place("event", "body", event_id))
    at = to_micros(event.received_at)
    flow, version, order_key = event.flow, event.version, event.order_key
    rows.events.append(
        (event_id, flow, version, event.trigger, verdict.key, order_key, at, event.actor, event.passes, verdict.conflict, key_id, body)
    )
    rows.runs.append((event_id, flow, version, order_key, at, event.owner or desk.owner, event.fingerprint))
