"""Sheets: what people keep by hand, with its versions."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import Conflict
from engine.store.ports import Store

from .conftest import code


async def test_every_version_of_a_sheet_stays_and_says_who_wrote_it(store: Store) -> None:
    assert await store.sheet("present_way", "all") is None
    assert await store.save_sheet("present_way", "all", b'{"n":1}', expected=0, actor="ann") == 1
    assert await store.save_sheet("present_way", "all", b'{"n":2}', expected=1, actor="bob") == 2
    newest = await store.sheet("present_way", "all")
    assert newest is not None
    assert (newest.version, newest.body, newest.actor) == (2, b'{"n":2}', "bob")
    first = await store.sheet("present_way", "all", 1)
    assert first is not None
    assert (first.body, first.actor) == (b'{"n":1}', "ann")
    assert [one.version for one in await store.sheet_versions("present_way", "all")] == [2, 1]
    assert newest.at >= first.at


async def test_whoever_saw_an_older_version_is_told(store: Store) -> None:
    await store.save_sheet("present_way", "all", b"1", expected=0, actor="ann")
    for seen in (0, 2):
        with pytest.raises(Conflict) as caught:
            await store.save_sheet("present_way", "all", b"2", expected=seen, actor="bob")
        assert code(caught) == "sheet.changed"
    assert await store.save_sheet("present_way", "all", b"3", expected=None, actor="bob") == 2


async def test_sheets_of_a_kind_are_listed_by_name_in_their_newest_version(store: Store) -> None:
    for name, body in (("b", b"1"), ("a", b"2"), ("b", b"3")):
        await store.save_sheet("system", name, body, expected=None, actor="ann")
    await store.save_sheet("other", "c", b"4", expected=None, actor="ann")
    assert [(name, one.body) for name, one in (await store.sheets("system")).items()] == [("a", b"2"), ("b", b"3")]


async def test_only_so_many_versions_stay_as_are_asked_for(store: Store) -> None:
    for number in range(4):
        await store.save_sheet("assessment", "erp", b"%d" % number, expected=None, keep=2, actor="system")
    assert [one.version for one in await store.sheet_versions("assessment", "erp")] == [4, 3]


async def test_a_deleted_sheet_is_gone_with_its_versions_and_begins_anew(store: Store) -> None:
    assert not await store.delete_sheet("system", "erp", actor="ann")
    await store.save_sheet("system", "erp", b"1", expected=0, actor="ann")
    await store.save_sheet("system", "erp", b"2", expected=1, actor="ann")
    assert await store.delete_sheet("system", "erp", actor="bob")
    assert not await store.sheet_versions("system", "erp")
    assert await store.save_sheet("system", "erp", b"3", expected=0, actor="ann") == 1
    assert [row.action for row in (await store.audit_rows(limit=2)).items] == ["sheet.save", "sheet.delete"]


async def test_two_who_write_at_once_are_told_apart(store: Store) -> None:
    await store.save_sheet("present_way", "all", b"0", expected=0, actor="ann")
    tries = [store.save_sheet("present_way", "all", b"%d" % n, expected=1, actor="ann") for n in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(one, Conflict) for one in results) == [False, True, True, True, True]
