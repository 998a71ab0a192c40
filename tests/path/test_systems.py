"""The register of outside systems, and what is recommended of what a probe found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.connection.book import ConnectionBook
from engine.errors import InputInvalid, NotFound
from engine.path.assess import ABILITIES, Findings, recommend
from engine.path.systems import OFFERS, Systems, parse_entry
from engine.store.memory import MemoryStore

CONNECTIONS = {
    "pdd": {"type": "pinduoduo", "client_id": "c", "secret": "s"},
    "tb": {"type": "taobao", "secret": "s"},
    "wms": {"type": "wms", "url": "https://wms.example"},
    "erp_db": {"type": "database", "kind": "postgresql", "host": "db.example", "user": "u", "database": "erp"},
    "team": {"type": "wecom", "url": "https://robot.example/send?key=k"},
}


async def register() -> Systems:
    store = MemoryStore()
    book = ConnectionBook(CONNECTIONS, store)
    await book.refresh()
    return Systems(store, book)


async def test_each_connection_to_a_system_is_in_the_register_with_what_its_type_offers() -> None:
    systems = await register()
    assert [(one.name, one.offers, one.version) for one in await systems.all()] == [
        ("erp_db", ("database",), 0), ("pdd", ("api", "messages"), 0), ("tb", ("webhook", "api"), 0), ("wms", ("api",), 0),
    ]  # fmt: skip


async def test_a_system_of_several_connections_offers_what_they_all_do_and_what_people_say() -> None:
    systems = await register()
    entry = parse_entry({"title": "ERP", "owner": "IT", "connections": ["wms", "erp_db"], "offers": ["file"], "per_minute": 60})
    assert await systems.save("erp", entry, expected=0, actor="ann") == 1
    assert [(one.name, one.offers) for one in await systems.all()] == [
        ("erp", ("api", "database", "file")), ("pdd", ("api", "messages")), ("tb", ("webhook", "api")),
    ]  # fmt: skip
    assert (await systems.one("erp")).entry.owner == "IT"
    await systems.remove("erp", actor="ann")
    assert [one.name for one in await systems.all()] == ["erp_db", "pdd", "tb", "wms"]
    for gone in (systems.remove("erp", actor="ann"), systems.one("erp")):
        with pytest.raises(NotFound):
            await gone


async def test_a_name_and_connections_that_cannot_be_are_named_together() -> None:
    systems = await register()
    with pytest.raises(InputInvalid) as caught:
        await systems.save("New", parse_entry({"title": "x", "connections": ["nowhere"]}), expected=0, actor="ann")
    assert [one.code for one in caught.value.problems] == ["system.bad_name", "system.no_connection"]
    with pytest.raises(InputInvalid):
        parse_entry({"title": "", "offers": ["pigeon"], "per_minute": 0})


@pytest.mark.parametrize(
    ("offers", "can", "way", "reasons"),
    [
        (("webhook", "api"), {"reachable": True, "auth": True, "api": True, "webhook": True}, "webhook_and_polling", ("pushes_and_reads",)),
        (("webhook", "api"), {"webhook": False, "api": True}, "webhook_and_polling", ("pushes_and_reads", "webhook_not_heard")),
        (("webhook", "api"), {"webhook": True, "api": False}, "webhook", ("pushes_only",)),
        (("webhook", "api"), {"webhook": True}, "webhook_and_polling", ("pushes_and_reads", "api_not_proven")),
        (("api", "messages"), {"api": True}, "messages_and_polling", ("tells_and_reads",)),
        (("api", "messages"), {"api": False}, "none", ("nothing_works",)),
        (("api",), {"api": True, "clock": False}, "polling", ("reads_only", "clock_off")),
        (("api", "database"), {"reachable": False, "database": True}, "database", ("has_tables",)),
        (("queue", "file"), {"queue": True}, "queue", ("has_queue",)),
        (("database", "file"), {"database": False, "file": True}, "file", ("has_files",)),
        (("api",), {"auth": False}, "none", ("nothing_works",)),
        ((), {}, "none", ("nothing_offered",)),
    ],
)  # fmt: skip
def test_the_way_in_that_is_recommended_has_its_reason(offers: Any, can: Any, way: str, reasons: tuple[str, ...]) -> None:
    assert (recommend(offers, Findings(can)).way, recommend(offers, Findings(can)).reasons) == (way, reasons)


def test_a_system_that_takes_orders_is_called() -> None:
    assert recommend(("api",), Findings({"api": True}), target=True).way == "calls"
    assert recommend(("api",), Findings({"api": False}), target=True).way == "none"


@given(st.sets(st.sampled_from(OFFERS)), st.dictionaries(st.sampled_from(ABILITIES), st.booleans()), st.booleans())
def test_nothing_is_recommended_that_is_not_offered_or_does_not_work(offers: set[Any], can: dict[Any, bool], encrypted: bool) -> None:
    found = recommend(offers, Findings(can, encrypted=encrypted))
    parts = {
        "webhook_and_polling": {"webhook", "api"},
        "messages_and_polling": {"messages", "api"},
        "polling": {"api"},
        "none": set[str](),
    }.get(found.way, {found.way})
    assert parts <= offers
    assert not any(can.get(part) is False for part in parts - {"webhook"})
    assert ("not_encrypted" in found.reasons) is not encrypted
    assert found.reasons
