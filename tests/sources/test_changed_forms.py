"""Platforms that change what they send, by real HTTP: orders are parked or held, flows are named, and mended orders go on together."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodes.connector.own_shop.simulator import OwnShopSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator
from nodes.connector.woocommerce.simulator import WooCommerceSimulator

from .changing import at, changed, house, renamed, unwrapped
from .house import until

LONG = os.environ.get("PROOFS_LONG") == "1"
RENAMES = {
    "own_shop": (OwnShopSimulator, True, at("data", "amounts"), "paid", "paid_total", "amounts."),
    "shopify": (ShopifySimulator, True, at(), "line_items", "lineItems", ""),
    "taobao": (TaobaoSimulator, False, at("orders", "order"), "num", "num_total", "orders.order[]."),
    "pinduoduo": (PinduoduoSimulator, False, at(), "pay_amount", "pay_amount_v2", ""),
}


@pytest.mark.parametrize("channel", RENAMES if LONG else ("own_shop", "taobao"))
async def test_a_renamed_field_parks_names_its_flow_and_is_mended_by_the_offered_mapping(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, old, new, prefix = RENAMES[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        before = await one.orders(2)
        await one.all_shipped(before)
        one.shop.changes_form = changed(around, renamed(old, new))
        drifted = await one.orders(3)
        change = await one.change("vanished", f"{prefix}{old}")
        await one.settled(5)
        assert (change["weight"], change["source"]) == ("parked", f"{prefix}{new}")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(before), "nothing went out wrong"
        await until(one.alarm, "alarm")
        await one.accept(change, how="move", source=change["source"])
        await one.all_shipped([*before, *drifted])
        after = await one.orders(1)
        await one.all_shipped([*before, *drifted, *after])
        assert one.shipped == one.right(changed(around, renamed(new, old))), "the right money"
        assert (await one.get("/form-changes"))["items"] == []


RETYPED = {
    "own_shop": (OwnShopSimulator, True, at("data", "lines"), "qty", "lines[].qty", at("data", "amounts"), "paid", "amounts.paid"),
    "pinduoduo": (PinduoduoSimulator, False, at("item_list"), "goods_count", "item_list[].goods_count", at(), "pay_amount", "pay_amount"),
}


@pytest.mark.parametrize("channel", RETYPED)
async def test_a_retyped_field_is_handled_where_the_flow_can_and_parks_and_is_mended_where_it_cannot(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, count, count_path, around_money, money, money_path = RETYPED[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda inner: inner.update({count: str(inner[count])}))
        handled = await one.orders(2)
        change = await one.change("retyped", count_path)
        assert (change["weight"], change["expected"], change["found"]) == ("warned", "integer", "string")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "read"}]
        await one.all_shipped(handled)
        one.shop.changes_form = changed(around_money, lambda inner: inner.update({money: {"value": inner[money]}}))
        parked = await one.orders(2)
        change = await one.change("retyped", money_path)
        await one.settled(4)
        assert (change["weight"], change["source"]) == ("parked", f"{money_path}.value")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(handled)
        await until(one.alarm, "alarm")
        await one.accept(change, how="move", source=f"{money_path}.value")
        await one.all_shipped([*handled, *parked])
        assert one.shipped == one.right(changed(around_money, unwrapped(money))), "the right money"


VANISHED = {
    "own_shop": (OwnShopSimulator, True, at("data"), "data.currency"),
    "woocommerce": (WooCommerceSimulator, False, at(), "currency"),
}


@pytest.mark.parametrize("channel", VANISHED)
async def test_a_vanished_field_parks_and_is_mended_in_bulk_and_by_a_flow_that_sets_it(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, field = VANISHED[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda order: order.pop("currency"))
        parked = await one.orders(3)
        change = await one.change("vanished", "currency")
        await one.settled(3)
        assert (change["weight"], change["source"], one.shipped) == ("parked", None, {})
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        await until(one.alarm, "alarm")
        status, answer = await one.post(f"/form-changes/{change['id']}/acceptance", {"how": "move", "source": "currency"})
        assert (status, answer["problems"][0]["code"]) == (422, "form_change.declared_source")
        assert {incident["problem"]["code"] for incident in (await one.get("/incidents"))["items"]} == {"order.missing_field"}
        set_it = [{"op": "add", "path": "/" + field.replace(".", "/"), "value": "CNY"}]
        status, answer = await one.post("/incidents/mendings", {"flow": "hub", "step": "order", "item": set_it, "per_second": 500})
        assert status == 202, answer
        await one.all_shipped(parked)
        await one.publish(fills={field: '"CNY"'})
        await one.accept(change, how="as_it_is")
        after = await one.orders(1)
        await one.all_shipped([*parked, *after])
        assert one.shipped == one.right(changed(around, lambda order: order.update(currency="CNY"))), "the right money"
        assert {received.order["currency"] for received in one.wms.received} == {"CNY"}
        assert (await one.get("/form-changes"))["items"] == []


NEW_WORDS = {
    "own_shop": (OwnShopSimulator, True, at("data"), "packed", "paid"),
    "woocommerce": (WooCommerceSimulator, False, at(), "packed", "processing"),
}


@pytest.mark.parametrize("channel", NEW_WORDS)
async def test_a_new_status_is_held_and_ships_once_somebody_says_what_it_means(channel: str, tmp_path: Path) -> None:
    simulator, pushed, around, word, known = NEW_WORDS[channel]
    async with house(simulator(), tmp_path, pushed=pushed) as one:
        one.shop.changes_form = changed(around, lambda order: order.update(status=word))
        held = await one.orders(3)
        change = await one.change("word", "status")
        await one.settled(3)
        assert (change["weight"], change["found"], one.shipped) == ("parked", word, {})
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert known in change["words"]
        await until(one.alarm, "alarm")
        await one.accept(change, how="word", word=known)
        await one.all_shipped(held)
        after = await one.orders(1)
        await one.all_shipped([*held, *after])
        assert one.shipped == one.right(dict), "the right money"
