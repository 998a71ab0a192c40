"""Rows of the first sheet of an Excel workbook, as text like those of a CSV file, so that a flow reads either alike."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any, cast

from engine.errors import InputInvalid, Problem
from engine.intake.table_rows import header, wrong_length


def read_workbook(stream: IO[bytes], name: str) -> Iterator[dict[str, str]]:
    """Empty rows are passed over. Formulas give the value that was saved with them."""
    from openpyxl import load_workbook  # noqa: PLC0415 - costs start-up time
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        workbook: Any = load_workbook(stream, read_only=True, data_only=True)
        rows: Iterator[Sequence[Any]] = workbook.worksheets[0].iter_rows(values_only=True)
        yield from _objects(rows, name)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        reason = "not an Excel workbook" if isinstance(error, zipfile.BadZipFile) else type(error).__name__
        raise InputInvalid(Problem("input.unreadable", (name,), {"line": 1, "reason": reason, "rule": "workbook_form"})) from None


def _objects(rows: Iterator[Sequence[Any]], name: str) -> Iterator[dict[str, str]]:
    fields: list[str] = []
    for number, row in enumerate(rows, 1):
        cells = [cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if not fields:
            fields = header(cells, name)
            continue
        if len(cells) > len(fields):
            raise wrong_length(name, number, len(cells), len(fields))
        yield dict(zip(fields, cells + [""] * (len(fields) - len(cells)), strict=True))


def cell_text(value: Any) -> str:
    """Numbers in plain decimal notation without needless ``.0``, times as ``2010-12-01 08:26:00``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(cast("object", value))
