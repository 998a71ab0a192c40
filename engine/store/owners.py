"""Whose work a run is: its owner, and the epoch in which that owner took it (decision 0013).

A process claims a slot; whoever claims it, or adopts what its holder left, raises the slot's epoch. A run bears the claim of its
owner. So a process that was thought dead finds its claim gone with its next write, however long it slept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.store.connection import Connection, Slots
from engine.store.records import OPEN_STATES
from engine.store.rows import select

OPEN = "state <> 'done' AND state IN (" + ", ".join(f"'{state}'" for state in OPEN_STATES) + ")"
"""Written out, so that the partial index `run_not_done` serves."""
_RAISE = "INSERT INTO owner (number, epoch) VALUES (?, 1) ON CONFLICT (number) DO UPDATE SET epoch = owner.epoch + 1 RETURNING epoch"
_OPEN_CLAIMS = f"SELECT DISTINCT owner, epoch FROM run WHERE {OPEN}"  # noqa: S608 - our own words
_ADOPT = f"UPDATE run SET owner = ?, epoch = ? WHERE {OPEN} AND owner = ? AND epoch = ? RETURNING id"  # noqa: S608
_MINE = f"SELECT id FROM run WHERE {OPEN} AND owner = ? AND epoch = ? AND +id > ? ORDER BY id LIMIT ?"  # noqa: S608
"""With a plus, so that SQLite does not walk the ids, of runs that are done for the most part."""
_ALL = 2**62
_TAKE_OVER = "UPDATE run SET owner = ?, epoch = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to write for the runs that bear it."""

    owner: int
    epoch: int


def take_claim(connection: Connection, slots: Slots) -> Claim:
    """A slot of one's own, in a new epoch. Raises ``StoreUnavailable`` (``store.too_many_processes``)."""
    number = slots.take(connection)
    return Claim(number, _raise(connection, number))


def holds(connection: Connection, claim: Claim) -> bool:
    """Whether nobody has taken the slot, or adopted its runs, since it was claimed."""
    found = connection.execute("SELECT epoch FROM owner WHERE number = ?", (claim.owner,)).fetchall()
    return bool(found) and found[0][0] == claim.epoch


def lost(connection: Connection, run_ids: Collection[int], claim: Claim) -> set[int]:
    """Those of the runs that are somebody else's: one statement for all of them."""
    rows = select(connection, "SELECT id, owner, epoch FROM run WHERE id IN", "(?)", [(run_id,) for run_id in run_ids])
    return {run_id for run_id, owner, epoch in rows if owner != claim.owner or epoch != claim.epoch}


def take_over(connection: Connection, run_ids: Iterable[int], claim: Claim) -> None:
    """What a person decided makes their process the owner, whoever was it before."""
    connection.executemany(_TAKE_OVER, [(claim.owner, claim.epoch, run_id) for run_id in run_ids])


def adopt(connection: Connection, slots: Slots, claim: Claim) -> list[int]:
    """Takes over the open runs of claims that nobody holds any more; those runs, oldest first."""
    adopted: list[int] = []
    found = connection.execute(_OPEN_CLAIMS).fetchall()
    others = {Claim(owner, epoch) for owner, epoch in found} - {claim}
    with slots.free_ones(connection, {other.owner for other in others} - {claim.owner}) as free:
        for number in free:
            _raise(connection, number)
        for other in others:
            if other.owner in free or not holds(connection, other):
                rows = connection.execute(_ADOPT, (claim.owner, claim.epoch, other.owner, other.epoch)).fetchall()
                adopted += [row[0] for row in rows]
    return sorted(adopted)


def open_runs_of(connection: Connection, claim: Claim, after: int = 0, limit: int | None = None) -> list[int]:
    """Oldest first, with ids above ``after``."""
    values = (claim.owner, claim.epoch, after, _ALL if limit is None else limit)
    return [row[0] for row in connection.execute(_MINE, values).fetchall()]


def _raise(connection: Connection, number: int) -> int:
    return connection.execute(_RAISE, (number,)).fetchall()[0][0]
