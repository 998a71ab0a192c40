"""``orderloom compact``."""

from __future__ import annotations

import click

from engine.access import requires
from engine.cli.data import data_option, settings_for
from engine.cli.language import say
from engine.errors import NotFound, Problem
from engine.settings import Settings


@click.command("compact")
@data_option
@requires("service.run")
def compact(data: str | None) -> None:
    """Rewrite the database without free space, while nothing else works on it. A file shrinks by itself from then on."""
    before, after = _rewrite(settings_for(data))
    click.echo(say("{before} bytes before, {after} after.", before=before, after=after))


def _rewrite(settings: Settings) -> tuple[int, int]:
    from engine.store.compact import compact as rewrite  # noqa: PLC0415 - the database is slow to load
    from engine.store.open import postgres_at, sqlite_file  # noqa: PLC0415

    server = postgres_at(settings.database_url, settings.data.absolute())
    if server is not None:
        if not server.holds_data():
            raise NotFound(Problem("cli.no_data_in_database"))
        return server.compact()
    file = sqlite_file(settings.database_url, settings.data.absolute())
    if not file.exists():
        raise NotFound(Problem("cli.no_data", fields={"data": settings.data}))
    return rewrite(settings.data, file)
