"""The schema's history, forward only. `migrate` brings a database up to date and is safe to call at every start."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL

HEAD = "0021"
"""The newest revision; a test compares it with the folder `versions`."""


def migrate(url: str | URL) -> None:
    """Bring the database at ``url`` (as SQLAlchemy writes it) to ``HEAD``."""
    from alembic import command  # noqa: PLC0415  only a new or old database pays for the import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def is_current(file: Path) -> bool:
    """Whether the SQLite database needs no migration; quick, and changes nothing."""
    if not file.exists():
        return False
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
