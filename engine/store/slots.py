"""Which process works on an SQLite file: each live one holds the file lock of a slot, and the lock goes with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from engine.errors import Problem
from engine.store.connection import Connection
from engine.store.problems import StoreUnavailable

SLOTS = range(1, 256)
"""Slot 0 stands for no owner."""


class FileSlots:
    """Numbered lock files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: int | None = None

    def take(self, connection: Connection) -> int:  # noqa: ARG002 - the files tell
        self.release()
        for number in SLOTS:
            descriptor = _locked(self._file(number), wait=False)
            if descriptor is not None:
                self._held = descriptor
                return number
        raise too_many_processes()

    def keep(self, connection: Connection) -> None:
        """Nothing to do: the file stays locked."""

    @contextmanager
    def free_ones(self, connection: Connection, numbers: Iterable[int]) -> Generator[list[int]]:  # noqa: ARG002
        held = {number: descriptor for number in numbers if (descriptor := _locked(self._file(number), wait=False)) is not None}
        try:
            yield list(held)
        finally:
            for descriptor in held.values():
                os.close(descriptor)

    def release(self) -> None:
        descriptor, self._held = self._held, None
        if descriptor is not None:
            os.close(descriptor)

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.lock"


@contextmanager
def alone(file: Path) -> Generator[None]:
    """One process at a time inside the block."""
    descriptor = _locked(file, wait=True)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def too_many_processes() -> StoreUnavailable:
    return StoreUnavailable(Problem("store.too_many_processes", fields={"limit": len(SLOTS)}))


def _locked(file: Path, *, wait: bool) -> int | None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
