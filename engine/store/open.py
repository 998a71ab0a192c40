"""Where a store comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import Problem, SettingsInvalid, system_reason
from engine.privacy.key_file import load_or_create
from engine.store.connection import Base
from engine.store.ports import Store, StoreOptions
from engine.store.sql import SqlStore
from engine.store.sqlite import SqliteBase

if TYPE_CHECKING:
    from engine.store.postgres import PostgresBase

SCHEMES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def open_store(options: StoreOptions) -> Store:
    """The store that the settings name, still to be opened by ``await store.open()``.

    Makes the data folder (mode 0700) and, for a new store only, the master key (mode 0600). Raises ``SettingsInvalid``:
    ``store.unsupported_url``, ``store.folder_unusable``, ``store.master_key_missing``, what is wrong with the key file or, as
    ``StoreUnavailable`` too, with the server.
    """
    data = Path(options.data).absolute()
    url = _read_url(options.url, data)
    _make(data)
    key_file = Path(options.master_key_file).absolute() if options.master_key_file else data / "master.key"
    base, known = _on_postgres(url) if url.get_backend_name() == "postgresql" else _on_sqlite(Path(url.database or "").absolute())
    if known and not key_file.exists():
        raise SettingsInvalid(Problem("store.master_key_missing", fields={"file": str(key_file), "data": known}))
    return SqlStore(base, load_or_create(key_file, create=known is None), options.keep_calls, apart=options.apart)


def sqlite_file(url: str | None, data: Path) -> Path:
    """The file of the database. Raises ``SettingsInvalid`` (``store.unsupported_url``) where it is none."""
    read = _read_url(url, data)
    if read.get_backend_name() != "sqlite":
        raise SettingsInvalid(Problem("store.unsupported_url", fields={"scheme": read.drivername}))
    return Path(read.database or "").absolute()


def postgres_at(url: str | None, data: Path) -> PostgresBase | None:
    """The server's database; nothing where it is a file."""
    read = _read_url(url, data)
    return _postgres(read) if read.get_backend_name() == "postgresql" else None


def _on_sqlite(file: Path) -> tuple[Base, str | None]:
    """The database, and what there is of it already."""
    _make(file.parent)
    keys = file.with_name("keys.db")
    return SqliteBase(file, keys), next((str(there) for there in (file, keys) if there.exists()), None)


def _on_postgres(url: URL) -> tuple[Base, str | None]:
    base = _postgres(url)
    return base, url.database if base.holds_data() else None


def _postgres(url: URL) -> PostgresBase:
    from engine.store.postgres import PostgresBase  # noqa: PLC0415 - only those who use it pay for the driver

    return PostgresBase(url)


def _read_url(text: str | None, data: Path) -> URL:
    if text is None:
        return URL.create("sqlite", database=str(data / "orderloom.db"))
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsInvalid(Problem("store.unsupported_url", fields={"scheme": "?"})) from None
    if not url.database or url.database == ":memory:" or url.drivername not in SCHEMES:
        raise SettingsInvalid(Problem("store.unsupported_url", fields={"scheme": url.drivername}))
    return url


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(Problem("store.folder_unusable", fields={"folder": str(folder), **system_reason(error)})) from None
