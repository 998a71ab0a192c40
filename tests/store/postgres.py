"""The real server: a schema of its own for each session of tests, dropped afterwards."""

from __future__ import annotations

import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import make_url

SERVER = os.environ.get("ORDERLOOM_TEST_POSTGRES", "postgresql://root@127.0.0.1/test")


def run(statement: str) -> list[tuple[object, ...]]:
    """A statement on the server, beside whatever the stores do."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


@contextmanager
def schema() -> Iterator[str]:
    """An address whose tables lie in a new schema. Skips without a server, but for CI."""
    name = f"orderloom_{uuid.uuid4().hex[:12]}"
    try:
        run(f"CREATE SCHEMA {name}")
    except psycopg.OperationalError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("no PostgreSQL server at ORDERLOOM_TEST_POSTGRES (postgresql://root@127.0.0.1/test)")
    try:
        query = {"options": f"-csearch_path={name}", "application_name": name}
        yield make_url(SERVER).update_query_dict(query).render_as_string(hide_password=False)
    finally:
        run(f"DROP SCHEMA {name} CASCADE")


def empty(url: str) -> None:
    """Deletes all rows but the version of the schema; far quicker than making the tables anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
        wipe = "; ".join(f"DELETE FROM {name}" for (name,) in tables if name != "alembic_version")
        connection.execute(f"SET synchronous_commit = off; {wipe}")  # type: ignore[arg-type]


def cut(slot: int, url: str) -> None:
    """Ends the session that holds a slot of the stores at ``url``, as a network would."""
    space = zlib.crc32(name_of(url).encode()) ^ 2**31
    locks = f"locktype = 'advisory' AND objid = {slot} AND classid::bigint = {space}"
    assert run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE {locks}") == [(True,)]


def cut_all(url: str) -> int:
    """Ends all sessions of the stores at ``url``; how many."""
    return len(run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name_of(url)}'"))


def name_of(url: str) -> str:
    return str(make_url(url).query["application_name"])
