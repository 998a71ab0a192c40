"""What lies on disk is sealed, each event with a key of its own, and a changed log of the audit is found."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NotFound
from engine.privacy.cipher import Unreadable
from engine.store import write_events, write_facts
from engine.store.open import open_store
from engine.store.ports import Event, Store, StoreOptions
from engine.store.sql import SqlStore

from .conftest import EVENT, PHONE, ask, event, fact, numbered, order, parked


async def fill(store: Store) -> int:
    """One of everything that holds personal data or a secret."""
    run = (await store.journal.put_event(event(delivery_key=PHONE))).id
    await store.journal.put_fact(fact(run, 1, f'{{"phone":"{PHONE}"}}'.encode()), parked())
    await store.journal.put_order(order(), fact(run, 2, f'{{"ok":"@outcome","phone":"{PHONE}"}}'.encode()))
    [incident] = (await store.incidents()).items
    await store.close_incident(incident.id, "resumed", fact(run, 3, f'{{"edit":"{PHONE}"}}'.encode()))
    await store.save_connection("wms", f'{{"secret":"{PHONE}"}}'.encode(), actor="ann")
    return run


async def test_facts_of_a_run_from_an_earlier_process_are_sealed_with_its_key(options: StoreOptions) -> None:
    first = open_store(options)
    await first.open()
    run = (await first.journal.put_event(EVENT)).id
    await first.close()
    second = open_store(options)
    await second.open()
    assert [each.id for each in await second.open_runs()] == [run]
    await second.journal.put_fact(fact(run, 1, b'{"n":1}'))
    assert [each.body for each in await second.facts(run)] == [b'{"n":1}']
    await second.close()


def found_in(data: Path, marker: str) -> list[str]:
    return [str(file.relative_to(data)) for file in sorted(data.rglob("*")) if file.is_file() and marker.encode() in file.read_bytes()]


async def test_bodies_facts_orders_and_connections_are_sealed(options: StoreOptions) -> None:
    store = open_store(options)
    await store.open()
    await fill(store)
    assert found_in(Path(options.data), PHONE) == []
    await store.close()
    assert found_in(Path(options.data), PHONE) == []


@pytest.mark.parametrize("module", [write_events, write_facts])
async def test_a_store_that_does_not_seal_is_caught(options: StoreOptions, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(module, "seal", lambda _key, body, _place: body)
    store = open_store(options)
    await store.open()
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run, 1, PHONE.encode()))
    assert found_in(Path(options.data), PHONE) != []
    await store.close()


async def test_a_sealed_body_moved_to_another_row_cannot_be_read(sql: SqlStore, database: Path) -> None:
    one, other = [(await sql.journal.put_event(numbered(n))).id for n in range(2)]
    key_id, body = ask(database, f"SELECT key_id, body FROM event WHERE id = {one}")[0]
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE event SET key_id = ?, body = ? WHERE id = ?", (key_id, body, other))
    with pytest.raises(Unreadable):
        await sql.event_body(other)


async def test_each_event_has_a_key_of_its_own_that_is_on_disk(sql: SqlStore, database: Path, keys: Path) -> None:
    await asyncio.gather(*(sql.journal.put_event(numbered(n)) for n in range(1500)))
    used = {key_id for (key_id,) in ask(database, "SELECT key_id FROM event")}
    assert len(used) == 1500
    assert used <= {key_id for (key_id,) in ask(keys, "SELECT id FROM data_key")}


async def test_keys_that_no_event_took_are_gone_after_closing(options: StoreOptions, keys: Path) -> None:
    store = open_store(options)
    await store.open()
    await store.journal.put_event(EVENT)
    await store.close()
    assert len(ask(keys, "SELECT id FROM data_key")) == 1


async def test_without_its_key_an_event_is_erased_and_shows_it(sql: SqlStore, keys: Path) -> None:
    run = await fill(sql)
    other = (await sql.journal.put_event(numbered(7))).id
    ask(keys, "DELETE FROM data_key WHERE id = (SELECT min(id) FROM data_key)")
    for read in (sql.event_body, sql.facts):
        with pytest.raises(NotFound) as caught:
            await read(run)
        assert caught.value.problems[0].code == "event.erased"
    shown: list[Event] = list((await sql.events()).items)
    assert [(each.id, each.erased) for each in shown] == [(other, False), (run, True)]
    assert (await sql.event(run)).erased
    assert (await sql.order("taobao", "s1", "1001")) == replace(order(), body=b"", event_id=run, updated_at=fact(run, 2).at)


async def test_a_changed_audit_row_is_found(sql: SqlStore, database: Path) -> None:
    for number in range(5):
        await sql.audit("ann", "order.reveal", str(number), {})
    ask(database, "UPDATE audit SET actor = 'bob' WHERE id = 3")
    assert await sql.audit_broken_at() == 3


async def test_a_deleted_last_audit_row_is_found(sql: SqlStore, database: Path) -> None:
    for number in range(5):
        await sql.audit("ann", "order.reveal", str(number), {})
    ask(database, "DELETE FROM audit WHERE id = 5")
    assert await sql.audit_broken_at() == 5
