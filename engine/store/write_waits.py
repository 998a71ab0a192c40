"""Waits into SQL: what a run waits for is opened once; what it no longer waits for is closed until it does again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from engine.json_text import canonical_json
from engine.store.connection import Connection
from engine.store.ids import IdSequence
from engine.store.operations import ENDS
from engine.store.ports import NewHold, NewWait, RunEnd, WaitKind, WaitState
from engine.store.times import to_micros

_INSERT = (
    "INSERT INTO wait (id, run_id, flow, step, item_key, kind, effect, digest, due_at, roles, state, at, closed_at) "
    "SELECT ?, id, flow, ?, ?, ?, ?, ?, ?, ?, 'open', ?, NULL FROM run WHERE id = ? ON CONFLICT (effect) DO NOTHING"
)
_HOLD = (
    "INSERT INTO hub_hold (wait_id, run_id, channel, shop_id, channel_order_id, version, reasons, missing, ended_how, ended_by) "
    "SELECT id, run_id, ?, ?, ?, ?, ?, ?, '', '' FROM wait WHERE effect = ? ON CONFLICT (wait_id) DO NOTHING"
)
_KNOWN = "SELECT effect, kind, state FROM wait WHERE run_id = ?"
_GOING_ON = f"{_KNOWN} AND kind <> 'deadline'"
_CLOSE = "UPDATE wait SET state = 'cancelled', closed_at = ? WHERE effect = ? AND state = 'open'"
_REOPEN = "UPDATE wait SET state = 'open', closed_at = NULL WHERE effect = ?"
_QUEUE = "UPDATE run SET state = 'queued' WHERE id = ? AND state IN ('waiting', 'parked')"


def settle_waits(connection: Connection, ends: Mapping[int, RunEnd], ids: IdSequence) -> None:
    """After the states are set. Runs that are simply done, which most are, cost nothing: whatever woke them closed its wait."""
    for event_id, end in ends.items():
        if end.waits or end.drops_waits or end.timed or end.state not in ("done", "parked"):
            _settle(connection, event_id, end, ids)


def _settle(connection: Connection, event_id: int, end: RunEnd, ids: IdSequence) -> None:
    look = _KNOWN if end.state in ENDS else _GOING_ON
    known = {effect: (kind, state) for effect, kind, state in connection.execute(look, (event_id,))}
    wanted = {wait.effect: wait for wait in end.waits}
    gone = [effect for effect, (_, state) in known.items() if state == "open" and effect not in wanted]
    connection.executemany(_CLOSE, [(to_micros(end.at), effect) for effect in gone])
    connection.executemany(_INSERT, [_row(event_id, wait, end, ids) for effect, wait in wanted.items() if effect not in known])
    connection.executemany(_HOLD, [_hold(wait, wait.hold) for effect, wait in wanted.items() if effect not in known and wait.hold])
    over = [effect for effect in wanted if effect in known and known[effect][1] != "open"]
    again = [effect for effect in over if opens_again(*known[effect])]
    connection.executemany(_REOPEN, [(effect,) for effect in again])
    if len(over) > len(again):  # it woke while the run was still at work
        connection.execute(_QUEUE, (event_id,))


def opens_again(kind: WaitKind, state: WaitState) -> bool:
    """A wait that was cancelled is wanted again when its run is sent on after all. The rest of a call that is over leaves no fact:
    where it is wanted still, the clock was put back.
    """
    return state == "cancelled" or (state == "done" and kind == "backoff")


def _row(event_id: int, wait: NewWait, end: RunEnd, ids: IdSequence) -> tuple[Any, ...]:
    roles = canonical_json(list(wait.roles)).decode()
    return ids.next(), wait.step, wait.item_key, wait.kind, wait.effect, wait.digest, _due(wait), roles, to_micros(end.at), event_id


def _hold(wait: NewWait, hold: NewHold) -> tuple[Any, ...]:
    reasons = canonical_json(list(hold.reasons)).decode()
    missing = canonical_json([asdict(one) for one in hold.missing]).decode() if hold.missing else ""
    return hold.channel, hold.shop_id, hold.channel_order_id, hold.version, reasons, missing, wait.effect


def _due(wait: NewWait) -> int | None:
    return None if wait.due_at is None else to_micros(wait.due_at)
