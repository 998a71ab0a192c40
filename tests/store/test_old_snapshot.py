"""A store as revision 0003 left it (``tests/fixtures/store_0003``, invented data) is brought up to date and read."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.store import migrations
from engine.store.open import open_store
from engine.store.ports import IncidentFilter, RunEnd, StoreOptions

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
