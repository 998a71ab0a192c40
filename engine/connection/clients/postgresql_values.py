"""What columns of PostgreSQL hold, in Python.

What Python cannot hold becomes the text that the server sent, so that one odd value keeps no row from coming.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.types.json import set_json_loads

from engine.connection.rows import Json
from engine.errors import InputInvalid
from engine.json_text import MAX_DEPTH, depth, read_json

_TIMES: Final = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")
_AROUND: Final = 4
"""Levels that may lie around a value: what is delivered, its rows, a row, the row of its line."""


def read_leniently(connection: Any) -> None:
    """On this connection alone."""
    set_json_loads(_json, connection)
    for name in _TIMES:
        connection.adapters.register_loader(name, _or_text(connection.adapters, name))


def _or_text(adapters: Any, name: str) -> type[Loader]:
    """Reads as before; ``infinity``, years before the first or after 9999, and ``24:00`` as text."""
    usual = adapters.get_loader(adapters.types[name].oid, Format.TEXT)

    class OrText(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._usual = usual(oid, context)

        def load(self, data: Buffer) -> Any:
            try:
                return self._usual.load(data)
            except (psycopg.DataError, ValueError, OverflowError):
                return bytes(data).decode()

    return OrText


def _json(raw: str | bytes) -> Json | str:
    try:
        value = read_json(raw)
    except (InputInvalid, ArithmeticError):
        return _text(raw)
    return _text(raw) if depth(value) > MAX_DEPTH - _AROUND else Json(value)


def _text(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode(errors="replace")
