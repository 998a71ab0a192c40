"""Consignments into SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.store.connection import Connection
from engine.store.consignments import Consignment, Member
from engine.store.line_ids import lines_of, lines_text
from engine.store.rows import insert

_PLACE: Final = ("connection", "channel", "shop_id", "number")
_ABOUT: Final = ("whole", "part", "parts", "version", "amount", "day", "event_id", "ships")
_MEMBER: Final = ("named", "channel_order_id", "sent_version", "sent_amount", "sent_part", "sent_parts", "lines")
COLUMNS: Final = (*_PLACE, *_ABOUT, *_MEMBER)
_FORGET: Final = "DELETE FROM consignment WHERE connection = ? AND channel = ? AND shop_id = ? AND number = ?"
"""One by one: SQLite looks through the whole table for a list of places, and by its key for each."""
_KEEP: Final = f"INSERT INTO consignment ({', '.join(COLUMNS)}) VALUES"
_ONE: Final = f"({','.join('?' * len(COLUMNS))})"
_HEAD: Final = len(_PLACE) + len(_ABOUT)


def put_consignments(connection: Connection, sent: Iterable[Consignment]) -> None:
    """Of those of one place the last one counts."""
    newest = {one.place: one for one in sent}
    if newest:
        connection.executemany(_FORGET, list(newest))
    insert(connection, _KEEP, _ONE, [_row(one, member) for one in newest.values() for member in one.members])


def grouped(rows: Iterable[Any]) -> list[Consignment]:
    """From rows in the order of ``COLUMNS``: by place, members by number."""
    found: dict[tuple[Any, ...], list[Member]] = {}
    for row in sorted(rows, key=lambda row: (*row[: len(_PLACE)], row[_HEAD])):
        found.setdefault(tuple(row[:_HEAD]), []).append(_member(*row[_HEAD:]))
    return [_consignment(*about, members=tuple(members)) for about, members in found.items()]


def _consignment(*about: Any, members: tuple[Member, ...]) -> Consignment:
    *rest, ships = about
    return Consignment(*rest, members=members, ships=bool(ships))


def _member(named: str, order: str, version: str | None, amount: str | None, part: int, parts: int, lines: str | None) -> Member:
    return Member(order, version, amount, None if lines is None else lines_of(lines), part, parts, "" if named == order else named)


def _row(one: Consignment, member: Member) -> tuple[Any, ...]:
    lines = None if member.lines is None else lines_text(member.lines)
    return (
        *one.place, one.whole, one.part, one.parts, one.version, one.amount, one.day, one.event_id, one.ships,
        member.named, member.channel_order_id, member.version, member.amount, member.part, member.parts, lines,
    )  # fmt: skip
