"""Items from a file, a test or a hand become the events that their trigger would make of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, cast

from engine.errors import InputInvalid, Problem
from engine.json_text import read_kept, write_json
from engine.node.items import Item
from engine.node.paths import get
from engine.node.triggers import Arrival, Delivery
from engine.privacy.cipher import new_data_key, open_sealed, seal
from engine.run.plan import Step

ROW_NUMBER = "source_row"
MAX_BATCH_BYTES = 64 * 1024 * 1024
_AAD = "spill|body|0"


def arrivals_of(step: Step, items: Iterable[Any]) -> Iterator[Arrival]:
    """One event an item; for a file trigger one a row, a ``group_by`` key, or (``batch``) the whole file.

    Rows get their number (1 = the first) in the field that the trigger's parameter ``row_number`` names. Memory stays
    bounded: rows of one key need not stand together, they are gathered in a sealed temporary file.
    """
    if step.type.starts == "file":
        yield from (_read(step, rows) for rows in _groups(step, items))
    else:
        yield from (_read(step, item) for item in items)


def deliveries_of(step: Step, items: Iterable[Any]) -> Iterator[tuple[Delivery, int]]:
    """What the trigger would have received, with the number of items in it."""
    if step.type.starts == "file":
        for arrival in arrivals_of(step, items):
            yield Delivery(write_json(list(arrival.items))), len(arrival.items)
    else:
        for item in items:
            yield Delivery(write_json(item)), 1


def _read(step: Step, content: Any) -> Arrival:
    read = step.type.read
    assert read is not None  # noqa: S101 - a trigger always has its reading function
    return read(Delivery(write_json(content)), step.params)


def _groups(step: Step, items: Iterable[Any]) -> Iterator[list[Item]]:
    group_by, batch = getattr(step.params, "group_by", None), getattr(step.params, "batch", False)
    rows = _numbered(items, getattr(step.params, "row_number", ROW_NUMBER) or ROW_NUMBER)
    if batch:
        yield list(rows)
    elif group_by is None:
        yield from ([row] for row in rows)
    else:
        yield from _grouped(rows, group_by)


def _numbered(items: Iterable[Any], field: str) -> Iterator[Item]:
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise InputInvalid(Problem("input.not_an_object", (str(number),), {"type": type(item).__name__}))
        yield {**cast("Item", item), field: number}


def _grouped(rows: Iterable[Item], path: str) -> Iterator[list[Item]]:
    key = new_data_key()
    with closing(sqlite3.connect("")) as spill:  # an unnamed database lives in memory and, when large, in an unlinked file
        spill.execute("create table row (n integer primary key, grp text, body blob)")
        spill.executemany(
            "insert into row (grp, body) values (?, ?)",
            ((str(get(row, path, "")), seal(key, write_json(row), _AAD)) for row in rows),
        )
        spill.execute("create index row_grp on row (grp, n)")
        for (group,) in spill.execute("select grp from row group by grp order by min(n)").fetchall():
            found = spill.execute("select body from row where grp = ? order by n", (group,))
            yield [read_kept(open_sealed(key, body, _AAD)) for (body,) in found]
