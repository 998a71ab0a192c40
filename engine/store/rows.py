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


def select(connection: Connection, head: str, one: str, rows: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """The rows found by ``head (VALUES (…), (…))``, such as ``SELECT … WHERE (a, b) IN``."""
    for chunk in _chunks(rows):
        values = [value for row in chunk for value in row]
        yield from connection.execute(_statement(f"{head} (VALUES ", one, len(chunk), ")"), values)


def _chunks(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    start = 0
    while start < len(rows):
        size = next(size for size in SIZES if size <= len(rows) - start)
        yield rows[start : start + size]
        start += size


@cache
def _statement(head: str, one: str, count: int, tail: str) -> str:
    return f"{head} {','.join([one] * count)} {tail}"
