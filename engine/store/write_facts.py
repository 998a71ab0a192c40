"""Facts and ends of runs into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.privacy.cipher import DataKey, place, seal
from engine.store.connection import Connection
from engine.store.operations import ENDS, PutFact, may_follow
from engine.store.owners import take_over
from engine.store.ports import Fact, RunEnd
from engine.store.problems import lost_owner, not_found
from engine.store.rows import insert, select
from engine.store.short_words import short_fact
from engine.store.times import to_micros
from engine.store.write_consignments import put_consignments
from engine.store.write_events import Desk
from engine.store.write_incidents import settle_incidents
from engine.store.write_waits import settle_waits

_FACT = "INSERT INTO fact (event_id, number, kind, actor, at, body) VALUES"
_KEY_IDS = "SELECT id, key_id FROM event WHERE id IN"
_END = "UPDATE run SET state = ended.column2, ended_at = ended.column3 FROM (VALUES"
_END_TAIL = (
    ") AS ended WHERE run.id = ended.column1 AND CASE ended.column2 = 'cancelling' "
    "WHEN true THEN run.state NOT IN ('done', 'failed', 'cancelled') "
    "ELSE run.state <> 'cancelling' OR ended.column2 IN ('done', 'failed', 'cancelled') END"
)
"""What has ended is not cancelled any more; what is being cancelled neither waits nor parks any more."""
_STATES = "SELECT id, state FROM run WHERE id IN"
Keys = dict[int, "DataKey | Exception"]


def put_facts(connection: Connection, writes: Sequence[PutFact], keys: Keys, strangers: set[int], desk: Desk) -> list[Exception | None]:
    """Keep the facts, then set the states; ``None`` for each that is kept. ``strangers`` are runs that only decisions may touch."""
    results: list[Exception | None] = [_refusal(write, keys, strangers) for write in writes]
    kept = [write for write, refusal in zip(writes, results, strict=True) if refusal is None]
    insert(connection, _FACT, "(?,?,?,?,?,?)", [_fact_row(write.fact, keys) for write in kept if write.fact is not None])
    put_consignments(connection, [one for write in kept for one in write.sent])
    missing = _set_states(connection, kept, desk)
    if missing:
        unknown = not_found("run.unknown")
        results = [result or (unknown if write.event_id in missing else None) for write, result in zip(writes, results, strict=True)]
    return results


def keys_of(connection: Connection, event_ids: Iterable[int], desk: Desk) -> Keys:
    """The data key of each event, or why there is none."""
    keys: Keys = {}
    unknown: list[int] = []
    for event_id in event_ids:
        if event_id in keys:
            continue
        if (key := desk.cache.get(event_id)) is not None:
            keys[event_id] = key
        else:
            keys[event_id] = not_found("event.unknown")
            unknown.append(event_id)
    for event_id, key_id in select(connection, _KEY_IDS, "(?)", [(event_id,) for event_id in unknown]):
        if (key := desk.ring.get(key_id)) is None:
            keys[event_id] = not_found("event.erased")
        else:
            desk.cache.add(event_id, key)
            keys[event_id] = key
    return keys


def _refusal(write: PutFact, keys: Keys, strangers: set[int]) -> Exception | None:
    if write.event_id in strangers and not write.decision:
        return lost_owner()
    if write.fact is None:
        return None
    key = keys[write.event_id]
    return key if isinstance(key, Exception) else None


def _fact_row(fact: Fact, keys: Keys) -> tuple[Any, ...]:
    key = keys[fact.event_id]
    if isinstance(key, Exception):
        raise key
    body = seal(key, fact.body, place("fact", "body", f"{fact.event_id}/{fact.number}"))
    return fact.event_id, fact.number, *short_fact(fact.kind, fact.actor), to_micros(fact.at), body


def _set_states(connection: Connection, writes: Sequence[PutFact], desk: Desk) -> set[int]:
    """Set the last state given for each run, where it may follow the one before; the ids of runs that do not exist."""
    ends = _last_ends(writes)
    if not ends:
        return set()
    missing: set[int] = set()
    take_over(connection, {write.event_id for write in writes if write.end is not None and write.decision}, desk.claim)
    changed = insert(connection, _END, "(?,?,CAST(? AS BIGINT))", [_end_row(event_id, end) for event_id, end in ends.items()], _END_TAIL)
    if changed != len(ends):
        states = dict(select(connection, _STATES, "(?)", [(event_id,) for event_id in ends]))
        missing = set(ends) - set(states)
        ends = {event_id: end for event_id, end in ends.items() if states.get(event_id) == end.state}
    settle_incidents(connection, ends, desk.ids)
    settle_waits(connection, ends, desk.ids)
    for event_id, end in ends.items():
        if end.state in ENDS:
            desk.cache.drop(event_id)
    return missing


def _last_ends(writes: Sequence[PutFact]) -> dict[int, RunEnd]:
    """The last one of each run; but a cancellation overtakes no end, and lets nothing but an end follow."""
    ends: dict[int, RunEnd] = {}
    for write in writes:
        if write.end is not None and may_follow(ends[write.event_id].state if write.event_id in ends else "queued", write.end.state):
            ends[write.event_id] = write.end
    return ends


def _end_row(event_id: int, end: RunEnd) -> tuple[int, str, int | None]:
    return event_id, end.state, to_micros(end.at) if end.state in ENDS else None
