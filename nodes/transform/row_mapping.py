"""Reads the rows of one order by a mapping: each cell for itself, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeVar, cast

from engine.sdk import Findings, Item, NodeError, get, instant, parse_money, zone_of
from nodes.transform.row_fields import AMOUNTS, TIMES, Unit, amount_of, quantity_of, text_of, time_of

T = TypeVar("T")
_ABSENT: Final = object()


class Rows:
    """The rows of one order. ``faults`` gathers what cannot be read: field, and the code of the problem."""

    def __init__(self, rows: Sequence[Item], columns: Mapping[str, str], currency: str, zone: str, unit: Unit) -> None:
        self._rows, self._columns, self._zone = rows, columns, zone
        self._unit: Unit = unit
        self.findings = Findings()
        self.faults: list[tuple[str, str]] = []
        self.currency = (self.text("currency") or currency).upper()

    def missing_columns(self, lines: Sequence[Item], line_columns: Mapping[str, str]) -> list[str]:
        """Columns that the mapping names and that no row has."""
        asked = [(self._rows, column) for column in self._columns.values()] + [(lines, column) for column in line_columns.values()]
        return sorted({column for rows, column in asked if all(_cell(row, column) is _ABSENT for row in rows)})

    def text(self, field: str) -> str | None:
        return self._read(field, lambda value: text_of(value, field))

    def amount(self, name: str) -> Decimal | None:
        field = f"amount.{name}"
        text = self._read(field, partial(self._amount, field))
        return None if text is None else parse_money(text, self.currency, path=field)

    def time(self, field: str) -> str | None:
        """What the source wrote stays beside it. An order was changed when the last of its rows was."""
        read = partial(time_of, zone=self._zone, field=field)
        found = self._newest(field, read) if field == "updated_at" else self._read(field, read)
        if found is not None:
            source = next(value for value in self._values(field) if self._try(field, value, read) == found)
            self.findings.time_sources[field] = {"text": str(source), "zone": zone_of(str(source), self._zone)}
        return found

    def lines(self, rows: Sequence[Item], columns: Mapping[str, str]) -> list[dict[str, Any]]:
        return [self._line(row, columns) for row in rows]

    def _amount(self, field: str, value: Any) -> str | None:
        return amount_of(value, self.currency, self._unit, field)

    def _line(self, row: Item, columns: Mapping[str, str]) -> dict[str, Any]:
        texts = ("channel_line_id", "sku_code", "platform_sku", "title", "spec")
        line: dict[str, Any] = {name: self._cell(row, columns, name, partial(_text, name)) for name in texts}
        line["qty"] = self._cell(row, columns, "qty", quantity_of)
        for name in ("unit_price", "paid_share"):
            line[name] = self._cell(
                row, columns, name, lambda value, name=name: amount_of(value, self.currency, self._unit, f"lines[].{name}")
            )
        return line

    def _cell(self, row: Item, columns: Mapping[str, str], name: str, read: Callable[[Any], T]) -> T | None:
        value = _cell(row, columns[name]) if name in columns else _ABSENT
        return None if value is _ABSENT else self._try(f"lines[].{name}", value, read)

    def _read(self, field: str, read: Callable[[Any], T]) -> T | None:
        """The first that is there; rows that say otherwise are noted, amounts hold the order."""
        found = [one for value in self._values(field) if (one := self._try(field, value, read)) not in (None, "")]
        if any(one != found[0] for one in found[1:]):
            self.findings.note(self._columns[field], "differs")
            if field.startswith("amount."):
                self.findings.hold("amount_mismatch")
        return found[0] if found else None

    def _newest(self, field: str, read: Callable[[Any], str | None]) -> str | None:
        found = [one for value in self._values(field) if (one := self._try(field, value, read)) is not None]
        return max(found, key=_seconds, default=None)

    def _values(self, field: str) -> list[Any]:
        column = self._columns.get(field)
        return [] if column is None else [value for row in self._rows if (value := _cell(row, column)) is not _ABSENT]

    def _try(self, field: str, value: Any, read: Callable[[Any], T]) -> T | None:
        try:
            return read(value)
        except NodeError as error:
            if (fault := (field, error.problem.code)) not in self.faults:
                self.faults.append(fault)
            return None


def _seconds(text: str) -> float:
    moment = instant(text)
    return 0.0 if moment is None else moment.timestamp()


def _text(field: str, value: Any) -> str | None:
    return text_of(value, field)


def _cell(row: Item, column: str) -> Any:
    """A column by its whole name, or a field inside by its path."""
    if column in row:
        return row[column]
    return get(row, column, _ABSENT) if "." in column else _ABSENT


def amounts_read(rows: Rows) -> dict[str, Decimal | None]:
    return {name: rows.amount(name) for name in AMOUNTS}


def times_read(rows: Rows) -> dict[str, str | None]:
    found = {name: rows.time(name) for name in TIMES}
    return {**found, "confirmed_at": found["confirmed_at"] or found["paid_at"]}


def inner_rows(rows: Sequence[Item], place: str | None) -> Sequence[Item]:
    """Where the lines stand: each row is one, or a list inside the rows holds them."""
    if place is None:
        return rows
    lists = [_cell(row, place) for row in rows]
    return [cast("Item", one) for found in lists if isinstance(found, list) for one in cast("list[object]", found) if isinstance(one, dict)]
