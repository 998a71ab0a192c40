"""Where a store comes from."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import Problem, SettingsInvalid
from engine.privacy.key_file import load_or_create
from engine.store.ports import Store, StoreOptions
from engine.store.sql import SqlStore


def open_store(options: StoreOptions) -> Store:
    """The store that the settings name, still to be opened by ``await store.open()``.

    Makes the data folder (mode 0700) and, for a new store only, the master key (mode 0600). Raises ``SettingsInvalid``:
    ``store.unsupported_url``, ``store.folder_unusable``, ``store.master_key_missing``, or what is wrong with the key file.
    """
    data = Path(options.data).absolute()
    file = _database_file(options.url, data)
    for folder in (data, file.parent):
        _make(folder)
    key_file = Path(options.master_key_file).absolute() if options.master_key_file else data / "master.key"
    keys = file.with_name("keys.db")
    known = next((there for there in (file, keys) if there.exists()), None)
    if known and not key_file.exists():
        raise SettingsInvalid(Problem("store.master_key_missing", fields={"file": str(key_file), "data": str(known)}))
    return SqlStore(file, keys, load_or_create(key_file, create=known is None))


def _database_file(url: str | None, data: Path) -> Path:
    if url is None:
        return data / "orderloom.db"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsInvalid(Problem("store.unsupported_url", fields={"scheme": "?"})) from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingsInvalid(Problem("store.unsupported_url", fields={"scheme": parsed.drivername}))
    return Path(parsed.database).absolute()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsInvalid(Problem("store.folder_unusable", fields={"folder": str(folder), "reason": error.strerror})) from None
