"""The log of calls between the two processes: whoever hands a batch over waits until it is written, in a thread of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Final, cast

from engine.store.apart.frames import Line
from engine.store.apart.words import Calls
from engine.store.call_log import insert_calls
from engine.store.call_records import CallNote
from engine.store.connection import Connection

PATIENCE: Final = 30.0
"""Seconds after which a process that says nothing is taken for one that is gone."""


class CallsLine:
    """The side that has the calls. ``is_gone`` once the other one is, or has said nothing for ``patience`` seconds."""

    def __init__(self, end: socket.socket, patience: float = PATIENCE) -> None:
        end.settimeout(patience)
        self._end, self._line = end, Line(end)
        self.is_gone = False

    def write(self, calls: Sequence[CallNote]) -> bool:
        try:
            self._line.send(Calls(calls))
            if answers := self._line.receive():
                return bool(answers[0])
        except OSError:
            self.is_gone = True
            raise
        self.is_gone = True
        raise ConnectionResetError

    def close(self) -> None:
        self.is_gone = True
        self._end.close()


def write_calls(end: socket.socket, connect: Callable[[], Connection]) -> None:
    """The side that writes, until the other end is closed."""
    line, database = Line(end), None
    try:
        while batches := line.receive():
            for calls in cast("list[Calls]", batches):
                try:
                    database = database or connect()
                    insert_calls(database, calls.notes)
                except Exception:  # noqa: BLE001 - whoever has the calls keeps them for another time, and says so
                    database = _closed(database)
                line.send(database is not None)
    except (BrokenPipeError, ConnectionResetError):  # nobody is left to tell
        pass
    finally:
        _closed(database)


def _closed(database: Connection | None) -> None:
    if database is not None:
        database.close()
