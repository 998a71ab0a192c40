"""Which process writes: each live one holds the file lock of a slot, and the lock goes with the process, however it ends.

Runs name the slot of their owner. A slot whose lock is free belongs to nobody alive, so its runs may be adopted.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from engine.errors import Problem
from engine.store.problems import StoreUnavailable

SLOTS = range(1, 256)
"""Slot 0 stands for no owner."""


class Slot:
    """A slot held by this process. ``number`` is the owner of what it writes."""

    def __init__(self, number: int, descriptor: int) -> None:
        self.number = number
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Slot:
        """The lowest free slot. Raises ``StoreUnavailable`` (``store.too_many_processes``) when all are held."""
        folder.mkdir(mode=0o700, exist_ok=True)
        for number in SLOTS:
            descriptor = _locked(_lock_file(folder, number), wait=False)
            if descriptor is not None:
                return cls(number, descriptor)
        raise StoreUnavailable(Problem("store.too_many_processes", fields={"limit": len(SLOTS)}))

    def free(self) -> None:
        os.close(self._descriptor)


@contextmanager
def slots_of_the_dead(folder: Path, owners: Iterable[int]) -> Generator[list[int]]:
    """Those of ``owners`` whose process is gone, held locked until the block ends so that nobody else adopts or takes them."""
    held = {number: descriptor for number in owners if (descriptor := _locked(_lock_file(folder, number), wait=False)) is not None}
    try:
        yield list(held)
    finally:
        for descriptor in held.values():
            os.close(descriptor)


@contextmanager
def alone(file: Path) -> Generator[None]:
    """One process at a time inside the block."""
    descriptor = _locked(file, wait=True)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock_file(folder: Path, number: int) -> Path:
    return folder / f"{number}.lock"


def _locked(file: Path, *, wait: bool) -> int | None:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
