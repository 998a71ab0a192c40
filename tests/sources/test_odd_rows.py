"""Rows of real databases that are not as they should be: without an id, without a time, with values that nothing here can hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.rows import watch_of
from engine.connection.servers import Database
from engine.connection.table_watch import TableWatch

from .house import arrived
from .test_tables import Maria, Postgres, at, listen, made, service

NOW = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
MOST = 20


async def remade(database: Any, columns: str) -> None:
    await database.run("DROP TABLE TABLE_")
    await database.run(f"CREATE TABLE TABLE_ ({columns})")


@pytest.fixture(params=[Postgres, Maria])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    async with made(request.param) as one:
        yield one


@pytest.fixture
async def postgres() -> AsyncIterator[Any]:
    async with made(Postgres) as one:
        yield one


@pytest.fixture
async def maria() -> AsyncIterator[Any]:
    async with made(Maria) as one:
        yield one


@asynccontextmanager
async def watching(database: Any, **more: Any) -> AsyncIterator[TableWatch]:
    given = {"id_column": "id", "time_column": None, "overlap": timedelta(), "ids": 0, "most": 2, "zone": "UTC", "begin": "everything"}
    server = Database.model_validate({name: value for name, value in database.connection.items() if name != "type"})
    async with server.client(AddressGuard(("127.0.0.0/8",)), watch=watch_of(**{"table": database.table, **given, **more})) as table:
        yield table


async def round_of(table: TableWatch, cursor: Any = None) -> tuple[list[Mapping[str, Any]], Any]:
    """All that one round of looks brings; it has to end."""
    rows: list[Mapping[str, Any]] = []
    for _ in range(MOST):
        found = await table.look(cursor, NOW)
        rows, cursor = [*rows, *found.rows], found.cursor
        if not found.more:
            return rows, cursor
    pytest.fail("the round does not end")


def told(rows: Sequence[Mapping[str, Any]], column: str = "no") -> list[Any]:
    return [row[column] for row in rows]


async def test_rows_without_an_id_are_passed_over_and_keep_none_from_coming(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9)")
    await database.run("INSERT INTO TABLE_ VALUES (NULL, 'odd'), (NULL, 'odd'), (NULL, 'odd')")
    async with watching(database) as table:
        rows, cursor = await round_of(table)
        assert rows == []
        await database.run("INSERT INTO TABLE_ VALUES (1, 'A'), (NULL, 'odd'), (2, 'B')")
        rows, cursor = await round_of(table, cursor)
        assert told(rows) == ["A", "B"]
        assert cursor == {"position": [None, 2]}


async def test_rows_of_one_time_without_ids_end_no_round_and_are_no_last_row(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9), changed timestamp null")
    for key in (1, None, None, None, None, 2, 3):
        await database.run("INSERT INTO TABLE_ VALUES (%s, %s, %s)", key, str(key), at(0))
    async with watching(database, time_column="changed") as table:
        assert told((await round_of(table))[0]) == ["1", "2", "3"]
    async with watching(database, time_column="changed", begin="now") as table:
        assert (await table.look(None, NOW)).cursor["position"][1] == 3


@pytest.mark.parametrize(("column", "place"), [(None, [None, None]), ("changed", ["2026-01-16 08:00:00", None])])
async def test_a_place_that_was_kept_without_an_id_leads_on(database: Any, column: str | None, place: list[Any]) -> None:
    await database.run("INSERT INTO TABLE_ (no, changed) VALUES (%s, %s)", "A", at(0))
    async with watching(database, time_column=column) as table:
        assert told((await round_of(table, {"position": place}))[0]) == ["A"]


@pytest.mark.slow
async def test_rows_beside_one_without_an_id_start_their_flow(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9)")
    await database.run("INSERT INTO TABLE_ VALUES (NULL, 'odd'), (1, 'A')")
    async with service(database).open() as app:
        await listen(app, database, time_column=None)
        assert await arrived(app, 1) == ["A"]
        await database.run("INSERT INTO TABLE_ VALUES (NULL, 'odd'), (2, 'B')")
        assert await arrived(app, 2) == ["A", "B"]


async def test_texts_in_place_of_times_are_read_on_from_the_last(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9), changed varchar(40)")
    await database.run("INSERT INTO TABLE_ VALUES (1, 'A', 'v1'), (2, 'B', 'v1'), (3, 'C', 'v2')")
    async with watching(database, time_column="changed") as table:
        rows, cursor = await round_of(table)
        assert told(rows) == ["A", "B", "C"]
        await database.run("INSERT INTO TABLE_ VALUES (4, 'D', 'v2'), (5, 'E', 'v3')")
        rows, _ = await round_of(table, cursor)
        assert told(rows) == ["D", "E"]


async def test_times_that_are_kept_as_text_lead_through_a_day_of_many_rows(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9), changed varchar(40)")
    for number in range(5):
        await database.run("INSERT INTO TABLE_ VALUES (%s, %s, %s)", number, str(number), f"2026-01-16T08:0{number}:00Z")
    async with watching(database, time_column="changed") as table:
        assert told((await round_of(table))[0]) == ["0", "1", "2", "3", "4"]


async def test_numbers_in_place_of_times_are_read_on_from_the_last(database: Any) -> None:
    await remade(database, "id bigint, no varchar(9), changed decimal(14)")
    await database.run("INSERT INTO TABLE_ VALUES (1, 'A', 1712010400000), (2, 'B', 1712010400000)")
    async with watching(database, time_column="changed") as table:
        rows, cursor = await round_of(table)
        assert told(rows) == ["A", "B"]
        await database.run("INSERT INTO TABLE_ VALUES (3, 'C', 1712010400000), (4, 'D', 1712010400001)")
        assert told((await round_of(table, cursor))[0]) == ["C", "D"]


@pytest.mark.parametrize("kind", ["datetime", "datetime not null", "timestamp null", "date"])
async def test_zero_dates_are_passed_over_like_none(maria: Any, kind: str) -> None:
    await remade(maria, f"id bigint, no varchar(9), changed {kind}")
    await maria.run("SET STATEMENT sql_mode='' FOR INSERT INTO TABLE_ VALUES (1, 'odd', 0), (2, 'odd', 0), (3, 'odd', 0)")
    async with watching(maria, time_column="changed") as table:
        rows, cursor = await round_of(table)
        assert rows == []
        await maria.run("INSERT INTO TABLE_ VALUES (4, 'A', '2026-01-16 08:00:00')")
        assert told((await round_of(table, cursor))[0]) == ["A"]
    async with watching(maria, time_column="changed") as table:
        assert told((await round_of(table, {"position": ["0000-00-00 00:00:00", 3]}))[0]) == ["A"]


ODD = [
    ("timestamp", "infinity", "infinity"),
    ("timestamptz", "-infinity", "-infinity"),
    ("timestamptz", "10000-01-01 00:00:00+00", "10000-01-01 00:00:00+00"),
    ("timestamp", "0044-03-15 00:00:00 BC", "0044-03-15 00:00:00 BC"),
    ("date", "infinity", "infinity"),
    ("date", "0044-03-15 BC", "0044-03-15 BC"),
    ("time", "24:00:00", "24:00:00"),
    ("interval", "100000000 years", "100000000 years"),
    ("timestamp[]", "{infinity}", ["infinity"]),
    ("json", r'"\ud800"', r'"\ud800"'),
    ("json", "1e9999999999999999999999", "1e9999999999999999999999"),
    ("jsonb", "[" * 70 + "]" * 70, "[" * 70 + "]" * 70),
]


@pytest.mark.parametrize(("kind", "given", "comes"), ODD)
async def test_a_value_that_nothing_here_can_hold_comes_as_text_and_keeps_no_row_from_coming(
    postgres: Any, kind: str, given: str, comes: Any
) -> None:
    await remade(postgres, f"id bigint, odd {kind}")
    await postgres.run("INSERT INTO TABLE_ VALUES (1, NULL), (2, %s), (3, NULL)", given)
    async with watching(postgres) as table:
        assert told((await round_of(table))[0], "odd") == [None, comes, None]


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz", "date"])
async def test_a_change_that_never_ends_hides_none_that_comes_later(postgres: Any, kind: str) -> None:
    await remade(postgres, f"id bigint, no text, changed {kind}")
    await postgres.run("INSERT INTO TABLE_ VALUES (1, 'A', '-infinity'), (2, 'B', '0044-03-15 BC'), (3, 'C', 'infinity')")
    async with watching(postgres, time_column="changed") as table:
        rows, cursor = await round_of(table)
        assert told(rows) == ["A", "B", "C"]
        await postgres.run("INSERT INTO TABLE_ VALUES (4, 'D', '2026-01-17')")
        rows, cursor = await round_of(table, cursor)
        assert told(rows) == ["D"]
        assert (await round_of(table, cursor))[0] == []


@pytest.mark.slow
async def test_json_nested_as_deep_as_may_be_arrives_with_its_row(postgres: Any) -> None:
    for number, levels in enumerate((60, 61, 64, 65)):
        nested = "[" * levels + "]" * levels
        await postgres.run("INSERT INTO TABLE_ (no, changed, data) VALUES (%s, %s, %s)", str(number), at(number), nested)
    async with service(postgres).open() as app:
        await listen(app, postgres)
        assert await arrived(app, 4) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("names", [{"id_column": "nr"}, {"time_column": "modified"}])
async def test_a_column_that_is_not_there_is_named(database: Any, names: dict[str, str]) -> None:
    async with watching(database, **names) as table:
        with pytest.raises(CallFailed) as failed:
            await table.look(None, NOW)
    problem = failed.value.problem
    assert problem.code == "server.no_column"
    assert (problem.fields["column"], problem.fields["name"]) == (*names.values(), database.table)


async def test_of_a_table_beside_the_table_and_the_column_are_named(database: Any) -> None:
    async with watching(database) as table:
        with pytest.raises(CallFailed) as failed:
            await table.matching("not_there", "no", "id", ["A"])
        assert (failed.value.problem.code, failed.value.problem.fields["name"]) == ("server.no_place", "not_there")
        with pytest.raises(CallFailed) as failed:
            await table.matching(database.table, "order_no", "id", ["A"])
        assert (failed.value.problem.code, failed.value.problem.fields["column"]) == ("server.no_column", "order_no")
