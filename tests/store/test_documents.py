"""What every store promises about flows, connections and the audit trail; run over each of them."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, InputInvalid, NotFound
from engine.store.ports import Store

from .conftest import code


async def test_a_draft_is_saved_over_what_its_editor_saw(store: Store) -> None:
    tag = await store.save_draft("hub", b"{}", expected=None, actor="ann")
    assert (await store.flow("hub")).draft_etag == tag
    newer = await store.save_draft("hub", b'{"a":1}', expected=tag, actor="ann")
    assert newer != tag
    assert (await store.flow("hub")).draft == b'{"a":1}'


@pytest.mark.parametrize("expected", [None, "seen-long-ago"])
async def test_a_draft_that_changed_in_between_is_not_overwritten(store: Store, expected: str | None) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    with pytest.raises(Conflict) as caught:
        await store.save_draft("hub", b"[]", expected=expected, actor="bob")
    assert code(caught) == "flow.changed"
    assert (await store.flow("hub")).draft == b"{}"


async def test_a_star_overwrites_whatever_draft_there_is(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected="*", actor="ann")
    await store.save_draft("hub", b"[]", expected="*", actor="bob")
    assert (await store.flow("hub")).draft == b"[]"


async def test_each_publication_is_a_version(store: Store) -> None:
    assert await store.publish("hub", b"{}", note="first", actor="ann") == 1
    assert await store.publish("hub", b"[]", note="second", actor="bob") == 2
    assert [(each.version, each.document, each.note, each.actor) for each in await store.versions("hub")] == [
        (2, b"[]", "second", "bob"),
        (1, b"{}", "first", "ann"),
    ]
    assert (await store.version("hub", 1)).document == b"{}"
    assert dict(await store.published()) == {"hub": 2}


async def test_publishing_what_is_published_gives_the_same_version(store: Store) -> None:
    await store.publish("hub", b"{}", note="", actor="ann")
    mark = await store.change_mark()
    assert await store.publish("hub", b"{}", note="again", actor="ann") == 1
    assert await store.change_mark() == mark


async def test_going_back_to_an_older_document_is_a_new_version(store: Store) -> None:
    for document in (b"{}", b"[]", b"{}"):
        version = await store.publish("hub", document, note="", actor="ann")
    assert version == 3


async def test_a_flow_with_a_draft_only_is_not_published(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    assert not await store.published()
    assert [(each.name, each.published) for each in (await store.flows()).items] == [("hub", None)]


@pytest.mark.parametrize("newest_first", [False, True])
async def test_flows_come_in_pages_by_name_or_the_one_changed_last_first(store: Store, newest_first: bool) -> None:
    changed = ["c", "a_b", "e", "ab", "d"]
    for name in changed:
        await store.save_draft(name, b"{}", expected=None, actor="ann")
    shown: list[str] = []
    cursor: str | None = None
    while cursor is not None or not shown:
        page = await store.flows(limit=2, cursor=cursor, newest_first=newest_first)
        assert len(page.items) <= 2
        shown += [record.name for record in page.items]
        cursor = page.next
    assert shown == (changed[::-1] if newest_first else shown)
    assert sorted(shown) == sorted(changed) == await store.flow_names()


@pytest.mark.parametrize("cursor", ["", "A", "a.b", "12", "x" * 61, "9" * 18 + ".a", "1.a.b", "٣.a"])
@pytest.mark.parametrize("newest_first", [False, True])
async def test_a_cursor_that_no_page_of_flows_gave_is_refused(store: Store, cursor: str, newest_first: bool) -> None:
    with pytest.raises(InputInvalid) as caught:
        await store.flows(cursor=cursor, newest_first=newest_first)
    assert code(caught) == "cursor.invalid"


async def test_published_documents_are_looked_through_for_words(store: Store) -> None:
    await store.save_draft("draft", b'{"use":"one"}', expected=None, actor="ann")
    for name, document in (("first", b'{"use":"one"}'), ("second", b'{"use":"two one"}'), ("third", b"{}"), ("first", b'{"use":"two"}')):
        await store.publish(name, document, note="", actor="ann")
    found = await store.published_naming(["draft", "first", "second", "third", "nothing"], ["one", "two"])
    assert {name: list(words) for name, words in found.items()} == {"first": ["two"], "second": ["one", "two"]}
    assert await store.published_naming(["third"], ["one"]) == {}


async def test_publishing_keeps_the_draft(store: Store) -> None:
    tag = await store.save_draft("hub", b"{}", expected=None, actor="ann")
    await store.publish("hub", b"{}", note="", actor="ann")
    assert (await store.flow("hub")).draft_etag == tag


async def test_unknown_flows_and_versions_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound) as no_flow:
        await store.flow("hub")
    with pytest.raises(NotFound) as no_version:
        await store.version("hub", 1)
    assert [code(no_flow), code(no_version)] == ["flow.unknown", "flow.version_unknown"]


async def test_the_change_mark_moves_with_publications_and_connections(store: Store) -> None:
    marks = [await store.change_mark()]
    await store.publish("hub", b"{}", note="", actor="ann")
    marks.append(await store.change_mark())
    await store.save_connection("wms", b"{}", actor="ann")
    marks.append(await store.change_mark())
    assert len(set(marks)) == 3


async def test_a_connection_comes_back_as_saved(store: Store) -> None:
    await store.save_connection("wms", b'{"secret":"s3cret"}', actor="ann")
    await store.save_connection("wms", b'{"secret":"newer"}', actor="ann")
    assert await store.connection("wms") == b'{"secret":"newer"}'
    assert list(await store.connection_names()) == ["wms"]
    assert await store.connection("finance") is None


async def test_what_people_change_leaves_audit_rows(store: Store) -> None:
    await store.save_draft("hub", b"{}", expected=None, actor="ann")
    await store.publish("hub", b"{}", note="", actor="bob")
    await store.save_connection("wms", b"{}", actor="cat")
    await store.audit("dan", "order.reveal", "1001", {"purpose": "call the customer"})
    rows = (await store.audit_rows()).items
    assert [(row.id, row.actor, row.action, row.resource) for row in rows] == [
        (4, "dan", "order.reveal", "1001"),
        (3, "cat", "connection.save", "wms"),
        (2, "bob", "flow.publish", "hub"),
        (1, "ann", "flow.save_draft", "hub"),
    ]
    assert rows[0].detail == {"purpose": "call the customer"}
    assert [row.id for row in (await store.audit_rows(limit=2, cursor="3")).items] == [2, 1]


async def test_an_untouched_audit_trail_holds(store: Store) -> None:
    for number in range(5):
        await store.audit("ann", "order.reveal", str(number), {})
    assert await store.audit_broken_at() is None


async def test_a_saved_draft_is_noticed_and_a_refused_one_is_not(store: Store) -> None:
    before = store.drafts_saved()
    await store.save_draft("f", b"{}", expected=None, actor="owner")
    with pytest.raises(Conflict):
        await store.save_draft("f", b'{"a":1}', expected=None, actor="owner")
    assert store.drafts_saved() == before + 1
