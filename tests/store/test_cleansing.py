"""Versions of the cleansing rules, and the rows of the SKU matching table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, NotFound
from engine.order.rules import Unmatched, match_key
from engine.store.ports import MatchFilter, NewHold, NewMatch, NewWait, RunEnd, Store

from .conftest import NOW, code, event

SOAP = NewMatch("taobao", "s1", match_key("", "手工皂", "100g"), "", "手工皂", "100g", "SOAP-100")
CODE = NewMatch("taobao", "", match_key("tb-77"), "tb-77", "蜂蜜", "500g", "HONEY-500", 2)
ANY = NewMatch("", "", match_key("old-1"), "old-1", "", "", "NEW-1")


async def put(store: Store, *rows: NewMatch, note: str = "") -> int:
    return await store.put_matches(rows, note=note, actor="ann", at=NOW)


async def test_each_change_is_a_version_with_who_and_when(store: Store) -> None:
    assert await store.rules() == (0, b'{"shops":[]}')
    assert await store.save_rules(b'{"shops":[1]}', expected=0, note="first", actor="ann", at=NOW) == 1
    assert await put(store, SOAP, CODE, note="two") == 2
    newest, first = (await store.rules_versions()).items
    assert (first.version, first.part, first.note, first.actor, first.at) == (1, "rules", "first", "ann", NOW)
    assert (newest.version, newest.part, newest.body) == (2, "skus", b'{"ended":0,"put":2}')
    assert await store.rules() == (1, b'{"shops":[1]}')
    assert (await store.rules_and_matches("jd", "", ["x"]))[:2] == (2, b'{"shops":[1]}')
    assert [row.action for row in (await store.audit_rows()).items] == ["sku_match.save", "rules.save"]


async def test_a_second_writer_of_the_rules_is_told_and_a_change_of_the_table_is_no_second_writer(store: Store) -> None:
    await store.save_rules(b"1", expected=0, note="", actor="ann", at=NOW)
    await put(store, SOAP)
    with pytest.raises(Conflict) as caught:
        await store.save_rules(b"2", expected=0, note="", actor="bob", at=NOW)
    assert code(caught) == "rules.changed"
    assert await store.save_rules(b"2", expected=1, note="", actor="bob", at=NOW) == 3


async def test_lines_find_the_rows_of_their_shop_their_channel_and_of_all(store: Store) -> None:
    await put(store, SOAP, CODE, ANY)
    keys = [SOAP.key, CODE.key, ANY.key, "sku:UNKNOWN"]
    version, _, here = await store.rules_and_matches("taobao", "s1", keys)
    assert version == 1
    assert {one.sku_code for one in here} == {"SOAP-100", "HONEY-500", "NEW-1"}
    assert {one.sku_code for one in (await store.rules_and_matches("taobao", "s2", keys))[2]} == {"HONEY-500", "NEW-1"}
    assert {one.sku_code for one in (await store.rules_and_matches("jd", "s1", keys))[2]} == {"NEW-1"}
    assert (await store.rules_and_matches("taobao", "s1", []))[2] == []


async def test_a_row_takes_the_place_of_the_one_before_which_is_kept(store: Store) -> None:
    await put(store, SOAP, ANY)
    later = NewMatch(*(SOAP.channel, SOAP.shop_id, SOAP.key, SOAP.sku, SOAP.title, SOAP.spec), sku_code="SOAP-B")
    assert await store.put_matches([later, ANY], note="", actor="bob", at=NOW + timedelta(hours=1)) == 2
    kept = (await store.sku_matches(MatchFilter(text="soap", ended=True))).items
    assert [(one.sku_code, one.since, one.until, one.actor) for one in kept] == [("SOAP-B", 2, None, "bob"), ("SOAP-100", 1, 2, "ann")]
    assert [one.sku_code for one in (await store.sku_matches()).items] == ["SOAP-B", "NEW-1"]
    assert (await store.rules_versions()).items[0].body == b'{"ended":0,"put":1}'


async def test_what_is_the_same_already_makes_no_version(store: Store) -> None:
    assert await put(store, SOAP) == 1
    assert await put(store, SOAP) == 1
    assert len((await store.rules_versions()).items) == 1


async def test_a_row_that_was_ended_is_found_by_no_line(store: Store) -> None:
    await put(store, SOAP)
    (row,) = (await store.sku_matches()).items
    assert await store.end_match(row.id, note="wrong", actor="ann", at=NOW) == 2
    assert (await store.rules_and_matches("taobao", "s1", [SOAP.key]))[2] == []
    with pytest.raises(NotFound) as caught:
        await store.end_match(row.id, note="", actor="ann", at=NOW)
    assert code(caught) == "sku_match.unknown"
    assert await store.rules_version() == 2
    assert await put(store, SOAP) == 3


async def test_rows_are_found_by_a_part_of_what_they_say(store: Store) -> None:
    await put(store, SOAP, CODE, ANY)
    assert [one.sku_code for one in (await store.sku_matches(MatchFilter(text="蜂"))).items] == ["HONEY-500"]
    assert [one.sku_code for one in (await store.sku_matches(MatchFilter(text="OLD-"))).items] == ["NEW-1"]
    assert [one.sku_code for one in (await store.sku_matches(MatchFilter(text="%"))).items] == []
    assert len((await store.sku_matches(MatchFilter("taobao"))).items) == 2
    first = await store.sku_matches(limit=2)
    assert len((await store.sku_matches(limit=2, cursor=first.next)).items) == 1


async def test_a_thousand_rows_are_one_version(store: Store) -> None:
    rows = [NewMatch("jd", "", match_key(f"p-{n}"), f"p-{n}", "", "", f"OWN-{n}") for n in range(1000)]
    assert await store.put_matches(rows, note="import", actor="ann", at=NOW) == 1
    assert await store.put_matches(rows, note="again", actor="ann", at=NOW) == 1
    assert len((await store.rules_and_matches("jd", "", [one.key for one in rows[:50]]))[2]) == 50


async def test_a_hold_keeps_which_lines_it_waits_for(store: Store) -> None:
    missing = (Unmatched("tb-9", "护手霜", "30ml"), Unmatched("", "面膜", ""))
    accepted = await store.journal.put_event(event())
    hold = NewHold("taobao", "s1", "1001", "v1", ("sku_unmapped",), missing)
    await store.journal.end_run(accepted.id, RunEnd("waiting", NOW, waits=[NewWait("hold", "e1", "d", "hold", "k", hold=hold)]))
    (kept,) = (await store.holds()).items
    assert kept.order == hold
