"""Consignments into SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.store.connection import Connection
from engine.store.consignments import Consignment, Member
from engine.store.rows import insert

COLUMNS: Final = (
    "connection, channel, shop_id, number, channel_order_id, whole, part, parts, version, amount, day, event_id, sent_version, sent_amount"
)
_FORGET: Final = "DELETE FROM consigned WHERE connection = ? AND channel = ? AND shop_id = ? AND number = ?"
"""One by one: SQLite looks through the whole table for a list of places, and by its key for each."""
_KEEP: Final = f"INSERT INTO consigned ({COLUMNS}) VALUES"
_ONE: Final = f"({','.join('?' * 14)})"


def put_consignments(connection: Connection, sent: Iterable[Consignment]) -> None:
    """Of those of one place the last one counts."""
    newest = {one.place: one for one in sent}
    if newest:
        connection.executemany(_FORGET, list(newest))
    insert(connection, _KEEP, _ONE, [_row(one, member) for one in newest.values() for member in one.members])


def grouped(rows: Iterable[Any]) -> list[Consignment]:
    """From rows in the order of ``COLUMNS``: by place, members by number."""
    found: dict[tuple[Any, ...], list[Member]] = {}
    for row in sorted(rows, key=lambda row: tuple(row[:5])):
        about = (*row[:4], *row[5:12])
        found.setdefault(about, []).append(Member(row[4], row[12], row[13]))
    return [Consignment(*about, members=tuple(members)) for about, members in found.items()]


def _row(one: Consignment, member: Member) -> tuple[Any, ...]:
    return (
        *one.place, member.channel_order_id, one.whole, one.part, one.parts, one.version, one.amount, one.day, one.event_id,
        member.version, member.amount,
    )  # fmt: skip
