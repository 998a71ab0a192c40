"""Files of SQLite that give space back: new ones are made so, older ones are converted once."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from engine.errors import Conflict, Problem
from engine.store.problems import named

INCREMENTAL = 2


def prepare(file: Path) -> None:
    """Before the first table: a new file is made so that its free pages can be given back in small steps."""
    if file.stat().st_size == 0:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")


def compact(data: Path, file: Path) -> tuple[int, int]:
    """Rewrite the database and its keys without free pages, in the form that gives space back; their bytes before and after.

    Needs up to twice the space meanwhile. Raises ``Conflict`` (``store.in_use``) while a process works on them, or ``StoreUnavailable``.
    """
    files = [one for one in (file, file.with_name("keys.db")) if one.exists()]
    with named(), ExitStack() as stack:
        for lock in (data / "serve.lock", *sorted((file.parent / "owners").glob("*.lock"))):
            _hold(lock, stack)
        before = sum(one.stat().st_size for one in files)
        for one in files:
            with closing(sqlite3.connect(one, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return before, sum(one.stat().st_size for one in files)


def _hold(lock: Path, stack: ExitStack) -> None:
    if not lock.exists():
        return
    descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    stack.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(Problem("store.in_use", fields={"data": str(lock.parent)})) from None
