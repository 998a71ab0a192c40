"""What the writers see of a database: statements with ``?`` for values, in transactions in which nobody else writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.store.sqlite_files import SqliteFiles


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """``begin`` waits until no other process writes; ``commit`` returns when all is on disk; both ends are safe to call twice."""

    def begin(self) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor: ...
    def close(self) -> None: ...


class Slots(Protocol):
    """Numbers of which each live process holds one (see ``owners.py``), and which become free with it, however it ends."""

    def take(self, connection: Connection) -> int:
        """The lowest free number, held from now on. Raises ``StoreUnavailable`` (``store.too_many_processes``)."""
        ...

    def keep(self, connection: Connection) -> None:
        """Hold the number over another connection, where it goes with that. Whether it is still one's own, the epoch says."""
        ...

    def free_ones(self, connection: Connection, numbers: Iterable[int]) -> AbstractContextManager[list[int]]:
        """Those that nobody holds; nobody takes them until the block ends."""
        ...

    def release(self) -> None: ...


class Base(Protocol):
    """A database: how it is reached and prepared."""

    @property
    def slots(self) -> Slots: ...
    @property
    def files(self) -> SqliteFiles | None:
        """Where the writer may be a process of its own: all that it needs."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """One process at a time inside the block, which prepares the database."""
        ...

    def migrate(self) -> None:
        """Makes what is not there yet and brings the schema up to date."""
        ...

    def connect(self) -> Connection: ...
    def connect_keys(self) -> Connection:
        """To the table ``data_key``, wherever it lies."""
        ...

    def connect_calls(self) -> Connection:
        """To the table ``call_log``, wherever it lies; what was committed last may be lost in a crash of the machine."""
        ...

    def readers(self, count: int) -> Engine:
        """Connections that cannot write."""
        ...

    def shrink(self, connection: Connection, pages: int) -> int:
        """Inside a transaction: give some free pages back to the system; how many are left that can be given back."""
        ...

    def settle(self) -> None:
        """Empty the write-ahead logs, so that nothing that was deleted rests in them."""
        ...
