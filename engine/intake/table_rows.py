"""Rows of a CSV file (RFC 4180) as objects of text: the first row names the fields, an empty cell is ``""``."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from typing import IO, Final, Protocol

from engine.errors import InputInvalid, Problem

_CHUNK: Final = 1 << 20
_FALLBACK: Final = "gb18030"
_TOO_LONG: Final = "field limit"


class _Rows(Protocol):
    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def encoding_of(stream: IO[bytes]) -> str:
    """UTF-8, with or without a mark; UTF-16 with one; else GB18030, which spreadsheets in China write."""
    head = stream.read(_CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while head:
            decoder.decode(head)
            head = stream.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _FALLBACK
    return "utf-8-sig"


def read_table(stream: IO[bytes], name: str, encoding: str) -> Iterator[dict[str, str]]:
    """Raises ``InputInvalid``: ``input.unreadable`` with the line, ``input.header_twice``, ``input.delimiter``."""
    with TextIOWrapper(stream, encoding=encoding, newline="") as text:
        rows = csv.reader(text, strict=True)
        try:
            yield from _objects(rows, name)
        except csv.Error as error:
            rule = "csv_field" if _TOO_LONG in str(error) else "csv_form"
            raise _unreadable(name, rows.line_num, str(error), rule=rule) from None
        except UnicodeDecodeError:
            raise _unreadable(name, rows.line_num + 1, f"neither UTF-8 nor {_FALLBACK.upper()}", rule="encoding") from None


def header(names: Sequence[str], file: str) -> list[str]:
    """The fields' names; a column without one is called by its number.

    Raises ``InputInvalid``: ``input.header_twice``, ``input.delimiter``.
    """
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise InputInvalid(Problem("input.delimiter", (file,), {"delimiter": ";" if ";" in names[0] else "tab"}))
    fields = [name.strip() or f"column_{number}" for number, name in enumerate(names, 1)]
    twice = [name for name, count in Counter(fields).items() if count > 1]
    if twice:
        raise InputInvalid(Problem("input.header_twice", (file,), {"names": twice}))
    return fields


def wrong_length(name: str, line: int, cells: int, columns: int) -> InputInvalid:
    """A row that does not have as many cells as there are columns."""
    reason = f"{cells} {'cell' if cells == 1 else 'cells'} instead of {columns}"
    return _unreadable(name, line, reason, rule="row_length", cells=cells, columns=columns)


def _objects(rows: _Rows, name: str) -> Iterator[dict[str, str]]:
    fields: list[str] = []
    for row in rows:
        if row and not fields:
            fields = header(row, name)
        elif row:
            if len(row) != len(fields):
                raise wrong_length(name, rows.line_num, len(row), len(fields))
            yield dict(zip(fields, row, strict=True))


def _unreadable(name: str, line: int, reason: str, **more: str | int) -> InputInvalid:
    return InputInvalid(Problem("input.unreadable", (name,), {"line": line, "reason": reason, **more}))
