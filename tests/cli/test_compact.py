"""``orderloom compact`` on PostgreSQL, and damaged files. Files are rewritten in ``tests/engine/test_retention.py``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.retention import Retainer, Rules
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from tests.cli.conftest import Orderloom
from tests.engine.test_retention import fill, nothing
from tests.store import postgres

NOW = datetime.now(UTC)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with postgres.schema() as made:
        monkeypatch.setenv("ORDERLOOM_DATABASE_URL", made)
        yield made


def store_at(folder: Path, url: str) -> Store:
    return open_store(StoreOptions(str(folder / ".orderloom"), url=url))


def test_much_that_was_deleted_leaves_no_space_behind(orderloom: Orderloom, tmp_path: Path, url: str) -> None:
    async def work() -> int:
        store = store_at(tmp_path, url)
        await store.open()
        await fill(store, 2000)
        (kept,) = await fill(store, 1, NOW, 2000)
        await Retainer(store, Rules(), lambda: NOW + timedelta(seconds=1), nothing).sweep()
        await store.close()
        return kept

    async def look(run: int) -> bytes:
        store = store_at(tmp_path, url)
        await store.open()
        body = await store.event_body(run)
        await store.close()
        return body

    kept = asyncio.run(work())
    answer = orderloom("compact")
    assert answer.code == 0, answer.err
    before, after = (int(word) for word in answer.out.split() if word.isdigit())
    assert after < before / 2
    assert b"13812345678" in asyncio.run(look(kept))
    again = [int(word) for word in orderloom("compact").out.split() if word.isdigit()]
    assert again[1] <= again[0] <= before / 2


@pytest.mark.parametrize(("language", "advice"), [("en", "Stop the server and every command first."), ("zh", "请先停止服务和所有命令。")])
def test_it_is_refused_while_a_service_works_on_the_database(
    orderloom: Orderloom, tmp_path: Path, url: str, language: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERLOOM_LANGUAGE", language)

    async def work() -> None:
        store = store_at(tmp_path, url)
        await store.open()
        refused = await asyncio.to_thread(orderloom, "compact")
        assert (refused.code, "store.in_use" in refused.err, advice in refused.err) == (1, True, True), refused.err
        await store.close()

    asyncio.run(work())


def test_an_empty_database_and_a_server_that_is_not_there_are_said(orderloom: Orderloom, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = orderloom("compact")
    assert (empty.code, "cli.no_data_in_database" in empty.err) == (2, True), empty.err
    monkeypatch.setenv("ORDERLOOM_DATABASE_URL", "postgresql://root@127.0.0.1:1/test")
    gone = orderloom("compact")
    assert (gone.code, "store.server_unreachable" in gone.err) == (1, True), gone.err


@pytest.mark.parametrize("broken", ["orderloom.db", "keys.db"])
@pytest.mark.parametrize("command", [("compact",), ("replay", "any", "--against", "1"), ("health",)], ids=lambda words: words[0])
def test_a_damaged_file_is_called_so(orderloom: Orderloom, tmp_path: Path, broken: str, command: tuple[str, ...]) -> None:
    folder = tmp_path / ".orderloom"

    async def begin() -> None:
        store = open_store(StoreOptions(str(folder)))
        await store.open()
        await store.close()

    asyncio.run(begin())
    (folder / broken).write_bytes(b"this is no database at all" * 400)
    answer = orderloom(*command)
    assert (answer.code, "store.damaged" in answer.err + answer.out, "Traceback" in answer.err) == (1, True, False), answer.err
