"""What a warehouse has shipped is told to six platforms once each, for parcels and parts, and is seen on the passport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Problem
from engine.store.problems import StoreUnavailable
from tests.designer.api.shipping_house import FLOW, LINE, SHIPPED, House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as made:
        yield made


async def test_every_platform_hears_once_of_what_was_shipped_however_often_the_warehouse_tells(house: House) -> None:
    sold = {channel: await house.sold(channel) for channel in SHIPPED}
    told = {channel: house.ship(channel, number, f"YT000000000000{place}") for place, (channel, number) in enumerate(sold.items())}
    for channel, shipment in told.items():
        assert (await house.tell(shipment)).json()["duplicate"] is False
        versions = len(house.order(channel, sold[channel]).history)
        assert (await house.tell(shipment)).json()["duplicate"] is True
        asked = dict(house.shops[channel].asked)
        assert (await house.tell({**shipment, "shipment_no": "again"})).json()["duplicate"] is False
        assert house.shops[channel].asked == asked, "another message of the same parcel does not even ask the platform"
        assert len(house.order(channel, sold[channel]).history) == versions
    assert {channel: house.state(channel, number) for channel, number in sold.items()} == SHIPPED
    assert await house.problems() == []
    for place, (channel, number) in enumerate(sold.items()):
        assert await house.parcels(channel, number) == [f"YT*********000{place}"]


async def test_a_forged_message_tells_nobody(house: House) -> None:
    number = await house.sold("own_shop")
    assert (await house.tell(house.ship("own_shop", number, "YT0000000000001"), "forged")).status_code == 401
    assert house.state("own_shop", number) == "awaiting_fulfillment"


async def test_a_push_that_never_came_is_found_in_the_list_and_told_once(house: House) -> None:
    number = await house.sold("own_shop")
    hurried = {
        **FLOW,
        "nodes": {**FLOW["nodes"], "list": {**FLOW["nodes"]["list"], "params": {**FLOW["nodes"]["list"]["params"], "every": "100ms"}}},
    }
    await house.publish(hurried)
    shipment = house.ship("own_shop", number, "YT0000000000001")
    async with asyncio.timeout(20):
        while house.state("own_shop", number) != "shipped":
            await asyncio.sleep(0.02)
    assert (await house.tell(shipment)).json()["duplicate"] is True, "what comes by both ways is one event"
    assert len(house.own_shop.parcels[number]) == 1


async def test_each_order_of_a_merged_parcel_is_told_and_shows_the_parcel(house: House) -> None:
    first, second = await house.sold("own_shop"), await house.sold("own_shop")
    sources = [{"channel": "own_shop", "shop_id": "s1", "channel_order_id": number} for number in (first, second)]
    await house.known(first, "own_shop", flow="merged", version="2026-01-16T03:10:00Z", merged_orders=sources)
    await house.shipped("own_shop", first, "YT0000000000002")
    for number in (first, second):
        assert house.body("own_shop", number)["data"]["logistics"] == {"carrier": "YTO", "tracking_no": "YT0000000000002"}
        assert await house.parcels("own_shop", number) == ["YT*********0002"]


async def test_the_waybill_of_a_parcel_of_parts_is_told_to_the_orders_that_they_are_of(house: House) -> None:
    first, second = await house.sold("own_shop"), await house.sold("own_shop")
    number = f"{first}-1"
    sources = [{"channel_order_id": number, "part": {"of_order": first, "number": 1, "of": 2}}, {"channel_order_id": second}]
    lines = [{**LINE, "channel_line_id": "1", "from_order": number}, {**LINE, "channel_line_id": "7", "from_order": second}]
    await house.known(number, "own_shop", flow="merged", version="2026-01-16T03:10:00Z", merged_orders=sources, lines=lines)
    await house.shipped("own_shop", number, "YT0000000000002")
    assert [(one["tracking_no"], one["lines"]) for one in house.own_shop.parcels[first]] == [("YT0000000000002", ["1"])]
    assert house.state("own_shop", second) == "shipped"
    for order in (first, second):
        assert await house.parcels("own_shop", order) == ["YT*********0002"]


async def test_one_order_of_a_merged_parcel_that_was_cancelled_holds_the_other_one_back_in_nothing(house: House) -> None:
    first, second = await house.sold("own_shop"), await house.sold("own_shop", status="cancelled")
    sources = [{"channel_order_id": number} for number in (first, second)]
    await house.known(first, "own_shop", flow="merged", version="2026-01-16T03:10:00Z", merged_orders=sources)
    await house.shipped("own_shop", first, "YT0000000000002")
    assert house.state("own_shop", first) == "shipped"
    assert house.state("own_shop", second) == "awaiting_fulfillment"
    (task,) = (await house.get("/api/tasks"))["items"]
    shown = await house.get(f"/api/tasks/{task['id']}")
    assert (second in shown["title"], shown["item"]["doubt"], shown["roles"]) == (True, "cancelled", ["service"])
    answer = await house.client.post(f"/api/tasks/{task['id']}/answer", json={"decision": "approved"})
    assert answer.status_code < 300, answer.text
    await house.app.dispatcher.idle()
    assert house.state("own_shop", second) == "shipped"


async def test_parts_are_told_as_far_as_each_platform_knows_parcels(house: House) -> None:
    lines = {"taobao": [], "shopify": [], "own_shop": []}
    taobao = next(
        number
        for number in iter(lambda: house.shops["taobao"].create()[0].id, "")
        if len(house.body("taobao", number)["orders"]["order"]) == 2
    )
    lines["taobao"] = [line["oid_str"] for line in house.body("taobao", taobao)["orders"]["order"]]
    await house.known(taobao, "taobao", *lines["taobao"], warehouses=True)
    sold = {"taobao": taobao}
    for channel in ("shopify", "own_shop", "jd", "pinduoduo", "woocommerce"):
        number = house.shops[channel].create()[0].id
        body = house.body(channel, number)
        if channel == "shopify":
            body["line_items"] = [body["line_items"][0], {**body["line_items"][0], "id": 8100000000777}]
        if channel == "own_shop":
            body["data"]["lines"] = [body["data"]["lines"][0], {**body["data"]["lines"][0], "line_no": "2"}]
        ids = [str(line["id"]) for line in body["line_items"]] if channel == "shopify" else ["1", "2"]
        await house.known(number, channel, *ids, warehouses=True)
        sold[channel] = number
    for place, (channel, number) in enumerate(sold.items()):
        await house.shipped(channel, f"{number}-1", f"YT00000000001{place}1")
    assert {channel: house.state(channel, number) for channel, number in sold.items()} == {
        "taobao": "SELLER_CONSIGNED_PART", "shopify": "partial", "own_shop": "partially_shipped",
        "jd": "WAIT_SELLER_STOCK_OUT", "pinduoduo": "shipped", "woocommerce": "processing",
    }  # fmt: skip
    for place, (channel, number) in enumerate(sold.items()):
        await house.shipped(channel, f"{number}-2", f"SF00000000001{place}2", "SF")
        assert len(await house.parcels(channel, number)) == 2
    assert {channel: house.state(channel, number) for channel, number in sold.items()} == SHIPPED
    assert await house.problems() == []
    assert [line["invoice_no"] for line in house.body("taobao", taobao)["orders"]["order"]] == ["YT0000000000101", "SF0000000000102"]
    assert [one["tracking_number"] for one in house.body("shopify", sold["shopify"])["fulfillments"]] == [
        "YT0000000000111",
        "SF0000000000112",
    ]
    assert [one["lines"] for one in house.own_shop.parcels[sold["own_shop"]]] == [["1"], ["2"]]
    jd = house.body("jd", sold["jd"])
    assert (jd["logisticsId"], jd["waybill"]) == ("463|467", "YT0000000000131|SF0000000000132")
    pinduoduo = house.body("pinduoduo", sold["pinduoduo"])
    assert pinduoduo["tracking_number"] == "YT0000000000141"
    assert pinduoduo["extra_delivery_list"] == [{"logistics_id": 44, "tracking_number": "SF0000000000142"}]
    (kept,) = [one["value"] for one in house.body("woocommerce", sold["woocommerce"])["meta_data"] if "tracking" in one["key"]]
    assert [one["tracking_number"] for one in kept] == ["YT0000000000151", "SF0000000000152"]


async def told(house: House, channel: str, number: str) -> dict[str, bool | None]:
    """By the end of the waybill number, as the passport says it."""
    found = await house.get("/api/orders/passport", channel=channel, shop="s1", number=number)
    return {one["parcel"]["tracking_no"][-4:]: one["told"] for one in found["parcels"]}


async def test_an_order_that_the_warehouse_packed_in_two_parcels_is_told_as_far_as_its_platform_knows_that(house: House) -> None:
    sold = {channel: await house.sold(channel) for channel in SHIPPED}
    for place, (channel, number) in enumerate(sold.items()):
        await house.shipped(channel, number, f"YT00000000020{place}1")
        await house.shipped(channel, number, f"SF00000000020{place}2", "SF")
    assert {channel: house.state(channel, number) for channel, number in sold.items()} == SHIPPED
    assert await house.problems() == []
    places = {channel: place for place, channel in enumerate(sold)}
    knows = {"own_shop", "woocommerce", "pinduoduo", "shopify"}
    for channel, number in sold.items():
        assert await told(house, channel, number) == {f"20{places[channel]}1": True, f"20{places[channel]}2": channel in knows}
    assert [one["tracking_no"] for one in house.own_shop.parcels[sold["own_shop"]]] == ["YT0000000002051", "SF0000000002052"]
    assert house.body("pinduoduo", sold["pinduoduo"])["extra_delivery_list"] == [{"logistics_id": 44, "tracking_number": "SF0000000002022"}]
    (kept,) = [one["value"] for one in house.body("woocommerce", sold["woocommerce"])["meta_data"] if "tracking" in one["key"]]
    assert [one["tracking_number"] for one in kept] == ["YT0000000002041", "SF0000000002042"]
    (fulfillment,) = house.body("shopify", sold["shopify"])["fulfillments"]
    assert (fulfillment["tracking_company"], fulfillment["tracking_numbers"]) == ("YTO Express", ["YT0000000002031", "SF0000000002032"])


async def test_the_passport_says_which_parcel_the_channel_was_not_told_of(house: House) -> None:
    numbers = {channel: await house.sold(channel) for channel in ("taobao", "own_shop")}
    for place, (channel, number) in enumerate(numbers.items()):
        await house.shipped(channel, number, f"YT00000000030{place}1")
        await house.shipped(channel, number, f"YT00000000030{place}2")
        for language, words in (("en", "Not told to the channel"), ("zh", "未回传渠道")):
            address = f"/orders/one?channel={channel}&shop=s1&number={number}"
            page = await house.client.get(address, headers={"Accept-Language": language})
            assert page.text.count(words) == (channel == "taobao"), channel


async def test_the_first_of_two_parcels_of_a_jd_order_counts_as_told_once_the_last_is(house: House) -> None:
    number = await house.sold("jd", "1", "2", warehouses=True)
    await house.shipped("jd", f"{number}-1", "YT0000000004001")
    assert await told(house, "jd", number) == {"4001": False}
    await house.shipped("jd", f"{number}-2", "SF0000000004002", "SF")
    assert await told(house, "jd", number) == {"4001": True, "4002": True}


async def test_a_waybill_of_an_order_that_is_not_there_waits_with_a_clear_word_and_goes_on_once_it_is(house: House) -> None:
    number = house.shops["own_shop"].create()[0].id
    await house.shipped("own_shop", number, "YT0000000000001")
    assert await house.problems() == ["waybill.unknown_order"]
    await house.known(number, "own_shop")
    (incident,) = (await house.get("/api/incidents"))["items"]
    answer = await house.client.post(f"/api/incidents/{incident['id']}/resumption", json={"action": "again"})
    assert answer.status_code < 300, answer.text
    await house.app.dispatcher.idle()
    assert house.state("own_shop", number) == "shipped"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"carrier": "Unknown Express"}, "courier.unknown"),
        ({"carrier": None}, "courier.unknown"),
        ({"tracking_no": "YT***1"}, "parcel.no_number"),
        ({"channel_order_id": ""}, "waybill.no_order"),
    ],
)
async def test_what_cannot_be_told_is_an_incident_and_never_dropped(house: House, changes: dict[str, Any], problem: str) -> None:
    number = await house.sold("own_shop")
    assert (await house.tell({**house.ship("own_shop", number, "YT0000000000001"), **changes})).status_code == 200
    assert await house.problems() == [problem]
    assert house.state("own_shop", number) == "awaiting_fulfillment"


async def test_a_platform_that_is_out_of_order_is_told_again_and_takes_one_parcel(house: House) -> None:
    number = await house.sold("own_shop")
    house.own_shop.fail_next(1, 503)
    await house.shipped("own_shop", number, "YT0000000000001")
    async with asyncio.timeout(20):
        while house.state("own_shop", number) != "shipped":
            await asyncio.sleep(0.02)
    assert await house.problems() == []
    assert len(house.own_shop.parcels[number]) == 1


async def test_what_a_warehouse_got_is_remembered_although_the_store_was_away_just_then(house: House) -> None:
    keep, tries = house.app.world.consigned, []

    async def away_once(sent: Any) -> None:
        tries.append(sent[0].number)
        if len(tries) == 1:
            raise StoreUnavailable(Problem("store.unavailable"))
        await keep(sent)

    object.__setattr__(house.app.world, "consigned", away_once)
    number = house.own_shop.create()[0].id
    house.body("own_shop", number)["data"]["lines"] *= 2
    await house.known(number, "own_shop", "1", "2", warehouses=True)
    async with asyncio.timeout(20):
        while len(tries) < 3:
            await asyncio.sleep(0.02)
    await house.app.dispatcher.idle()
    await house.shipped("own_shop", f"{number}-1", "YT0000000000001")
    assert house.own_shop.parcels[number][0]["lines"] == ["1"]
    keys = [one.key for one in house.wms.received if one.order["channel_order_id"] == f"{number}-1"]
    assert len(keys) == 2
    assert len(set(keys)) == 1
