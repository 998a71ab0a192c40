from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.connection.book import ConnectionBook
from engine.connection.uses import Hook, Use, delete, hooks_of, uses
from engine.errors import Conflict, NotFound
from engine.registry import installed
from engine.store.memory import MemoryStore
from engine.store.ports import NewEvent

NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
SHOP = {"type": "own_shop", "secret": "whsec_bmV3"}
WMS = {"type": "wms", "url": "https://wms.example.com"}
NODES: dict[str, Any] = {
    "shop": {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "main_shop"}}},
    "to_wms": {"use": "connector.to_wms@1", "params": {"target": {"connection": "main_wms"}}, "disabled": True},
    "gone": {"use": "removed.plugin@1", "params": {"deep": [{"in": {"secret": "old"}}]}},
}
REGISTRY = installed()


def document(**nodes: Any) -> bytes:
    return json.dumps({"format": 1, "name": "hub", "title": {"en": "Hub", "zh": "中心"}, "nodes": nodes, "wires": []}).encode()


async def made(published: bytes, draft: bytes | None = None) -> MemoryStore:
    store = MemoryStore()
    await store.publish("hub", published, note="", actor="ann")
    if draft is not None:
        await store.save_draft("hub", draft, expected="*", actor="ann")
    return store


def delivered(number: int) -> NewEvent:
    key = f"own_shop|s|{number}"
    return NewEvent(
        flow="hub", version=1, trigger="shop", key=key, content="c", order_key=key, body=b"{}", received_at=NOW, actor="hook:hub/shop"
    )


async def test_the_nodes_of_a_flow_tell_which_connections_it_uses() -> None:
    store = await made(document(**NODES))
    assert await uses(store, REGISTRY) == {
        "main_shop": [Use("hub", "shop", draft=False, is_hook=True)],
        "main_wms": [Use("hub", "to_wms", draft=False, is_hook=False)],
        "old": [Use("hub", "gone", draft=False, is_hook=False)],
    }


async def test_what_only_the_draft_names_is_told_apart() -> None:
    store = await made(document(shop=NODES["shop"]), document(**NODES))
    found = await uses(store, REGISTRY)
    assert [use.draft for name in ("main_shop", "main_wms") for use in found[name]] == [False, True]


async def test_a_draft_that_nobody_can_read_uses_nothing() -> None:
    assert await uses(await made(b"{", b"["), REGISTRY) == {}


async def test_deliveries_are_counted_by_hook() -> None:
    store = await made(document(**NODES))
    assert await hooks_of(store, REGISTRY, "main_shop") == [Hook("/hooks/hub/shop", 0, more=False, last=None)]
    for number in range(3):
        await store.journal.put_event(delivered(number))
    assert await hooks_of(store, REGISTRY, "main_shop") == [Hook("/hooks/hub/shop", 3, more=False, last=NOW)]
    assert await hooks_of(store, REGISTRY, "main_wms") == []


async def test_a_connection_of_a_published_flow_is_not_deleted() -> None:
    store = await made(document(**NODES))
    book = ConnectionBook(store=store)
    await book.put("main_wms", WMS, actor="ann")
    with pytest.raises(Conflict) as caught:
        await delete(book, store, REGISTRY, "main_wms", actor="ann")
    assert (caught.value.problems[0].code, caught.value.problems[0].fields["flows"]) == ("connection.in_use", ["hub"])
    assert book.names() == ["main_wms"]


async def test_a_connection_that_only_a_draft_names_is_deleted() -> None:
    store = await made(document(shop=NODES["shop"]), document(**NODES))
    book = ConnectionBook(store=store)
    await book.put("main_wms", WMS, actor="ann")
    await delete(book, store, REGISTRY, "main_wms", actor="ann")
    assert (book.names(), await store.connection("main_wms")) == ([], None)


async def test_what_the_settings_give_is_not_deleted() -> None:
    store = await made(document(**NODES))
    with pytest.raises(Conflict) as caught:
        await delete(ConnectionBook({"MAIN_SHOP": SHOP}, store), store, REGISTRY, "main_shop", actor="ann")
    assert caught.value.problems[0].code == "connection.in_settings"


async def test_what_is_not_there_is_not_deleted() -> None:
    store = MemoryStore()
    with pytest.raises(NotFound):
        await delete(ConnectionBook(store=store), store, REGISTRY, "nobody", actor="ann")
