"""What the store raises besides ``NotFound`` and ``Conflict``."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from engine.errors import Conflict, InputInvalid, NotFound, OrderloomError, Problem


class StoreUnavailable(OrderloomError):
    """The write is not kept: the disk is full or fails, or the database stays locked. Trying again later may work."""


class LostOwner(OrderloomError):
    """The run is somebody else's by now: nothing was written, and whoever gets this leaves the run to its owner."""


_SERVER_STATES = frozenset({"08", "40", "53", "55", "57", "58", "F0", "XX"})
"""Classes of SQLSTATE that are no fault of the statement: connection, deadlock, resources, locks, shutdown, disk."""
_READ_ONLY = "25006"
_UNIQUE = "23505"
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_GUILTY = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_RANGE,
        sqlite3.SQLITE_MISUSE,
    }
)


def unavailable(error: BaseException) -> StoreUnavailable | None:
    """The problem behind an error of the database file or disk; ``None`` if the operation itself is at fault."""
    error = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's
    if _of_postgres(error):
        state: str | None = getattr(error, "sqlstate", None)
        if state is not None and state[:2] not in _SERVER_STATES and state != _READ_ONLY:
            return None
        return StoreUnavailable(Problem("store.unavailable", fields={"reason": state or type(error).__name__}))
    if not isinstance(error, (sqlite3.Error, OSError)):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.Error) and (not isinstance(code, int) or code & 0xFF in _GUILTY):
        return None
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if isinstance(code, int) and code & 0xFF in _DAMAGED:
        return StoreUnavailable(Problem("store.damaged", fields={"reason": str(name)}))
    return StoreUnavailable(Problem("store.unavailable", fields={"reason": str(name)}))


def _of_postgres(error: BaseException) -> bool:
    """Whether it is the driver's, which is loaded only where it is needed."""
    return type(error).__module__.partition(".")[0] == "psycopg"


@contextmanager
def named() -> Generator[None]:
    """Errors of file or disk inside the block come out as ``StoreUnavailable``."""
    try:
        yield
    except Exception as error:
        problem = unavailable(error)
        if problem is None:
            raise
        raise problem from error


def refused(error: Exception) -> Exception:
    """What the caller of a single guilty operation gets."""
    if isinstance(error, sqlite3.IntegrityError) or (_of_postgres(error) and getattr(error, "sqlstate", None) == _UNIQUE):
        return Conflict(Problem("store.already_kept"))
    return error


def lost_owner() -> LostOwner:
    return LostOwner(Problem("run.lost_owner"))


def not_found(code: str, **fields: object) -> NotFound:
    return NotFound(Problem(code, fields=fields))


def bad_cursor() -> InputInvalid:
    return InputInvalid(Problem("cursor.invalid"))
