"""A store as revision 0003 left it (``tests/fixtures/store_0003``, invented data) is brought up to date and read."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from msgspec import structs

from engine.store import migrations
from engine.store.consignments import Consignment, Member
from engine.store.ids import id_at
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, RunEnd, StoreOptions
from engine.store.times import to_micros
from engine.store.write_consignments import COLUMNS, grouped

from .conftest import NOW, fact
from .test_schema import statements

SNAPSHOT = Path(__file__).parents[1] / "fixtures" / "store_0003"


@pytest.fixture
def old(tmp_path: Path) -> StoreOptions:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("orderloom", "keys"):
        with closing(sqlite3.connect(data / f"{name}.db")) as connection:
            connection.executescript((SNAPSHOT / f"{name}.sql").read_text(encoding="utf-8"))
    key = data / "master.key"
    shutil.copy(SNAPSHOT / "master.key.txt", key)
    key.chmod(0o600)
    return StoreOptions(str(data))


async def test_an_old_store_becomes_what_a_new_one_is(old: StoreOptions, tmp_path: Path) -> None:
    file = Path(old.data) / "orderloom.db"
    migrations.migrate(f"sqlite:///{tmp_path / 'new.db'}")
    assert statements(file) != statements(tmp_path / "new.db")
    store = open_store(old)
    await store.open()
    await store.close()
    assert migrations.is_current(file)
    assert statements(file) == statements(tmp_path / "new.db")


async def test_what_an_old_store_holds_is_read(old: StoreOptions) -> None:
    store = open_store(old)
    await store.open()
    done, parked, waiting, queued = [event.id for event in reversed((await store.events()).items)]
    assert await store.event_body(done) == b'{"phone":"13800000001"}'
    assert [each.body for each in await store.facts(done)] == [b'{"results":[{"ok":"new"}]}', b'{"results":[]}']
    states = {run: (await store.run(run)).state for run in (done, parked, waiting, queued)}
    assert states == {done: "done", parked: "parked", waiting: "waiting", queued: "queued"}
    assert [one.run_id for one in (await store.incidents(IncidentFilter(code="effect"))).items] == [parked]
    assert [(one.run_id, one.roles) for one in (await store.waits()).items] == [(waiting, ("clerk",))]
    assert (await store.order("taobao", "s1", "1001")).body == b'{"receiver":{"phone":"13800000001"}}'
    assert await store.connection("wms") == b'{"type":"wms","url":"https://wms.example"}'
    assert (await store.version("order_hub", 1)).note == "first"
    assert await store.audit_broken_at() is None
    await store.close()


async def test_the_work_of_an_old_store_goes_on(old: StoreOptions) -> None:
    store = open_store(old)
    await store.open()
    [left] = await store.open_runs()
    await store.journal.put_fact(fact(left.id), RunEnd("done", NOW))
    assert (await store.run(left.id)).state == "done"
    await store.close()


def test_what_was_kept_for_waybills_and_for_reconciliation_becomes_one(tmp_path: Path) -> None:
    """As revision 0020 kept it: a parcel at two targets, a part of it, and what is only known for waybills."""
    file = tmp_path / "orderloom.db"
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["url"] = f"sqlite:///{file}"
    command.upgrade(config, "0020")
    sent = [
        (where, "jd", "s1", number, order, "A", part, parts, "v1", "3.00", "2026-01-05", 7, "v2", "1.00")
        for where, number, order, part, parts in (
            ("wms", "A", "A", 0, 0), ("wms", "A", "B", 0, 0), ("wms", "P-1", "A", 1, 2), ("wms", "P-1", "B", 1, 2),
            ("finance", "F", "B", 0, 0),
        )
    ]  # fmt: skip
    known = [
        ("jd", "s1", number, order, part, parts, lines, to_micros(NOW))
        for number, order, part, parts, lines in (
            ("A", "A", 0, 0, ""), ("A", "B", 0, 0, ""), ("P-1", "A", 1, 2, '["11"]'), ("OLD-1", "OLD", 1, 2, '["1","2"]'),
        )
    ]  # fmt: skip
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(f"INSERT INTO consigned VALUES ({','.join('?' * 14)})", sent)
        connection.executemany(f"INSERT INTO outbound VALUES ({','.join('?' * 8)})", known)
    command.upgrade(config, "head")
    with closing(sqlite3.connect(file)) as connection:
        found = {(one.connection, one.number): one for one in grouped(connection.execute(f"SELECT {', '.join(COLUMNS)} FROM consignment"))}
    members = (Member("A", "v2", "1.00"), Member("B", "v2", "1.00"))
    parcel = Consignment("wms", "jd", "s1", "A", "A", 0, 0, "v1", "3.00", "2026-01-05", 7, members, ships=True)
    assert found.pop(("wms", "A")) == parcel
    inside = (Member("A", "v2", "1.00", ("11",)), Member("B", "v2", "1.00", None))
    assert found.pop(("wms", "P-1")) == structs.replace(parcel, number="P-1", part=1, parts=2, members=inside)
    assert found.pop(("finance", "F")) == structs.replace(parcel, connection="finance", number="F", members=members[1:], ships=False)
    old = (Member("OLD", lines=("1", "2")),)
    assert found == {("", "OLD-1"): Consignment("", "jd", "s1", "OLD-1", "OLD-1", 1, 2, event_id=id_at(NOW), members=old, ships=True)}
