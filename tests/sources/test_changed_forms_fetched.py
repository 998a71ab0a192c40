"""Platforms that push the number of an order alone: what a node fetches for it is watched and mended as what arrives."""

from __future__ import annotations

from pathlib import Path

from engine.watch.contract.breaker import Limit
from nodes.connector.taobao.simulator import TaobaoSimulator

from .changing import at, changed, house, renamed
from .house import until


async def test_what_a_node_fetches_for_a_push_is_watched_weighed_and_mended_as_what_a_poll_brings(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        before = await one.orders(2)
        await one.all_shipped(before)
        one.shop.changes_form = changed(at("orders", "order"), renamed("num", "num_total"))
        drifted = await one.orders(3)
        change = await one.change("vanished", "orders.order[].num")
        await one.settled(5)
        assert (change["weight"], change["source"]) == ("parked", "orders.order[].num_total")
        assert change["touched"] == [{"flow": "hub", "node": "order", "how": "needed"}]
        assert one.shipped.keys() == set(before), "nothing went out wrong"
        await one.accept(change, how="move", source=change["source"])
        await one.all_shipped([*before, *drifted])
        after = await one.orders(1)
        await one.all_shipped([*before, *drifted, *after])
        asked = one.shop.asked["taobao.trade.fullinfo.get"]
        assert asked == len(one.shop.orders), "mended orders are not fetched again"
        runs = (await one.get("/runs?limit=100"))["items"]
        assert {run["state"] for run in runs} == {"done"}
        for run in runs:
            steps = {step["slug"]: step for step in (await one.get(f"/runs/{run['id']}/steps"))["items"]}
            assert steps["to_wms"]["state"] == "done", "computed again it is the same order"


async def test_a_new_status_of_a_fetched_order_is_held_and_ships_once_somebody_says_what_it_means(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        one.shop.changes_form = changed(at(), lambda trade: trade.update(status="WAIT_SELLER_PACK"))
        held = await one.orders(2)
        change = await one.change("word", "status")
        await one.settled(2)
        assert (change["weight"], change["found"], one.shipped) == ("parked", "WAIT_SELLER_PACK", {})
        await one.accept(change, how="word", word="WAIT_SELLER_SEND_GOODS")
        await one.all_shipped(held)


async def test_what_drifts_behind_a_fetch_pauses_what_the_flow_sends(tmp_path: Path) -> None:
    async with house(TaobaoSimulator(), tmp_path, pushed=True, fetched=True) as one:
        watched = one.app.contracts
        watched.limits = lambda _: [Limit(10, 5, 60)]
        one.shop.changes_form = changed(at("orders", "order"), renamed("num", "num_total"))
        await one.orders(8)
        await until(lambda: watched.operation("taobao.order").body.pause is not None, "paused")
        assert watched.operation("taobao.order").body.places == [("hub", "shop")]
        one.shop.changes_form = dict
        well = await one.orders(2)
        await one.settled(10)
        assert one.shipped == {}, "nothing is sent, not even what is well"
        known = [order["channel_order_id"] for order in (await one.get("/orders?limit=100"))["items"]]
        assert sorted(known) == sorted(well), "the hub goes on"
        status, _ = await one.post("/contracts/taobao.order/continuation", {})
        assert status < 300
        await one.all_shipped(well)
