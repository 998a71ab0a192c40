"""Many rows in one statement: one step of SQLite, one hand-over of the interpreter's lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from engine.store.connection import Connection

SIZES = (64, 32, *range(16, 0, -1))
"""Rows in one statement. Under load a transaction has some ten to thirty rows of a kind: mostly they go in one statement, for each
statement hands the interpreter's lock over, and getting it back from a busy event loop is what takes time."""


def insert(connection: Connection, head: str, one: str, rows: Sequence[Sequence[Any]], tail: str = "") -> int:
    """Run ``head (…), (…) tail`` over all rows, ``one`` being the placeholders of a row; how many rows it changed."""
    changed = 0
    for chunk in _chunks(rows):
        values = [value for row in chunk for value in row]
        changed += connection.execute(_statement(head, one, len(chunk), tail), values).rowcount
    return changed


def select(connection: Connection, head: str, one: str, rows: Sequence[Sequence[Any]], tail: str = "") -> Iterator[Any]:
    """The rows found by ``head (VALUES (…), (…)) tail``, such as ``SELECT … WHERE id IN``.

    For one column only: SQLite reads a whole table where several are to be ``IN`` more than one row. ``matching`` makes head and tail
    that find those by their index.
    """
    for chunk in _chunks(rows):
        values = [value for row in chunk for value in row]
        yield from connection.execute(_statement(f"{head} (VALUES ", one, len(chunk), f") {tail}"), values)


def matching(columns: str, table: str, names: Sequence[str], where: str = "") -> tuple[str, str]:
    """Head and tail of a statement that selects ``columns`` of the rows whose ``names`` are those of a row of values."""
    same = " AND ".join(f"{table}.{name} = wanted.column{place}" for place, name in enumerate(names, 1))
    return f"SELECT {columns} FROM", f"AS wanted CROSS JOIN {table} WHERE {same}{f' AND {where}' if where else ''}"


def _chunks(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    start = 0
    while start < len(rows):
        size = next(size for size in SIZES if size <= len(rows) - start)
        yield rows[start : start + size]
        start += size


@cache
def _statement(head: str, one: str, count: int, tail: str) -> str:
    return f"{head} {','.join([one] * count)} {tail}"
