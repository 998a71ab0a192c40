"""Starting: the data folder, the master key, the database's address."""

from __future__ import annotations

import asyncio
import shutil
import stat
from pathlib import Path

import pytest

from engine.errors import SettingsInvalid
from engine.store.open import open_store
from engine.store.ports import StoreOptions
from engine.store.problems import StoreUnavailable

from .conftest import EVENT


async def start(options: StoreOptions) -> bytes:
    """Start, keep the event, stop; its body as read back."""
    store = open_store(options)
    await store.open()
    accepted = await store.journal.put_event(EVENT)
    body = await store.event_body(accepted.id)
    await store.close()
    return body


async def refusal(options: StoreOptions) -> str:
    with pytest.raises(SettingsInvalid) as caught:
        await start(options)
    return caught.value.problems[0].code


def files(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_file()]


def remove(some: list[Path]) -> None:
    for each in some:
        each.unlink()


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def test_a_first_start_makes_a_folder_and_a_key_for_nobody_else(tmp_path: Path) -> None:
    await start(StoreOptions(str(tmp_path / "new" / "data")))
    assert mode(tmp_path / "new" / "data") == 0o700
    assert mode(tmp_path / "new" / "data" / "master.key") == 0o600


async def test_a_second_start_finds_what_the_first_kept(options: StoreOptions) -> None:
    await start(options)
    assert await start(options) == EVENT.body


async def test_the_key_may_lie_elsewhere(tmp_path: Path) -> None:
    options = StoreOptions(str(tmp_path / "data"), master_key_file=str(tmp_path / "safe" / "key"))
    assert await start(options) == EVENT.body
    assert not (tmp_path / "data" / "master.key").exists()


@pytest.mark.parametrize("left", ["orderloom.db", "keys.db"])
async def test_data_without_its_key_is_refused_and_no_new_key_is_made(options: StoreOptions, left: str) -> None:
    await start(options)
    data = Path(options.data)
    remove([each for each in files(data) if each.name != left])
    assert await refusal(options) == "store.master_key_missing"
    assert not (data / "master.key").exists()


async def test_the_missing_key_is_named(options: StoreOptions) -> None:
    (Path(options.data) / "master.key").unlink()
    with pytest.raises(SettingsInvalid) as caught:
        open_store(options)
    assert caught.value.problems[0].fields["file"] == str(Path(options.data) / "master.key")


async def test_another_key_is_refused(options: StoreOptions, tmp_path: Path) -> None:
    await start(StoreOptions(str(tmp_path / "other")))
    shutil.copy(tmp_path / "other" / "master.key", Path(options.data) / "master.key")
    assert await refusal(options) == "store.master_key_wrong"


OTHERS = ["postgresql+asyncpg://h/d", "postgresql://localhost", "mysql+pymysql://h/d", "sqlite://", "sqlite:///:memory:", "nonsense"]


@pytest.mark.parametrize("url", OTHERS)
async def test_other_databases_are_refused(tmp_path: Path, url: str) -> None:
    assert await refusal(StoreOptions(str(tmp_path / "data"), url=url)) == "store.unsupported_url"
    assert not (tmp_path / "data").exists()


async def test_a_refused_address_shows_no_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        open_store(StoreOptions(str(tmp_path), url="mysql://me:hunter2@db/orderloom"))
    assert "hunter2" not in str(caught.value)


async def test_a_file_may_be_named_by_url(tmp_path: Path) -> None:
    await start(StoreOptions(str(tmp_path / "data"), url=f"sqlite:///{tmp_path / 'elsewhere' / 'shop.db'}"))
    assert (tmp_path / "elsewhere" / "shop.db").exists()
    assert (tmp_path / "elsewhere" / "keys.db").exists()


async def test_restoring_without_the_keys_leaves_events_erased_but_the_store_usable(options: StoreOptions) -> None:
    await start(options)
    remove([each for each in files(Path(options.data)) if each.name.startswith("keys.db")])
    store = open_store(options)
    await store.open()
    [kept] = (await store.events()).items
    assert kept.erased
    await store.close()


async def test_several_starts_at_once_on_a_new_folder_share_one_store(tmp_path: Path) -> None:
    options = StoreOptions(str(tmp_path / "data"))
    stores = [open_store(options) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    assert len({store.owner for store in stores}) == 3
    answers = await asyncio.gather(*(store.journal.put_event(EVENT) for store in stores))
    assert [answer.duplicate for answer in answers].count(False) == 1
    for store in stores:
        await store.close()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert await refusal(StoreOptions(str(tmp_path / "file" / "data"))) == "store.folder_unusable"


async def test_a_database_file_that_is_none_is_said(options: StoreOptions) -> None:
    (Path(options.data) / "orderloom.db").write_bytes(b"This is no database. " * 500)
    with pytest.raises(StoreUnavailable) as caught:
        await start(options)
    assert caught.value.problems[0].fields == {"reason": "SQLITE_NOTADB"}
