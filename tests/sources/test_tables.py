"""Rows of real databases: new and changed ones, late ones, exact values, and where a restart goes on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

import pytest

from engine.app import Orderloom
from engine.connection.rows import Columns, Json, Position, Row, Watch, json_value, look_back, page_statement, quoted
from engine.connection.table_watch import TableWatch
from engine.inspection import steps_of
from engine.intake.parcel import unpack
from engine.json_text import read_json

from .house import Place, arrived, flow, numbers, phase, until, wrong
from .servers import HOST, own_name, requires


class Database(Protocol):
    table: str
    connection: Mapping[str, Any]

    async def run(self, statement: str, *values: Any) -> None: ...


class Postgres:
    connection: ClassVar[dict[str, Any]] = {
        "type": "database",
        "kind": "postgresql",
        "host": HOST,
        "user": "root",
        "database": "test",
        "tls": "none",
    }
    port, columns = 5432, "id bigserial primary key, no text, total numeric(12,4), changed timestamptz, paid timestamp, data jsonb"

    def __init__(self) -> None:
        self.table = own_name()

    async def run(self, statement: str, *values: Any) -> None:
        import psycopg

        async with await psycopg.AsyncConnection.connect("postgresql://root@127.0.0.1/test", autocommit=True) as connection:
            await connection.execute(statement.replace("TABLE_", self.table), values)  # type: ignore[arg-type]


class Maria:
    connection: ClassVar[dict[str, Any]] = {
        "type": "database",
        "kind": "mysql",
        "host": HOST,
        "user": "root",
        "database": "test",
        "tls": "none",
    }
    port = 3306
    columns = (
        "id bigint auto_increment primary key, no varchar(40), total decimal(12,4), "
        "changed timestamp(6) null default null, paid datetime(6) null, data json"
    )

    def __init__(self) -> None:
        self.table = own_name()

    async def run(self, statement: str, *values: Any) -> None:
        import asyncio

        import pymysql

        def work() -> None:
            connection = pymysql.connect(host=HOST, user="root", database="test", autocommit=True, init_command="SET time_zone = '+00:00'")
            with connection, connection.cursor() as cursor:
                cursor.execute(statement.replace("TABLE_", self.table), values)

        await asyncio.to_thread(work)


@asynccontextmanager
async def made(kind: type[Any]) -> AsyncIterator[Any]:
    requires(kind.port, kind.__name__)
    one = kind()
    await one.run(f"CREATE TABLE TABLE_ ({kind.columns})")
    try:
        yield one
    finally:
        await one.run("DROP TABLE TABLE_")


@pytest.fixture(params=[Postgres, Maria])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    async with made(request.param) as one:
        yield one


MORNING = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    """A time in the clear form that both databases read; their sessions are in UTC."""
    return (MORNING + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")


async def add(database: Any, no: str, minutes: float) -> None:
    await database.run("INSERT INTO TABLE_ (no, total, changed) VALUES (%s, 80.5, %s)", no, at(minutes))


async def listen(app: Orderloom, database: Any, **params: Any) -> None:
    given = {
        "database": {"connection": "server"}, "table": database.table, "key_path": "no", "time_column": "changed",
        "every": "50ms", "page": 2, **params,
    }  # fmt: skip
    await app.publish(flow("connector.database_rows@1", given), note="", actor="owner")


def service(database: Any) -> Place:
    return Place({"server": {**database.connection, "tls": "none"}})


@pytest.mark.slow
async def test_new_and_changed_and_late_rows_become_events_over_restarts(database: Any) -> None:
    house = service(database)
    for number in range(5):
        await add(database, f"N{number}", number)
    async with house.open() as app:
        await listen(app, database, overlap="2m")
        assert await arrived(app, 5) == [f"N{number}" for number in range(5)]
        await database.run("UPDATE TABLE_ SET total = 90, changed = %s WHERE no = 'N1'", at(5))
        assert (await arrived(app, 6))[-1] == "N1"
        await add(database, "late", 4)
        assert (await arrived(app, 7))[-1] == "late"
        assert phase(app) == "connected"
    await add(database, "meanwhile", 6)
    async with house.open() as app:
        assert (await arrived(app, 8))[-1] == "meanwhile"
        await add(database, "after", 7)
        assert (await arrived(app, 9))[-1] == "after"
        assert len(await numbers(app)) == 9


@pytest.mark.slow
async def test_values_are_exact_and_times_are_utc(database: Any) -> None:
    values = ("A", "12345678.9012", at(1), "2026-01-16 16:00:00", json.dumps({"rate": 0.1}))
    await database.run("INSERT INTO TABLE_ (no, total, changed, paid, data) VALUES (%s, %s, %s, %s, %s)", *values)
    async with service(database).open() as app:
        await listen(app, database, zone="Asia/Shanghai")
        await arrived(app, 1)
        (event,) = (await app.store.events()).items
        item = read_json(unpack(await app.store.event_body(event.id)).body)
        assert item["total"] == "12345678.9012"
        assert item["changed"] == "2026-01-16T08:01:00Z"
        assert item["paid"] == "2026-01-16T08:00:00Z"
        data = item["data"] if isinstance(item["data"], dict) else read_json(item["data"])
        assert data == {"rate": Decimal("0.1")}
        assert isinstance(item["id"], int)
        assert await steps_of(app, event.id)


@pytest.mark.slow
async def test_ids_alone_lead_on_and_begin_may_be_now(database: Any) -> None:
    await add(database, "old", 0)
    async with service(database).open() as app:
        await listen(app, database, time_column=None, begin="now", look_back=0)
        await until(lambda: phase(app) == "connected")
        await add(database, "one", 0)
        assert await arrived(app, 1) == ["one"]


@pytest.mark.slow
async def test_a_table_that_is_not_there_is_named(database: Any) -> None:
    async with service(database).open() as app:
        await listen(app, database, table="not_there")
        await until(lambda: phase(app) == "broken")
        problem = wrong(app)
        assert (problem.code, problem.fields["name"]) == ("server.no_place", "not_there")


def watch(**more: Any) -> Watch:
    given = {"columns": Columns("t", "id", "at"), "overlap": timedelta(minutes=1), "ids": 10, "most": 2, "zone": UTC, "begin": "everything"}
    return Watch(**{**given, **more})


def test_names_are_quoted_and_values_stand_beside_the_statement() -> None:
    columns = Columns('shop.or"ders', "i`d", "at")
    statement, values = page_statement(columns, Position("x'; DROP TABLE t", 7), 10, quoted('"'))
    behind = '("at" > %s OR ("at" = %s AND "i`d" > %s))'
    placed = '"i`d" IS NOT NULL AND "at" IS NOT NULL'
    assert statement == f'SELECT * FROM "shop"."or""ders" WHERE {placed} AND {behind} ORDER BY "at", "i`d" LIMIT 10'
    assert values == ["x'; DROP TABLE t", "x'; DROP TABLE t", 7]
    assert "`i``d`" in page_statement(columns, None, 1, quoted("`"))[0]


def test_a_look_begins_earlier_by_the_overlap_and_never_in_the_future() -> None:
    now = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
    past = Position("2026-01-16 11:00:00+00:00", 7)
    assert look_back(past, now, watch()) == Position("2026-01-16 10:59:00+00:00", None)
    assert look_back(Position("2099-01-01 00:00:00+00:00", 7), now, watch()) == Position("2026-01-16 11:59:00+00:00", None)
    shanghai = watch(zone=ZoneInfo("Asia/Shanghai"))
    assert look_back(Position("2099-01-01 00:00:00", 7), now, shanghai) == Position("2026-01-16 19:59:00", None)
    assert look_back(Position(None, 50), now, watch()) == Position(None, 40)
    assert look_back(Position(None, "b7"), now, watch()) == Position(None, "b7")


@pytest.mark.parametrize("at", ["abc", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "0044-03-15 00:00:00 BC", "1712010400000", 7])
def test_a_look_begins_where_the_last_ended_after_what_is_no_time(at: str | int) -> None:
    assert look_back(Position(at, 7), datetime(2026, 1, 16, 12, 0, tzinfo=UTC), watch()) == Position(at, 7)


@pytest.mark.parametrize("at", ["infinity", "10000-01-01 00:00:00", "294276-12-31 23:59:59+00"])
@pytest.mark.parametrize(("zone", "begins"), [("Asia/Shanghai", "2026-01-16 11:59:00"), ("America/New_York", "2026-01-16 06:59:00")])
def test_a_time_without_an_end_lies_in_the_future(at: str, zone: str, begins: str) -> None:
    now = datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
    assert look_back(Position(at, 7), now, watch(zone=ZoneInfo(zone))) == Position(begins, None)


@pytest.mark.parametrize(("at", "kept"), [(None, Position(None, None)), ("at", Position(None, 7)), (None, Position("2026-01-16", None))])
def test_a_place_without_what_rows_are_read_by_is_the_beginning(at: str | None, kept: Position) -> None:
    columns = Columns("t", "id", at)
    assert page_statement(columns, kept, 10, quoted('"')) == page_statement(columns, None, 10, quoted('"'))


def test_a_time_that_utc_has_outside_of_the_years_stays_as_it_is() -> None:
    assert json_value(datetime(1, 1, 1), ZoneInfo("Asia/Shanghai")) == "0001-01-01T00:00:00"  # noqa: DTZ001
    assert json_value(datetime(9999, 12, 31, 23), ZoneInfo("America/New_York")) == "9999-12-31T23:00:00"  # noqa: DTZ001


def test_values_of_every_kind_become_json() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert json_value(Decimal("1E+2"), zone) == "100"
    assert json_value(0.1, zone) == Decimal("0.1")
    assert json_value(float("nan"), zone) == "nan"
    assert json_value(datetime(2026, 1, 16, 8, 0), zone) == "2026-01-16T00:00:00Z"  # noqa: DTZ001
    assert json_value(b"\x00\xff", zone) == "AP8="
    assert json_value([Decimal("0.10"), None], zone) == ["0.10", None]
    assert json_value(Json({"rate": Decimal("0.1")}), zone) == {"rate": Decimal("0.1")}
    assert json_value(2**70, zone) == 2**70


class Rows:
    """A table in memory, ordered by time and id."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int]] = []

    async def after(self, position: Position | None, most: int) -> list[Row]:
        def behind(row: tuple[str, int]) -> bool:
            if position is None:
                return True
            return row[0] >= str(position.at) if position.id is None else row > (str(position.at), int(position.id))

        found = sorted(filter(behind, self.rows))[:most]
        return [Row({"at": moment, "id": number}, Position(moment, number)) for moment, number in found]

    async def last(self) -> Position | None:
        return Position(*max(self.rows)) if self.rows else None


