"""What only the store on PostgreSQL promises: what an operator is told, and that it survives its server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url
from sqlmodel import SQLModel

from engine.errors import OrderloomError, SettingsInvalid
from engine.store import postgres as engine_postgres
from engine.store import postgres_problems
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from engine.store.postgres_problems import starting
from engine.store.problems import StoreUnavailable
from engine.store.sql import SqlStore

from . import postgres
from .conftest import EVENT, PHONE, ended, event, fact, numbered, order


@pytest.fixture
async def sql(on_postgres: StoreOptions) -> AsyncIterator[SqlStore]:
    store = open_store(on_postgres)
    assert isinstance(store, SqlStore)
    await store.open()
    yield store
    await store.close()


async def problem_at(folder: Path, url: Any) -> tuple[str, str]:
    """Code and whole text of what a start says."""

    async def start() -> None:
        await open_store(StoreOptions(str(folder), url=url.render_as_string(hide_password=False))).open()

    with pytest.raises(OrderloomError) as caught:
        await start()
    return caught.value.problems[0].code, f"{caught.value}{caught.value.problems}{caught.value.__context__}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host": "127.0.0.1", "port": 1}, "store.server_unreachable"),
        ({"host": "no-such-host.invalid"}, "store.server_unreachable"),
        ({"database": "no_such_database"}, "store.database_missing"),
        ({"username": "no_such_user"}, "store.login_refused"),
    ],
)
async def test_a_server_that_cannot_be_used_is_said_without_the_password(
    tmp_path: Path, postgres_url: str, changes: dict[str, Any], code: str
) -> None:
    said, text = await problem_at(tmp_path, make_url(postgres_url).set(password="hunter2", **changes))
    assert said == code
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('FATAL:  password authentication failed for user "shop"', "store.login_refused"),
        ("fe_sendauth: no password supplied", "store.login_refused"),
        ('FATAL:  no pg_hba.conf entry for host "192.0.2.7"', "store.login_refused"),
        ("FATAL:  the database system is starting up", "store.server_unreachable"),
        ("FATAL:  sorry, too many clients already", "store.server_unreachable"),
    ],
)
async def test_a_refused_connection_is_named(postgres_url: str, said: str, code: str) -> None:
    """The server of the tests trusts everybody; what others say is known."""
    with pytest.raises(OrderloomError) as caught, starting(make_url(postgres_url)):
        raise engine_postgres.psycopg.OperationalError(f"connection failed: {said}")
    assert caught.value.problems[0].code == code


async def test_a_schema_that_is_not_there_is_said(tmp_path: Path, postgres_url: str) -> None:
    url = make_url(postgres_url).update_query_dict({"options": "-csearch_path=nowhere"})
    assert (await problem_at(tmp_path, url))[0] == "store.schema_missing"


async def test_a_server_that_is_too_old_is_refused(on_postgres: StoreOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_postgres, "OLDEST", 99)
    assert (await problem_at(Path(on_postgres.data), make_url(str(on_postgres.url))))[0] == "store.server_too_old"


async def test_a_user_who_may_not_make_tables_is_told(tmp_path: Path, postgres_url: str) -> None:
    role = f"poor_{postgres.name_of(postgres_url)}"
    with postgres.schema() as elsewhere:
        postgres.run(f"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {postgres.name_of(elsewhere)} TO {role}")
        try:
            assert (await problem_at(tmp_path, make_url(elsewhere).set(username=role)))[0] == "store.server_forbids"
        finally:
            postgres.run(f"DROP OWNED BY {role}; DROP ROLE {role}")


async def test_commits_are_durable_whatever_the_database_says(tmp_path: Path, on_postgres: StoreOptions) -> None:
    name = postgres.name_of(str(on_postgres.url))
    url = make_url(str(on_postgres.url)).update_query_dict({"options": f"-csearch_path={name} -csynchronous_commit=off"})
    store = open_store(StoreOptions(on_postgres.data, url=url.render_as_string(hide_password=False).replace("+", "%20")))
    assert isinstance(store, SqlStore)
    await store.open()
    shown = await store._database.write(lambda connection: connection.execute("SHOW synchronous_commit").fetchall())
    await store.close()
    assert shown == [("on",)]


def test_a_server_that_does_not_write_to_disk_is_refused() -> None:
    assert postgres_problems.not_durable("fsync", "off").problems[0].code == "store.server_not_durable"


async def test_data_without_its_key_is_refused_and_no_new_key_is_made(sql: SqlStore, on_postgres: StoreOptions) -> None:
    (Path(on_postgres.data) / "master.key").unlink()
    with pytest.raises(SettingsInvalid) as caught:
        open_store(on_postgres)
    assert caught.value.problems[0].code == "store.master_key_missing"
    assert not (Path(on_postgres.data) / "master.key").exists()


async def test_what_is_put_at_the_same_time_shares_few_commits(sql: SqlStore) -> None:
    before = sql.commits
    await asyncio.gather(*(sql.journal.put_event(numbered(n)) for n in range(500)))
    assert sql.commits - before == 1


async def test_a_write_whose_connection_is_cut_is_refused_and_work_goes_on(sql: SqlStore, on_postgres: StoreOptions) -> None:
    loop, begun = asyncio.get_running_loop(), asyncio.Event()

    def slow(connection: Any) -> None:
        loop.call_soon_threadsafe(begun.set)
        connection.execute("SELECT pg_sleep(30)")

    run = (await sql.journal.put_event(EVENT)).id
    writes = [sql.journal.put_fact(fact(run)), sql.journal.call(slow), sql.journal.put_event(numbered(1))]  # type: ignore[attr-defined]
    await begun.wait()
    assert postgres.cut_all(str(on_postgres.url)) > 0
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    assert list(await sql.facts(run)) == []
    await sql.journal.put_fact(fact(run), ended())
    assert not (await sql.journal.put_event(numbered(1))).duplicate
    assert await sql.event_body(run) == EVENT.body


async def test_who_was_cut_off_but_not_replaced_keeps_its_runs(sql: SqlStore, on_postgres: StoreOptions) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    postgres.cut_all(str(on_postgres.url))
    with pytest.raises(StoreUnavailable):
        await sql.journal.put_event(numbered(1))
    await sql.journal.put_fact(fact(run), ended())
    other = open_store(on_postgres)
    await other.open()
    assert await other.adopt_runs() == []
    await other.close()


async def test_nothing_personal_stands_in_clear(sql: SqlStore, on_postgres: StoreOptions) -> None:
    run = (await sql.journal.put_event(event(delivery_key=PHONE))).id
    await sql.journal.put_fact(fact(run, 1, f'{{"phone":"{PHONE}"}}'.encode()))
    await sql.journal.put_order(order(), fact(run, 2, f'{{"ok":"@outcome","phone":"{PHONE}"}}'.encode()))
    await sql.save_connection("wms", f'{{"secret":"{PHONE}"}}'.encode(), actor="ann")
    name = postgres.name_of(str(on_postgres.url))
    tables = [str(row[0]) for row in postgres.run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{name}'")]
    found = {table: str(postgres.run(f"SELECT encode(convert_to(t::text, 'UTF8'), 'escape') FROM {name}.{table} t")) for table in tables}
    hidden = PHONE.encode().hex()
    assert [table for table, text in found.items() if PHONE in text or hidden in text] == []
    assert str(run) in found["event"]


async def test_a_text_with_a_zero_byte_is_kept(sql: SqlStore) -> None:
    kept = await sql.journal.put_event(event(order_key="a\0b"))
    assert (await sql.event(kept.id)).order_key == "a\u2400b"


async def test_the_migrated_schema_is_that_of_the_models(sql: SqlStore, on_postgres: StoreOptions) -> None:
    engine = create_engine(make_url(str(on_postgres.url)).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    tables = [(kind, getattr(what, "name", "")) for kind, what, *_ in differences if kind != "remove_index"]
    assert sorted(tables) == [("remove_table", "call_log"), ("remove_table", "data_key")]
    assert {what.table.name for kind, what, *_ in differences if kind == "remove_index"} == {"call_log"}
