"""The log of calls in a database of its own: noted in memory, written in batches by a thread of its own, never with an order.

SQLite: ``calls.db`` beside the data; PostgreSQL: a table of its own. Losing the last second of it in a crash loses no order.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Event, Lock, Thread
from typing import Any, Final, TypeVar, cast

from engine.errors import Problem
from engine.json_text import write_json
from engine.privacy.scrub import scrub
from engine.store.call_records import EVERY_CALL, CallFilter, CallMade, CallNote, Scribe
from engine.store.connection import Connection
from engine.store.options import KeepCalls
from engine.store.pages import bounds, page
from engine.store.problems import StoreUnavailable, named, not_found
from engine.store.records import Page
from engine.store.rows import insert
from engine.store.times import from_micros, to_micros

log = logging.getLogger("orderloom.calls")
EVERY: Final = 0.5
"""Seconds between two batches."""
MOST_NOTED: Final = 20_000
"""Calls that wait in memory; more are counted only."""
TOGETHER: Final = 200
"""Calls that are handed to another process at once: while more were packed, nothing else could go on in this one."""
SWEEP_EVERY: Final = 60.0
SWEEP_STEP: Final = 5_000
LONGEST_PATH: Final = 200
LONGEST_EXCERPT: Final = 1_000
COLUMNS: Final = "at, direction, place, method, path, status, code, ms, failed, run_id, flow, step, effect, attempt, size, excerpt"
SCHEMA: Final = (
    (
        "CREATE TABLE IF NOT EXISTS call_log (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, direction TEXT NOT NULL, "
        "place TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, "
        "status INTEGER, code TEXT, ms REAL NOT NULL, failed INTEGER NOT NULL, "
        "run_id INTEGER, flow TEXT, step TEXT, effect TEXT, attempt INTEGER NOT NULL, size INTEGER, excerpt TEXT)"
    ),
    "CREATE INDEX IF NOT EXISTS call_log_run ON call_log (run_id) WHERE run_id IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS call_log_place ON call_log (place, id)",
    "CREATE INDEX IF NOT EXISTS call_log_failed ON call_log (id) WHERE failed = 1",
    "CREATE INDEX IF NOT EXISTS call_log_at ON call_log (at)",
)
_INSERT: Final = f"INSERT INTO call_log ({COLUMNS}) VALUES"
_ROW: Final = f"({','.join('?' * 16)})"
_SELECT: Final = f"SELECT id, {COLUMNS} FROM call_log"  # noqa: S608
_OLD: Final = "DELETE FROM call_log WHERE id IN (SELECT id FROM call_log WHERE {} ORDER BY id LIMIT ?)"
_PLACES: Final = (
    "WITH RECURSIVE found(place) AS (SELECT min(place) FROM call_log UNION ALL "
    "SELECT (SELECT min(place) FROM call_log WHERE place > found.place) FROM found WHERE found.place IS NOT NULL) "
    "SELECT place FROM found WHERE place IS NOT NULL"
)
T = TypeVar("T")


class SqlCallLog:
    """Opened when the first call is written or read. ``note`` belongs to the event loop; the rest may be asked from anywhere.

    ``scribe``: who writes in place of this process, if anybody does now.
    """

    def __init__(
        self, connect: Callable[[], Connection], keep: KeepCalls, most: int = MOST_NOTED, sweep_every: float = SWEEP_EVERY,
        scribe: Callable[[], Scribe | None] = lambda: None,
    ) -> None:  # fmt: skip
        self.lost = 0
        self._connect, self._keep, self._most, self._scribe = connect, keep, most, scribe
        self._noted: deque[CallNote] = deque()
        self._database: Connection | None = None
        self._lock, self._stopping = Lock(), Event()
        self._sweep_every = timedelta(seconds=sweep_every)
        self._sweep_at = datetime.now(UTC) + self._sweep_every
        self._writer = Thread(target=self._write_on, name="calls", daemon=True)
        self._writer.start()

    def note(self, call: CallNote) -> None:
        if len(self._noted) < self._most:
            self._noted.append(call)
        else:
            self.lost += 1

    async def calls(self, where: CallFilter = EVERY_CALL, *, limit: int = 50, cursor: str | None = None) -> Page[CallMade]:
        limit, below = bounds(limit, cursor)
        conditions, values = conditions_of(where)
        query = f"{_SELECT} WHERE {' AND '.join(['id < ?', *conditions])} ORDER BY id DESC LIMIT ?"
        rows = await self._ask(query, (below, *values, limit + 1))
        return page(rows, limit, lambda row: row[0], _as_call)

    async def call(self, call_id: int) -> CallMade:
        rows = await self._ask(f"{_SELECT} WHERE id = ?", (call_id,))
        if not rows:
            raise not_found("call_log.unknown")
        return _as_call(rows[0])

    async def call_places(self) -> list[str]:
        return [place for (place,) in await self._ask(_PLACES, ())]

    async def forget_answers(self, run_id: int) -> None:
        def forget(database: Connection) -> None:
            database.begin()
            database.execute("UPDATE call_log SET excerpt = NULL WHERE run_id = ? AND excerpt IS NOT NULL", (run_id,))
            database.commit()

        await asyncio.to_thread(self._use, forget)

    async def close(self) -> None:
        self._stopping.set()
        await asyncio.to_thread(self._writer.join)
        with self._lock:
            self._leave()

    async def _ask(self, query: str, values: Sequence[Any]) -> list[Any]:
        return await asyncio.to_thread(self._use, lambda database: database.execute(query, values).fetchall())

    def _use(self, work: Callable[[Connection], T]) -> T:
        """With all that was noted until now."""
        with self._lock, named():
            try:
                self._write()
                return work(self._opened())
            except Exception:
                self._leave()
                raise

    def _write_on(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(EVERY)
            try:
                with self._lock:
                    self._write()
                    if not stopping:
                        self._sweep()
            except Exception as error:  # noqa: BLE001 - the orders go on without a log
                log.warning("calls not noted", extra={"type": type(error).__name__, "lost": self.lost})
                with self._lock:
                    self._leave()

    def _write(self) -> None:
        """What cannot be written now waits in memory, as far as there is room."""
        if not self._noted:
            return
        while self._noted and (scribe := self._scribe()) is not None:
            self._hand_over(scribe)
        if self._noted:
            database, noted = self._opened(), self._taken(len(self._noted))
            try:
                insert_calls(database, noted)
            except Exception:
                self._noted.extendleft(reversed(noted))
                raise

    def _hand_over(self, scribe: Scribe) -> None:
        """Rather lost than noted twice, where nobody knows what was written."""
        noted = self._taken(TOGETHER)
        try:
            written = scribe.write(noted)
        except OSError:
            self.lost += len(noted)
            log.warning("calls not noted", extra={"lost": self.lost})
            return
        if not written:
            self._noted.extendleft(reversed(noted))
            raise StoreUnavailable(Problem("store.unavailable", fields={"reason": "calls"}))

    def _taken(self, most: int) -> list[CallNote]:
        return [self._noted.popleft() for _ in range(min(most, len(self._noted)))]

    def _sweep(self) -> None:
        now = datetime.now(UTC)
        if self._database is None or now < self._sweep_at:
            return
        newest = self._database.execute("SELECT coalesce(max(id), 0) FROM call_log").fetchall()[0][0]
        gone = 0
        for condition, value in (("at < ?", to_micros(now - timedelta(days=self._keep.days))), ("id <= ?", newest - self._keep.most)):
            self._database.begin()
            gone = max(gone, self._database.execute(_OLD.format(condition), (value, SWEEP_STEP)).rowcount)
            self._database.commit()
        self._sweep_at = now if gone == SWEEP_STEP else now + self._sweep_every

    def _opened(self) -> Connection:
        if self._database is None:
            self._database = self._connect()
        return self._database

    def _leave(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()


def conditions_of(where: CallFilter) -> tuple[list[str], list[Any]]:
    """As SQL, with their values."""
    since, until = (None if at is None else to_micros(at) for at in (where.since, where.until))
    given = {
        "direction = ?": where.direction, "place = ?": where.place, "status = ?": where.status,
        "at >= ?": since, "at < ?": until, "ms >= ?": where.slow,
    }  # fmt: skip
    conditions = [condition for condition, value in given.items() if value is not None]
    values: list[Any] = [value for value in given.values() if value is not None]
    if where.outcome is not None:
        conditions.append("failed = 1" if where.outcome == "failed" else "failed = 0")
    if where.runs is not None:
        conditions.append(f"run_id IN ({','.join('?' * len(where.runs)) or 'NULL'})")
        values += where.runs
    return conditions, values


@lru_cache(4096)
def safe(text: str) -> str:
    """A path or a name without what looks like a telephone number or the like."""
    return scrub(text)[:LONGEST_PATH]


def excerpt_of(answer: Any) -> str | None:
    """The beginning of a masked answer, as text."""
    return None if answer is None else write_json(answer).decode()[:LONGEST_EXCERPT]


def insert_calls(database: Connection, calls: Sequence[CallNote]) -> None:
    """In a transaction of their own."""
    database.begin()
    try:
        insert(database, _INSERT, _ROW, [_as_row(call) for call in calls])
    except Exception:
        database.rollback()
        raise
    database.commit()


def _as_row(call: CallNote) -> tuple[Any, ...]:
    at, direction, place, method, path, *rest, excerpt = call
    rest[3] = int(cast("bool", rest[3]))
    return (to_micros(at), direction, safe(place), method, safe(path), *rest, excerpt_of(excerpt))


def _as_call(row: Sequence[Any]) -> CallMade:
    values = list(row)
    values[1], values[9] = from_micros(values[1]), bool(values[9])
    return CallMade(*values)