async def test_rows_in_the_overlap_are_brought_once_by_one_watch_and_again_after_a_restart() -> None:
    table, now = Rows(), datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
    table.rows = [(f"2026-01-16 11:0{minute}:00+00:00", minute) for minute in range(3)]
    one, cursor, brought = TableWatch(table, watch()), None, []
    for _ in range(6):
        found = await one.look(cursor, now)
        cursor, brought = found.cursor, [*brought, *(row["id"] for row in found.rows)]
    assert brought == [0, 1, 2]
    table.rows.append(("2026-01-16 11:01:30+00:00", 9))
    again = [row["id"] for _ in range(4) for row in (await one.look(cursor, now)).rows]
    assert again == [9]
    other = TableWatch(table, watch())
    assert [row["id"] for _ in range(3) for row in (await other.look(cursor, now)).rows][:2] == [1, 9]


async def test_a_page_that_ends_where_it_began_is_not_asked_for_again_at_once() -> None:
    class Standing(Rows):
        async def after(self, position: Position | None, most: int) -> list[Row]:
            return [Row({"at": "x", "id": number}, Position("x", number)) for number in range(most)]

    one, now = TableWatch(Standing(), watch()), datetime(2026, 1, 16, 12, 0, tzinfo=UTC)
    first = await one.look(None, now)
    second = await one.look(first.cursor, now)
    assert (first.more, second.more) == (True, False)
