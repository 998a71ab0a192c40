"""Events into SQL: look up what was seen, decide, insert the new ones with their keys and runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.node.items import START_KEY
from engine.privacy.cipher import DataKey, place, seal
from engine.store.connection import Connection
from engine.store.counters import add_to_counters, runs_of
from engine.store.dedupe import Digester, Identity, Kept, Verdict, judge
from engine.store.ids import IdSequence
from engine.store.keys import KeyCache, KeyRing
from engine.store.operations import SHARE, deadline_effect
from engine.store.owners import Claim
from engine.store.ports import Accepted, NewEvent
from engine.store.problems import not_found
from engine.store.rows import insert, select
from engine.store.short_words import short_actor, short_key
from engine.store.times import to_micros

_EVENT = 'INSERT INTO event (id, flow, version, "trigger", "key", order_key, received_at, actor, passes, "conflict", key_id, body) VALUES'
_RUN = "INSERT INTO run (id, flow, version, state, order_key, accepted_at, ended_at, owner, epoch, fingerprint) VALUES"
_KEY = "INSERT INTO event_key (digest, content, delivery, event_id) VALUES"
_CALL = "INSERT INTO call (child_id, parent_id, root_id, effect, depth) VALUES"
_DEADLINE = "INSERT INTO wait (id, run_id, flow, step, item_key, kind, effect, digest, due_at, roles, state, at, closed_at) VALUES"
_PARENT = "SELECT event.key_id, coalesce(call.root_id, event.id) FROM event LEFT JOIN call ON call.child_id = event.id WHERE event.id = ?"
_FACT = "INSERT INTO fact (event_id, number, kind, actor, at, body) VALUES"
_SEEN = "SELECT digest, content, delivery, event_id FROM event_key WHERE digest IN"


@dataclass(slots=True)
class Desk:
    """What the writer's thread works with."""

    claim: Claim
    ids: IdSequence
    digester: Digester
    ring: KeyRing
    cache: KeyCache

    def take_up(self, claim: Claim) -> None:
        """Work goes on under another claim: the one before is lost, and with it the runs that bear it."""
        self.claim = claim
        self.ids.slot = claim.owner
        self.ring.slot = claim.owner


@dataclass(slots=True)
class _Rows:
    events: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    runs: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    keys: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    calls: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    deadlines: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    facts: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])


def put_events(connection: Connection, events: Sequence[NewEvent], desk: Desk) -> list[Accepted]:
    """Keep the events that are new; duplicates, of kept ones or of each other, write nothing."""
    identities = [desk.digester.identity(event) for event in events]
    seen = _Seen(connection, identities)
    rows = _Rows()
    accepted = [_accept(connection, event, identity, desk, seen, rows) for event, identity in zip(events, identities, strict=True)]
    insert(connection, _EVENT, "(?,?,?,?,?,?,?,?,?,?,?,?)", rows.events)
    insert(connection, _RUN, "(?,?,?,'queued',?,?,NULL,?,?,?)", rows.runs)
    insert(connection, _KEY, "(?,?,?,?)", rows.keys)
    insert(connection, _CALL, "(?,?,?,?,?)", rows.calls)
    insert(connection, _DEADLINE, "(?,?,?,?,?,'deadline',?,'',?,'[]','open',?,NULL)", rows.deadlines)
    insert(connection, _FACT, "(?,?,'share',?,?,?)", rows.facts)
    add_to_counters(connection, Counter(runs_of(row[1]) for row in rows.runs))
    return accepted


class _Seen:
    """Digests that are kept, those of this batch among them."""

    def __init__(self, connection: Connection, identities: Sequence[Identity]) -> None:
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


def _accept(connection: Connection, event: NewEvent, identity: Identity, desk: Desk, seen: _Seen, rows: _Rows) -> Accepted:
    verdict = judge(event, identity, desk.digester, seen.get)
    if verdict.first is not None:
        return Accepted(verdict.first, verdict.key, duplicate=True, conflict=verdict.conflict)
    sealing = (*desk.ring.new(), 0) if event.call is None else _family(connection, event.call.parent, desk)
    event_id = desk.ids.next()
    _rows_of(event, event_id, verdict, sealing, desk, rows)
    kept = Kept(identity.content, identity.delivery, event_id)
    for digest in verdict.digests:
        seen.add(digest, kept)
        rows.keys.append((digest, *kept))
    return Accepted(event_id, verdict.key, duplicate=False, conflict=verdict.conflict)


def _family(connection: Connection, parent: int, desk: Desk) -> tuple[int, DataKey, int]:
    """What a run hands to another is sealed with the same key, so that it is erased with it (rule R9): that, and whose it is."""
    found = connection.execute(_PARENT, (parent,)).fetchone()
    if found is None:
        raise not_found("event.unknown")
    key = desk.ring.get(found[0])
    if key is None:
        raise not_found("event.erased")
    return found[0], key, found[1]


def _rows_of(event: NewEvent, event_id: int, verdict: Verdict, sealing: tuple[int, DataKey, int], desk: Desk, rows: _Rows) -> None:
    key_id, key, root = sealing
    desk.cache.add(event_id, key)
    body = seal(key, event.body, place("event", "body", event_id))
    at = to_micros(event.received_at)
    flow, version, order_key = event.flow, event.version, event.order_key
    named = short_key(verdict.key, order_key), order_key, at, short_actor(event.actor, flow, event.trigger)
    rows.events.append((event_id, flow, version, event.trigger, *named, event.passes, verdict.conflict, key_id, body))
    rows.runs.append((event_id, flow, version, order_key, at, desk.claim.owner, desk.claim.epoch, event.fingerprint))
    if event.call is not None:
        rows.calls.append((event_id, event.call.parent, root, event.call.effect, event.call.depth))
    if event.share:
        share = seal(key, event.share, place("fact", "body", f"{event_id}/{SHARE}"))
        rows.facts.append((event_id, SHARE, event.actor, at, share))
    if event.deadline is not None:
        effect, due = deadline_effect(event_id), to_micros(event.deadline)
        rows.deadlines.append((desk.ids.next(), event_id, flow, event.trigger, START_KEY, effect, due, at))
