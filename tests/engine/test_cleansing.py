"""Cleansing rules that people keep: a run remembers which applied, and an order whose SKU nobody knows waits for its match."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.inspection import steps_of
from engine.json_text import read_json
from engine.order.rules import match_key
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import OrderFilter, Store, StoreOptions

from .waiting import House, published

FLOW: dict[str, Any] = {
    "name": "waiting",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}},
        "rules": {"use": "connector.cleansing_rules@1"},
        "hub": {"use": "connector.to_hub@1"},
        "call": {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/orders"}},
    },
    "wires": ["hook -> rules", "rules.out -> hub", "rules.released -> hub", "hub.new -> call", "hub.changed -> call"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
}
SOAP = {"title": "手工皂 薰衣草", "spec": "3块装", "qty": 2, "unit_price": "15.00"}
MATCH = {"channel": "own_shop", "title": "手工皂·薰衣草", "spec": "3 块装", "sku_code": "soap-l", "quantity": "3"}


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return House(open_one)


async def send(house: House, number: str = "A", version: int = 1, **order: Any) -> int:
    at = f"2026-01-16T08:00:0{version}Z"
    whole = {
        "channel": "own_shop", "shop_id": "s1", "channel_order_id": number, "status": "awaiting_fulfillment", "currency": "CNY",
        "hold_reasons": ["sku_unmapped"], "updated_at": at, "amount": {"items": "30.00", "paid": "30.00"},
        "lines": [{"sku_code": None, **SOAP}], **order,
    }  # fmt: skip
    return await house.send(number, version, **whole)


async def test_an_order_whose_sku_nobody_knows_waits_and_goes_on_when_it_is_matched(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        run, other = await send(house), await send(house, "B", lines=[{**SOAP, "title": "别的", "sku_code": None}])
        assert [await house.state(one) for one in (run, other)] == ["waiting", "waiting"]
        assert [one.channel_order_id for one in (await app.store.orders(OrderFilter(held=True))).items] == ["B", "A"]
        (first, second) = await app.cleansing.waiting()
        assert {(one.line.title, one.orders) for one in (first, second)} == {("手工皂 薰衣草", 1), ("别的", 1)}
        accepted = await app.cleansing.put([MATCH], note="", actor="ann")
        assert (accepted.version, accepted.released) == (1, 1)
        await house.settle()
        assert [await house.state(one) for one in (run, other)] == ["done", "waiting"]
        (body,) = house.outside.bodies
        assert body["lines"] == [{**SOAP, "sku_code": "SOAP-L", "qty": 6, "unit_price": "5.00", "sku_matched": True}]
        assert (body["hold_reasons"], body["rules_version"]) == ([], 1)
        assert [one.line.title for one in await app.cleansing.waiting()] == ["别的"]
        lines = await app.store.order_lines("own_shop", "s1", "A")
        assert [(line.sku_code, line.quantity) for line in lines] == [("SOAP-L", 6)]
        rows = (await app.store.audit_rows()).items
        assert {(row.actor, row.action) for row in rows} >= {("ann", "sku_match.save"), ("ann", "order.release")}


async def test_a_run_looked_at_later_shows_the_rules_that_applied_then(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await app.cleansing.put([MATCH], note="", actor="ann")
        run = await send(house)
        assert await house.state(run) == "done"
        await app.cleansing.put([{**MATCH, "sku_code": "OTHER"}], note="", actor="ann")
        await app.cleansing.save({"shops": [{"order_number": "[0-9]+"}]}, expected=0, note="", actor="ann")
        view = next(one for one in await steps_of(app, run, plain=("rules",)) if one.slug == "rules")
        (shown,) = view.outputs["out"]
        assert (shown.item["lines"][0]["sku_code"], shown.item["rules_version"], shown.item["hold_reasons"]) == ("SOAP-L", 1, [])
        later = await send(house, "B")
        assert await house.state(later) == "done"
        assert [(body["lines"][0]["sku_code"], body["hold_reasons"]) for body in house.outside.bodies] == [
            ("SOAP-L", []),
            ("OTHER", ["number_mismatch"]),
        ]


async def test_a_match_that_came_while_nobody_ran_frees_the_order_at_the_next_look(house: House) -> None:
    async with house.open():
        await published(house, json.dumps(FLOW).encode())
        run = await send(house)
    async with house.open() as app:
        key = match_key("", MATCH["title"], MATCH["spec"])
        await app.store.put_matches([_row(key)], note="", actor="other process", at=house.clock.time)
        assert await app.cleansing.release_known() == 1
        assert await app.cleansing.release_known() == 0
        await house.settle()
        assert await house.state(run) == "done"


async def test_a_newer_version_takes_the_place_of_the_one_that_waits(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        older = await send(house)
        newer = await send(house, version=2)
        await app.holds.end_overtaken()
        await house.settle()
        assert [await house.state(one) for one in (older, newer)] == ["done", "waiting"]
        assert house.outside.bodies == []
        assert [one.orders for one in await app.cleansing.waiting()] == [1]


async def test_an_order_that_a_person_releases_without_a_match_goes_on_as_it_is(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        run = await send(house, hold_reasons=["sku_unmapped", "risk_review"])
        (hold,) = (await app.store.holds()).items
        assert hold.order.reasons == ("sku_unmapped",)
        await app.holds.release(hold.id, "ann")
        await house.settle()
        assert await house.state(run) == "done"
        assert house.outside.bodies[0]["hold_reasons"] == ["risk_review"]
        assert house.outside.bodies[0]["lines"][0]["sku_code"] is None


async def test_a_wait_of_an_order_ends_with_its_last_line_only(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        run = await send(house, lines=[{**SOAP, "sku_code": None}, {**SOAP, "sku_code": None, "title": "护手霜"}])
        assert (await app.cleansing.put([MATCH], note="", actor="ann")).released == 0
        assert await house.state(run) == "waiting"
        assert (await app.cleansing.put([{"title": "护手霜", "spec": "3块装", "sku_code": "CREAM"}], note="", actor="ann")).released == 1
        await house.settle()
        assert [line["sku_code"] for line in house.outside.bodies[0]["lines"]] == ["SOAP-L", "CREAM"]


async def test_the_hub_keeps_the_blind_index_and_the_outside_never_sees_it(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        await app.cleansing.put([MATCH], note="", actor="ann")
        receiver = {"name": "测试甲", "phone": "19900000101", "address": "科技路1号", "phone_bidx": None, "address_bidx": None}
        await send(house, receiver=receiver)
        kept = read_json((await app.store.order("own_shop", "s1", "A")).body)["receiver"]
        from engine.privacy.blind import blind_index
        from engine.privacy.classes import Kind

        assert kept["phone_bidx"] == blind_index(app.store.subject_key(), Kind.PHONE, "+86 199 0000 0101")
        assert len(kept["address_bidx"]) == 16
        assert house.outside.bodies[0]["receiver"]["phone_bidx"] is None


def _row(key: str) -> Any:
    from engine.store.ports import NewMatch

    return NewMatch("own_shop", "", key, "", MATCH["title"], MATCH["spec"], "SOAP-L", 3)
