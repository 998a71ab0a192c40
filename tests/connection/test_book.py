from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.connection.book import ConnectionBook
from engine.errors import Conflict, InputInvalid, NotFound, OrderloomError, SettingsInvalid

WMS = {"type": "wms", "url": "http://wms.example.com", "secret": "s3cret"}


class Kept:
    """A store of connections in memory."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    async def connection_names(self) -> Sequence[str]:
        return list(self.documents)

    async def connection(self, name: str) -> bytes | None:
        return self.documents.get(name)

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None:
        self.documents[name] = document

    async def delete_connection(self, name: str, *, actor: str) -> None:
        del self.documents[name]


def code_of(caught: pytest.ExceptionInfo[OrderloomError]) -> str:
    return caught.value.problems[0].code


def test_a_setting_is_json_under_a_name_in_lower_case() -> None:
    book = ConnectionBook(
        {"WMS": '{"type": "wms", "url": "http://wms.example.com"}', "team_chat": {"type": "wecom", "url": "https://a.b/k"}}
    )
    assert (book.get("wms").address, book.types()) == ("http://wms.example.com", {"wms": "wms", "team_chat": "wecom"})


def test_all_faults_of_all_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        ConnectionBook({"A": "{", "B": {"type": "wms"}, "C": {"type": "fax"}, "9": WMS})
    assert [(problem.code, problem.where) for problem in caught.value.problems] == [
        ("connection.invalid", ("a",)),
        ("connection.invalid", ("b", "url")),
        ("connection.unknown_type", ("c",)),
        ("connection.bad_name", ()),
    ]


def test_a_connection_that_nobody_set_is_missing() -> None:
    with pytest.raises(NotFound) as caught:
        ConnectionBook().get("wms")
    assert code_of(caught) == "connection.missing"


async def test_a_connection_is_kept_in_the_store_and_found_by_another_book() -> None:
    store = Kept()
    await ConnectionBook(store=store).put("wms", WMS, actor="owner")
    other = ConnectionBook(store=store)
    await other.refresh()
    assert other.get("wms").fields() == WMS


async def test_what_is_shown_of_a_connection_holds_no_secret() -> None:
    book = ConnectionBook({"CHAT": {"type": "wecom", "url": "https://a.b/s3cret"}}, Kept())
    await book.put("wms", WMS, actor="owner")
    assert book.public() == [
        {"name": "chat", "source": "settings", "type": "wecom", "secret": {"set": False}, "url": {"set": True}},
        {"name": "wms", "source": "store", "type": "wms", "secret": {"set": True}, "url": "http://wms.example.com"},
    ]


async def test_a_setting_wins_over_the_store_and_cannot_be_changed_there() -> None:
    store = Kept()
    await ConnectionBook(store=store).put("wms", WMS, actor="owner")
    book = ConnectionBook({"WMS": {**WMS, "url": "http://other.example.com"}}, store)
    await book.refresh()
    with pytest.raises(Conflict) as caught:
        await book.put("wms", WMS, actor="owner")
    assert (code_of(caught), book.get("wms").address) == ("connection.in_settings", "http://other.example.com")


async def test_a_wrong_connection_is_not_kept() -> None:
    store = Kept()
    with pytest.raises(InputInvalid):
        await ConnectionBook(store=store).put("wms", {"type": "wms"}, actor="owner")
    assert store.documents == {}


async def test_a_secret_left_out_of_a_change_is_unset() -> None:
    book = ConnectionBook(store=Kept())
    await book.put("wms", WMS, actor="owner")
    await book.put("wms", {"type": "wms", "url": "http://stranger.example.com"}, actor="owner")
    assert book.get("wms").secret is None


@pytest.mark.parametrize("name", ["", "A", "9a", "a-b", "a" * 61])
async def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        await ConnectionBook(store=Kept()).put(name, WMS, actor="owner")
    assert code_of(caught) == "connection.bad_name"


async def test_one_stored_connection_of_an_unknown_type_does_not_hide_the_others() -> None:
    store = Kept()
    store.documents = {"old": b'{"type":"removed_plugin"}', "wms": b'{"type":"wms","url":"http://a.b"}'}
    book = ConnectionBook(store=store)
    await book.refresh()
    with pytest.raises(InputInvalid) as caught:
        book.get("old")
    assert (code_of(caught), book.get("wms").address) == ("connection.unknown_type", "http://a.b")
    assert book.public()[0] == {"name": "old", "source": "store", "problems": ["connection.unknown_type"]}
