"""A SKU match that was wrong: what has not left is held again and goes on rightly, what has left is told of, and nothing twice."""

from __future__ import annotations

import json

import pytest

from engine.errors import NotFound
from engine.rematching import TakenBack, match_of, matched_by, take_back
from engine.store.ports import HoldFilter, SkuMatch

from .test_cleansing import FLOW, MATCH, SOAP, house, send
from .waiting import House, published

__all__ = ["house"]
WRONG = {**MATCH, "sku_code": "HAMMER", "quantity": "1"}


async def wrongly_matched(house: House, **row: str) -> SkuMatch:
    assert house.app is not None
    await house.app.cleansing.put([{**WRONG, **row}], note="", actor="ann")
    (match,) = (await house.app.store.sku_matches()).items
    return match


def told(house: House) -> list[tuple[str, str]]:
    return [(body["channel_order_id"], body["lines"][0]["sku_code"]) for body in house.outside.bodies]


async def test_what_has_not_left_is_held_again_and_goes_on_with_the_right_match(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        waited = await send(house)
        match = await wrongly_matched(house)
        await house.settle()
        await send(house, "B")
        await send(house, "C", lines=[{**SOAP, "title": "别的", "sku_code": "OTHER"}])
        assert told(house) == [("A", "HAMMER"), ("B", "HAMMER"), ("C", "OTHER")]
        assert await take_back(app, match.id, actor="ann") == TakenBack(2, 2, 0)
        await house.settle()
        assert {one.order.channel_order_id for one in (await app.store.holds(HoldFilter(reason="sku_unmapped"))).items} == {"A", "B"}
        assert len(told(house)) == 3, "nothing goes out meanwhile"
        assert [one async for one in matched_by(app, match)] == [], "the hub no longer takes it for matched"
        assert (await app.cleansing.put([MATCH], note="", actor="ann")).released == 2
        await house.settle()
        assert sorted(told(house)[3:]) == [("A", "SOAP-L"), ("B", "SOAP-L")]
        assert await house.state(waited) == "done"
        assert ("ann", "sku_match.take_back") in {(row.actor, row.action) for row in (await app.store.audit_rows()).items}


async def test_what_has_left_is_told_and_stays_as_it_is(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        match = await wrongly_matched(house)
        await send(house, "A")
        await send(house, "A", version=2, status="shipped")
        await send(house, "B", version=1, status="cancelled")
        assert await take_back(app, match.id, actor="ann") == TakenBack(2, 0, 1)
        await house.settle()
        assert not (await app.store.holds()).items
        assert [(one.order.channel_order_id, one.stage) async for one in matched_by(app, match)] == [("A", "left")]


async def test_it_may_be_repeated_over_a_restart_and_reads_each_order_once(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        match = await wrongly_matched(house)
        await send(house, "A")
        await app.cleansing.end(match.id, actor="ann")
    async with house.open() as app:
        assert [one.stage async for one in matched_by(app, await match_of(app, match.id))] == ["here"]
        assert (await take_back(app, match.id, actor="ann")).again == 1
        await house.settle()
        assert (await take_back(app, match.id, actor="ann")).again == 0
        await house.settle()
        (hold,) = (await app.store.holds()).items
        assert hold.order.channel_order_id == "A"
        assert len((await app.store.events()).items) == 2


async def test_a_run_that_stands_still_with_the_wrong_goods_ends(house: House) -> None:
    flow = json.loads(json.dumps(FLOW))
    flow["nodes"]["look"] = {"use": "connector.hold_order@1", "params": {"reason": "risk_review"}}
    flow["wires"] = [*FLOW["wires"][:3], "hub.new -> look", "hub.changed -> look", "look.released -> call"]
    async with house.open() as app:
        await published(house, json.dumps(flow).encode())
        match = await wrongly_matched(house)
        run = await send(house, "A")
        assert await house.state(run) == "waiting"
        assert (await take_back(app, match.id, actor="ann")).again == 1
        await house.settle()
        assert await house.state(run) == "cancelled"
        (hold,) = (await app.store.holds()).items
        assert hold.order.reasons == ("sku_unmapped",)


async def test_where_another_row_knows_the_goods_the_order_goes_on_at_once(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        match = await wrongly_matched(house)
        await send(house, "A")
        await app.cleansing.put([{**MATCH, "channel": ""}], note="", actor="ann")
        assert (await take_back(app, match.id, actor="ann")).again == 1
        await house.settle()
        assert told(house) == [("A", "HAMMER"), ("A", "SOAP-L")]


async def test_what_can_no_longer_be_read_is_left_to_a_person(house: House) -> None:
    async with house.open() as app:
        await published(house, json.dumps(FLOW).encode())
        match = await wrongly_matched(house)
        await send(house, "A")
        await published(
            house, json.dumps({**FLOW, "nodes": {**FLOW["nodes"], "hook": {**FLOW["nodes"]["hook"], "disabled": True}}}).encode()
        )
        assert await take_back(app, match.id, actor="ann") == TakenBack(2, 0, 1)
        assert [one.stage async for one in matched_by(app, match)] == ["unread"]


@pytest.mark.parametrize("number", [0, 7, 2**62])
async def test_a_row_that_never_was_is_unknown(house: House, number: int) -> None:
    async with house.open() as app:
        with pytest.raises(NotFound, match=r"sku_match\.unknown"):
            await take_back(app, number, actor="ann")
