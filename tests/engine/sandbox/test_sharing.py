"""A share of the orders goes through another version: always the same ones, pinned and told in their journal, and back at once."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import Conflict, FlowInvalid, InputInvalid, Problem
from engine.intake.split import goes_along
from engine.json_text import read_json
from engine.node.triggers import Delivery
from engine.registry import Registry, installed
from engine.run.history import history
from engine.settings import Settings
from engine.sharing import begin_share, compare, go_back, resize_share
from engine.store.documents import document_digest
from engine.store.ports import Share, Store

ORDERS = 60


def text(limit: str = "50", trigger: str = "connector.webhook@1", disabled: bool = False) -> bytes:
    nodes: dict[str, Any] = {
        "orders": {"use": trigger, "params": {"key_path": "no"}, "disabled": disabled},
        "big": {"use": "rule.condition@1", "params": {"when": f'money(item.paid) >= money("{limit}")'}},
    }
    return json.dumps({"format": 1, "name": "orders", "nodes": nodes, "wires": ["orders -> big"], "tests": []}).encode()


def registry() -> Registry:
    """``connector.webhook@2`` reads no order whose number ends with 7, and ``connector.webhook@1`` all."""
    first = installed().get("connector.webhook@1")

    def read(delivery: Delivery, params: Any) -> Any:
        if read_json(delivery.body)["no"].endswith("7"):
            raise InputInvalid(Problem("body.unreadable", fields={"reason": "7"}))
        return first.read(delivery, params) if first.read else None

    return Registry([*installed(), dataclasses.replace(first, version=2, read=read, examples=())])


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Orderloom]:
    async with Orderloom(Settings(), store, registry()) as app:
        await app.start()
        yield app


@pytest.fixture
async def app(open_one: Callable[[], Store]) -> AsyncIterator[Orderloom]:
    async with opened(open_one()) as app:
        await app.publish(text(), note="", actor="owner")
        yield app


async def sent(app: Orderloom, first: int = 1, count: int = ORDERS, paid: str = "60", state: str = "v1") -> None:
    for number in range(first, first + count):
        body = json.dumps({"no": str(number), "paid": paid, "state": state}).encode()
        await app.intake.hook("orders", "orders", Delivery(body))
    await app.dispatcher.idle()


async def by_version(app: Orderloom) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for event in (await app.store.events(limit=500)).items:
        found.setdefault(event.version, set()).add(event.order_key)
    return found


def expected(share: Share, first: int = 1, count: int = ORDERS) -> set[str]:
    return {key for number in range(first, first + count) if goes_along(share, key := f"webhook||{number}")}


async def test_just_the_orders_that_their_hash_chooses_go_along(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    share = await begin_share(app, "orders", "draft", 30, "owner")
    await sent(app)
    found = await by_version(app)
    assert found[2] == expected(share)
    assert len(found[1]) + len(found[2]) == ORDERS
    assert 5 < len(found[2]) < 35


async def test_a_later_version_of_an_order_goes_the_way_of_the_first_and_none_goes_back(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    await begin_share(app, "orders", "draft", 20, "owner")
    await sent(app)
    before = (await by_version(app))[2]
    await sent(app, state="v2")
    assert (await by_version(app))[2] == before
    grown = await resize_share(app, "orders", 60, "owner")
    await sent(app, state="v3")
    assert (await by_version(app))[2] == expected(grown) >= before


async def test_why_an_order_goes_along_is_told_in_its_journal_and_its_history(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    share = await begin_share(app, "orders", "draft", 30, "owner")
    await sent(app)
    for event in (await app.store.events(limit=500)).items:
        facts = [fact for fact in await app.store.facts(event.id) if fact.kind == "share"]
        assert len(facts) == (event.version == share.version)
        if facts:
            told = read_json(facts[0].body)
            assert (told["version"], told["base"], told["percent"], told["bucket"] < 3000) == (2, 1, 30, True)
            happened = history(event, await app.store.run(event.id), await app.store.facts(event.id), [])
            assert [one.detail for one in happened if one.kind == "share"] == ["30/2"]


async def test_back_is_at_once_and_what_is_under_way_keeps_its_version(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    share = await begin_share(app, "orders", "draft", 50, "owner")
    await sent(app, paid="many")
    await go_back(app, "orders", "owner")
    await sent(app, first=1000)
    found = await by_version(app)
    assert found[2] == expected(share)
    assert {key for key in found[1] if int(key.rpartition("|")[2]) >= 1000} == {f"webhook||{n}" for n in range(1000, 1000 + ORDERS)}
    assert (await app.store.flow("orders")).published == 1
    one = next(event for event in (await app.store.events(limit=500)).items if event.version == 2)
    (incident,) = (await app.store.incidents()).items[:1]
    await app.resume(incident.id, "again", "owner")
    await app.dispatcher.idle()
    assert (await app.store.run(one.id)).version == 2


async def test_switched_over_and_back_by_one_step(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    await begin_share(app, "orders", "draft", 100, "owner")
    await sent(app, count=5)
    await go_back(app, "orders", "owner")
    await sent(app, first=100, count=5)
    found = await by_version(app)
    assert (len(found[2]), len(found[1])) == (5, 5)


async def test_a_share_outlives_a_restart(open_one: Callable[[], Store]) -> None:
    async with opened(open_one()) as app:
        await app.publish(text(), note="", actor="owner")
        await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
        share = await begin_share(app, "orders", "draft", 40, "owner")
        await sent(app, count=30)
    async with opened(open_one()) as app:
        await sent(app, first=31, count=30)
        assert (await by_version(app))[2] == expected(share)


async def test_the_same_delivery_again_is_a_duplicate_on_whichever_side(app: Orderloom) -> None:
    await sent(app)
    await app.store.save_draft("orders", text("70"), expected=None, actor="owner")
    await begin_share(app, "orders", "draft", 50, "owner")
    await sent(app)
    assert set(await by_version(app)) == {1}


async def test_what_the_other_version_cannot_read_is_parked_and_never_turned_away(app: Orderloom) -> None:
    await app.store.save_draft("orders", text(trigger="connector.webhook@2"), expected=None, actor="owner")
    share = await begin_share(app, "orders", "draft", 60, "owner")
    await sent(app)
    odd = {key for key in expected(share) if key.endswith("7")}
    runs = {event.order_key: await app.store.run(event.id) for event in (await app.store.events(limit=500)).items}
    assert odd
    assert {key for key, run in runs.items() if run.state == "parked"} == odd
    assert len(runs) == ORDERS


async def test_both_sides_are_compared(app: Orderloom) -> None:
    await app.store.save_draft("orders", text(trigger="connector.webhook@2"), expected=None, actor="owner")
    share = await begin_share(app, "orders", "draft", 60, "owner")
    await sent(app)
    found = await compare(app, share)
    odd = len({key for key in expected(share) if key.endswith("7")})
    assert (found.base.orders + found.other.orders, found.other.orders) == (ORDERS, len(expected(share)))
    assert (found.base.errors, found.other.errors, found.other.codes) == (0, odd, [("body.unreadable", odd)])
    assert found.other.done == len(expected(share)) - odd
    assert found.other.p50 is not None
    assert found.other.p95 is not None
    assert found.other.p50 <= found.other.p95
    assert not found.more


async def test_what_must_not_begin_is_refused(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("seventy"), expected=None, actor="owner")
    draft = (await app.store.flow("orders")).draft or b""
    for error, code, against, percent, digest in (
        (InputInvalid, r"share\.percent", "draft", 0, None),
        (InputInvalid, r"share\.percent", "draft", 101, None),
        (Conflict, r"share\.draft_changed", "draft", 10, "another"),
        (Conflict, r"share\.same_version", 1, 10, None),
    ):
        with pytest.raises(error, match=code):
            await begin_share(app, "orders", against, percent, "owner", digest=digest)
    for faulty in (text(disabled=True), text(trigger="connector.rest@1")):
        await app.store.save_draft("orders", faulty, expected="*", actor="owner")
        with pytest.raises((Conflict, FlowInvalid)):
            await begin_share(app, "orders", "draft", 10, "owner")
    assert await app.store.shares() == {}
    assert document_digest(draft)


async def test_two_processes_send_an_order_the_same_way(tmp_path: Any) -> None:
    from engine.store.open import open_store
    from engine.store.ports import StoreOptions

    stores = [open_store(StoreOptions(str(tmp_path))) for _ in range(2)]
    async with opened(stores[0]) as first, opened(stores[1]) as second:
        await first.publish(text(), note="", actor="owner")
        await first.store.save_draft("orders", text("70"), expected=None, actor="owner")
        share = await begin_share(first, "orders", "draft", 50, "owner")
        async with asyncio.timeout(5):
            while second.flows.share("orders") is None:
                await asyncio.sleep(0.05)
        await sent(first, count=20)
        await sent(second, first=21, count=20)
        assert (await by_version(first))[2] == expected(share, count=40)
        await go_back(first, "orders", "owner")
        async with asyncio.timeout(5):
            while second.flows.share("orders") is not None:
                await asyncio.sleep(0.05)
        await sent(second, first=100, count=10)
        assert not any(int(key.rpartition("|")[2]) >= 100 for key in (await by_version(first))[2])


async def ways(app: Orderloom) -> dict[str, list[int]]:
    """The versions that each order went through, oldest first."""
    found: dict[str, list[int]] = {}
    for event in reversed((await app.store.events(limit=500)).items):
        found.setdefault(event.order_key, []).append(event.version)
    return found


async def test_a_share_that_shrinks_gives_no_order_back_and_takes_fewer_new_ones(app: Orderloom) -> None:
    await app.store.save_draft("orders", text("20"), expected=None, actor="owner")
    await begin_share(app, "orders", "draft", 50, "owner")
    await sent(app)
    along = {key for key, versions in (await ways(app)).items() if versions == [2]}
    assert ORDERS / 4 < len(along) < ORDERS
    for number, percent in enumerate((10, 0), 2):
        share = await resize_share(app, "orders", percent, "owner")
        await sent(app, state=f"v{number}")
        await sent(app, first=1000 * number, count=30)
        seen = await ways(app)
        assert {key for key, versions in seen.items() if set(versions) == {2} and len(versions) == number} == along, (
            "each goes on as it began"
        )
        assert all(len(set(versions)) == 1 for versions in seen.values()), "no order goes both ways"
        fresh = {key for key in seen if int(key.split("|")[-1]) // 1000 == number and seen[key] == [2]}
        assert fresh == expected(share, 1000 * number, 30)
    assert not fresh, "at 0 % no new order goes along"
    await go_back(app, "orders", "owner")
    await sent(app, state="v4")
    assert {versions[-1] for key, versions in (await ways(app)).items() if int(key.split("|")[-1]) < 1000} == {1}, "back is back, for all"


async def test_what_went_along_is_known_over_a_restart(open_one: Callable[[], Store]) -> None:
    async with opened(open_one()) as app:
        await app.publish(text(), note="", actor="owner")
        await app.store.save_draft("orders", text("20"), expected=None, actor="owner")
        await begin_share(app, "orders", "draft", 99, "owner")
        await sent(app, count=10)
        before = await ways(app)
        await resize_share(app, "orders", 0, "owner")
    async with opened(open_one()) as app:
        await sent(app, count=10, state="v2")
        assert await ways(app) == {key: versions * 2 for key, versions in before.items()}
        assert [2] in before.values()
