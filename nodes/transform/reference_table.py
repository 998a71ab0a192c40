"""A small table to look things up in: rows found by the text of some columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine.sdk import NodeError

Row = Mapping[str, Any]


class ReferenceTable:
    """Rows by the values of their key columns, compared as text, so that 7 finds "7".

    Raises ``NodeError`` with ``lookup.duplicate_row`` where two rows have the same key: which one is meant cannot be known.
    """

    def __init__(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        self.rows = rows
        self._columns = tuple(columns)
        self._by_key: dict[tuple[str, ...], Row] = {}
        for number, row in enumerate(rows, 1):
            key = _key(row.get(column) for column in self._columns)
            if key is not None and self._by_key.setdefault(key, row) is not row:
                raise NodeError("lookup.duplicate_row", row=number, columns=self._columns)

    def find(self, values: Sequence[Any]) -> Row | None:
        """The row whose key columns hold these values; an empty value finds nothing."""
        key = _key(values)
        return None if key is None else self._by_key.get(key)


def _key(values: Any) -> tuple[str, ...] | None:
    texts = tuple(_text(value) for value in values)
    return None if None in texts else texts  # type: ignore[return-value]


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, (str, int)):
        return str(value) or None
    return None
