"""A connection that stays open between its uses, and gives way to another one once it has failed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from engine.store.connection import Connection
from engine.store.problems import unavailable

T = TypeVar("T")


class Lasting:
    """May be used from any thread, by one at a time. It is opened with its first use."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._using = Lock()

    def use(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` makes of the connection; once more, over a new one, where it has failed meanwhile."""
        with self._using:
            if self._connection is not None:
                try:
                    return work(self._connection)
                except Exception as error:
                    self._leave()
                    if unavailable(error) is None:
                        raise
            self._connection = self._connect()
            try:
                return work(self._connection)
            except Exception:
                self._leave()
                raise

    def close(self) -> None:
        with self._using:
            self._leave()

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()
