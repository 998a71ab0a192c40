"""The settings and the store that commands work on."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from engine.errors import NotFound, Problem
from engine.settings import Settings, load_settings
from engine.store.ports import Store, StoreOptions

data_option = click.option("--data", metavar="DIR", help="Data folder; else ORDERLOOM_DATA, else ./.orderloom.")


def settings_for(data: str | None) -> Settings:
    """Raises ``SettingsInvalid`` with every problem."""
    return load_settings(os.environ, Path.cwd(), data=data)


@asynccontextmanager
async def existing_store(settings: Settings) -> AsyncGenerator[Store]:
    """The store, open. Makes nothing: raises ``NotFound`` with ``cli.no_data`` where there is none yet."""
    if settings.database_url is None and not (settings.data / "orderloom.db").exists():
        raise NotFound(Problem("cli.no_data", fields={"data": settings.data}))
    from engine.store.open import open_store  # noqa: PLC0415 - the database is slow to load, and most runs need none

    store = open_store(StoreOptions(settings.data, settings.database_url, settings.master_key_file))
    await store.open()
    try:
        yield store
    finally:
        await store.close()
