"""Files in a folder: taken once, whole or not at all, and nothing outside of the folder is touched."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.intake import accept
from engine.node.keys import Keys, order_key
from engine.node.triggers import Arrival, Delivery
from engine.settings import Settings
from engine.source import feed
from engine.source.feed import LiveFeed
from engine.source.file_deliveries import FileDeliveries

from .house import Place, arrived, flow, numbers, phase, until, wrong


class Inbox(Place):
    def __init__(self, folder: Path, allowed: Path | None = None) -> None:
        super().__init__({})
        folder.mkdir(exist_ok=True)
        self.folder = folder
        connections = {"inbox": {"type": "folder", "path": str(folder)}}
        self.settings = Settings(connections=connections, allow_folders=(str(allowed or folder),))

    def put(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def names(self, where: str = "") -> list[str]:
        folder = self.folder / where
        return sorted(file.name for file in folder.iterdir() if not file.is_dir()) if folder.exists() else []


async def listen(app: Orderloom, **params: Any) -> None:
    given = {"folder": {"connection": "inbox"}, "every": "30ms", **params}
    await app.publish(flow("connector.folder@1", given), note="", actor="owner")


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "in")


async def test_the_rows_of_each_file_become_events_and_the_file_goes_to_done(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app, group_by="no")
        inbox.put("a.csv", "no,sku\nA,1\nB,1\nA,2\n")
        inbox.put("b.jsonl.gz", gzip.compress(b'{"no":"C"}\n'))
        assert set(await arrived(app, 3)) == {"A", "B", "C"}
        await until(lambda: inbox.names("done") == ["a.csv", "b.jsonl.gz"])
        assert inbox.names() == []


async def test_rows_without_a_number_are_known_by_file_and_row_and_a_file_that_comes_again_brings_nothing(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app)
        for name in ("a.csv", "b.csv"):
            inbox.put(name, "sku\nX\n")
        assert set(await arrived(app, 2)) == {"a.csv#1", "b.csv#1"}
        await until(lambda: len(inbox.names("done")) == 2)
        inbox.put("a.csv", "sku\nX\n")
        await until(lambda: inbox.names("done") == ["a-2.csv", "a.csv", "b.csv"])
        assert len(await numbers(app)) == 2


async def test_a_file_is_left_alone_while_it_grows_or_is_hidden_or_has_a_name_of_something_under_way(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app, every="150ms")
        for name in (".hidden.csv", "late.csv.part", "late.csv.TMP"):
            inbox.put(name, "no\nX\n")
        with (inbox.folder / "grows.csv").open("w") as growing:
            growing.write("no\n")
            for number in range(40):
                growing.write(f"N{number}\n")
                growing.flush()
                await asyncio.sleep(0.02)
                assert inbox.names("done") == []
        await until(lambda: inbox.names("done") == ["grows.csv"])
        assert len(await numbers(app)) == 40
        assert inbox.names() == [".hidden.csv", "late.csv.TMP", "late.csv.part"]


async def test_a_file_that_cannot_be_read_is_taken_not_at_all_and_says_why(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app)
        inbox.put("bad.csv", "no,sku\nA,1\nB,1,too many\n")
        inbox.put("what.pdf", b"%PDF")
        await until(lambda: len(inbox.names("failed")) == 4)
        assert inbox.names("failed") == ["bad.csv", "bad.csv.problem.txt", "what.pdf", "what.pdf.problem.txt"]
        told = (inbox.folder / "failed" / "bad.csv.problem.txt").read_text(encoding="utf-8")
        assert "input.unreadable" in told
        assert "too many" not in told
        assert await numbers(app) == []
        assert app.sources.states()[0].refused == 2


async def test_a_symbolic_link_is_refused_and_what_it_leads_to_stays_unread(inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("no\nSECRET\n")
    async with inbox.open() as app:
        await listen(app)
        (inbox.folder / "link.csv").symlink_to(secret)
        await until(lambda: len(inbox.names("failed")) == 2)
        assert await numbers(app) == []
        problem = wrong(app)
        assert problem.code == "folder.not_a_file"
        assert secret.read_text() == "no\nSECRET\n"


async def test_a_file_that_was_being_taken_when_the_service_ended_is_taken_after_the_start(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inbox.open() as app:
        with monkeypatch.context() as patched:
            take = LiveFeed.take

            async def dies(self: LiveFeed, deliveries: Any, *rest: Any, **more: Any) -> None:
                await take(self, deliveries[:1], *rest, **more)
                await self.sleep(3600)

            patched.setattr(LiveFeed, "take", dies)
            await listen(app)
            inbox.put("a.csv", "no\nA\nB\nC\n")
            await arrived(app, 1)
    assert inbox.names("taking") == ["a.csv"]
    async with inbox.open() as app:
        assert len(await arrived(app, 3)) == 3
        await until(lambda: inbox.names("done") == ["a.csv"])
        assert len(await numbers(app)) == 3


async def test_an_order_over_which_we_stumble_ourselves_is_kept_as_it_is_and_holds_up_no_other(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, tried = accept.keys_of, 0

    def stumbles(arrival: Arrival) -> Keys:
        nonlocal tried
        if arrival.items and arrival.items[0].get("no") == "ODD":
            tried += 1
            raise ZeroDivisionError("nobody foresaw this")
        return read(arrival)

    monkeypatch.setattr(accept, "keys_of", stumbles)
    async with inbox.open() as app:
        await listen(app, group_by="no")
        inbox.put("a.csv", "no\nA\nODD\nB\n")
        await until(lambda: inbox.names("done") == ["a.csv"])
        inbox.put("b.csv", "no\nC\n")
        odd, *others = sorted(await arrived(app, 4))
        assert (odd[0], others) == ("?", ["A", "B", "C"])
        assert tried > 0
        assert app.sources.states()[0].refused == 0


async def test_a_fault_of_ours_that_passes_never_gives_an_order_another_key(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, faults = accept.Intake.accept, 4

    async def fails(self: Any, *args: Any, **more: Any) -> Any:
        nonlocal faults
        faults -= 1
        if faults >= 0:
            raise OSError("too many open files")
        return await kept(self, *args, **more)

    monkeypatch.setattr(accept.Intake, "accept", fails)
    monkeypatch.setattr(feed, "TRY_AGAIN", 0.01)
    async with inbox.open() as app:
        await listen(app, group_by="no")
        inbox.put("a.csv", "no\nA\n")
        assert await arrived(app, 1) == ["A"]
        await until(lambda: inbox.names("done") == ["a.csv"])
        assert (await numbers(app), faults < 0) == (["A"], True)


def test_only_allowed_folders_are_opened_and_no_way_leads_out_of_them(tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed / "in", other):
        folder.mkdir(parents=True)
    (allowed / "link").symlink_to(other)
    guard = AddressGuard((), [str(allowed)])
    assert guard.folder(str(allowed / "in")) == allowed / "in"
    for refused in (str(other), str(allowed / "link"), str(allowed / "in" / ".." / ".." / "other"), "in", str(tmp_path)):
        with pytest.raises(CallFailed) as caught:
            guard.folder(refused)
        assert caught.value.problem.code == "folder.refused"
    with pytest.raises(CallFailed):
        AddressGuard().folder(str(allowed))


async def test_a_folder_that_is_not_allowed_is_named(tmp_path: Path) -> None:
    async with Inbox(tmp_path / "in", tmp_path / "elsewhere").open() as app:
        await listen(app)
        await until(lambda: phase(app) == "broken")
        problem = wrong(app)
        assert problem.code == "folder.refused"


async def test_rows_that_are_orders_of_a_shop_are_known_by_it_and_the_number_in_its_clean_form(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app, group_by="no", channel="own_shop", shop_id="files")
        inbox.put("a.csv", "no,sku\n＃ｘｓ８８０１,1\n#XS 8801,2\n4.0126E+18,3\n".encode("gb18030"))
        await arrived(app, 3)
        assert {event.order_key for event in (await app.store.events()).items} == {
            order_key("own_shop", "files", "XS8801"),
            order_key("own_shop", "files", "4.0126E+18"),
        }


def foreign(inbox: Inbox, name: bytes, content: bytes) -> None:
    with open(os.path.join(os.fsencode(inbox.folder), name), "wb") as file:  # noqa: PTH118, PTH123 - a name that is no UTF-8
        file.write(content)


async def test_a_file_whose_name_is_not_in_utf_8_is_taken_under_one_that_can_be_read(inbox: Inbox) -> None:
    async with inbox.open() as app:
        await listen(app)
        foreign(inbox, "a_订单.csv".encode("gbk"), b"no\nA\n")
        for name in (b"caf\xe9.csv", b"caf\xe8.csv"):
            foreign(inbox, name, b"no\nB\n")
        foreign(inbox, b"b_\xff.csv", b"no,sku\nA,1,too many\n")
        inbox.put("z.csv", "no\nZ\n")
        assert set(await arrived(app, 4)) == {"a_订单.csv#1", "caf\ufffdE9.csv#1", "caf\ufffdE8.csv#1", "z.csv#1"}
        await until(lambda: len(inbox.names("done")) == 4 and len(inbox.names("failed")) == 2)
        assert inbox.names("failed") == ["b_\ufffdFF.csv", "b_\ufffdFF.csv.problem.txt"]


async def test_a_file_with_a_foreign_name_that_was_being_taken_holds_nothing_up_after_a_restart(inbox: Inbox) -> None:
    (inbox.folder / "taking").mkdir()
    foreign(inbox, b"taking/a_\xb6\xa9\xb5\xa5.csv", b"no\nA\n")
    inbox.put("z.csv", "no\nZ\n")
    async with inbox.open() as app:
        await listen(app)
        assert set(await arrived(app, 2)) == {"a_订单.csv#1", "z.csv#1"}
        await until(lambda: inbox.names("done") == ["a_订单.csv", "z.csv"])
        assert inbox.names("taking") == []


async def test_a_file_with_a_long_name_that_cannot_be_read_says_why_under_a_shorter_one(inbox: Inbox) -> None:
    names = [f"{'单' * 83}{end}.pdf" for end in "ab"]
    async with inbox.open() as app:
        await listen(app)
        for name in names:
            inbox.put(name, b"%PDF")
        await until(lambda: len(inbox.names("failed")) == 4)
        told = [name for name in inbox.names("failed") if name.endswith(".problem.txt")]
        assert all(len(name.encode()) <= 255 for name in told)
        assert all("input.unknown_format" in (inbox.folder / "failed" / name).read_text(encoding="utf-8") for name in told)
        inbox.put(names[0], b"%PDF")
        await until(lambda: len(inbox.names("failed")) == 6)


async def test_a_file_that_no_reader_foresaw_holds_up_no_other(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(self: FileDeliveries) -> Iterator[Delivery]:
        if self._name == "a.csv":
            raise ZeroDivisionError
        return read(self)

    read = FileDeliveries._read
    monkeypatch.setattr(FileDeliveries, "_read", odd)
    async with inbox.open() as app:
        await listen(app)
        inbox.put("a.csv", "no\nA\n")
        inbox.put("b.csv", "no\nB\n")
        assert await arrived(app, 1) == ["b.csv#1"]
        await until(lambda: inbox.names("failed") == ["a.csv", "a.csv.problem.txt"])
