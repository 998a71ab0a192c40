"""Traffic is recorded with pseudonyms, and what was recorded runs as the orders themselves did."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine.app import Orderloom
from engine.erasure import erase_event
from engine.errors import Conflict, InputInvalid, NotFound
from engine.json_text import read_json
from engine.replay import Replay, Span
from engine.store.ports import RunEnd
from tests.sources.house import until

from .shops import KINDS, PERSONAL, document, house, recorded, settled, text, tried

SECOND = json.dumps({**document("own_shop"), "name": "second"}).encode()


@pytest.mark.parametrize("channel", KINDS)
async def test_of_every_channel_traffic_is_recorded_without_anything_personal_and_runs_as_it_did(channel: str) -> None:
    async with house(channel) as at, at.open() as app:
        await app.publish(text(channel), note="", actor="owner")
        traffic = await recorded(app, at, 2)
        assert (traffic.taken, dict(traffic.left_out)) == (2, {})
        orders = await app.store.traffic_orders(traffic.id)
        kept = json.dumps([read_json(one.body) for one in orders], default=str, ensure_ascii=False)
        assert not [word for word in PERSONAL if word in kept]
        calls = [call for one in orders for call in read_json(one.body)["calls"]]
        assert {(call["step"], call["request"]["method"]) for call in calls} >= {("hub", "PUT")}
        assert {one.order_key.rpartition("|")[2] for one in orders} == {order.id for order in at.shop.orders}
        true = [await app.store.event_body(one.event_id) for one in orders]
        assert [word for word in PERSONAL if word.encode() in b"".join(true)] or channel in ("taobao", "jd", "pinduoduo")  # masked by them
        replay, differing = await tried(app, traffic, text(channel))
        assert (differing, replay.counts.same, replay.counts.captured) == ([], 2, 0)


async def test_a_second_version_of_a_node_is_tried_on_it_and_each_order_is_told_that_changes() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await recorded(app, at, 2)
        replay, orders = await tried(app, traffic, text("own_shop", order="transform.canonical_order@2"))
        assert replay.counts.differing == 2
        paths = {change.path for order in orders for change in order.changes}
        assert paths == {"hub.request[1].body.tags[0]", "wms.request[1].body.tags[0]", "wms.end.out[1].tags[0]"}
        group = replay.summary.sorted_groups()[0]
        assert (group.orders, group.key.step) == (2, "hub")
        assert at.wms.count == 2


async def test_orders_that_the_other_version_cannot_bring_to_one_form_are_told_with_the_reason() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await app.recorder.begin("orders", "owner")
        numbers = at.sell(2)
        await settled(app, 2)
        at.shop.move(numbers[0], "shipped")
        await settled(app, 3)
        traffic = await app.recorder.end(traffic.id, "owner")
        replay, orders = await tried(app, traffic, text("own_shop", order="transform.canonical_order@2"))
        ((failure, count),) = replay.summary.sorted_failures()
        assert (failure.step, failure.code, failure.new, count) == ("order", "order.missing_field", True, 1)
        assert [order.order_key.rpartition("|")[2] for order in orders if order.changes[0].what == "parked"] == [numbers[0]]


async def test_nothing_goes_out_while_a_recording_is_tried() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await recorded(app, at, 2)
        before = (at.wms.count, await app.store.run_counts(), len((await app.store.audit_rows()).items))
        await tried(app, traffic, text("own_shop", order="transform.canonical_order@2"))
        assert at.wms.count == before[0]
        assert (await app.store.run_counts(), len((await app.store.audit_rows()).items)) == before[1:]


async def test_a_recording_ends_by_itself_when_it_is_full() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await app.recorder.begin("orders", "owner", most=2)
        at.sell(4)
        await settled(app, 4)
        await app.recorder.look()
        ended = await app.store.traffic(traffic.id)
        assert (ended.taken, ended.ended_at is not None) == (2, True)
        with pytest.raises(Conflict, match=r"recording\.ended"):
            await app.recorder.end(traffic.id, "owner")


async def test_an_order_that_waits_lets_those_behind_it_fill_the_recording() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await app.recorder.begin("orders", "owner", most=2)
        at.sell(4)
        await settled(app, 4)
        oldest = min(event.id for event in (await app.store.events()).items)
        await app.store.journal.end_run(oldest, RunEnd("waiting", app.world.now()), decision=True)
        await app.recorder.look()
        ended = await app.store.traffic(traffic.id)
        assert (ended.taken, ended.ended_at is not None) == (2, True)
        assert oldest not in await app.store.traffic_events(traffic.id)


async def test_its_time_ends_it_and_later_it_is_deleted() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await app.recorder.begin("orders", "owner", minutes=1, days=1)
        at.sell(1)
        await settled(app, 1)
        later, app.recorder._now = app.recorder._now, lambda: traffic.until
        await app.recorder.look()
        assert (await app.store.traffic(traffic.id)).ended_at == traffic.until
        app.recorder._now = lambda: traffic.keep_until + timedelta(seconds=1)
        await app.recorder.tidy()
        app.recorder._now = later
        with pytest.raises(NotFound, match=r"recording\.unknown"):
            await app.store.traffic(traffic.id)


async def test_a_restart_in_between_loses_nothing_and_takes_nothing_twice(open_one) -> None:
    async with house(open_store=open_one) as at:
        async with at.open() as app:
            await app.publish(text("own_shop"), note="", actor="owner")
            traffic = await app.recorder.begin("orders", "owner")
            at.sell(2)
            await settled(app, 2)
            await app.recorder.look()
            at.sell(1)
            await settled(app, 3)
        async with at.open() as app:
            ended = await app.recorder.end(traffic.id, "owner")
            assert (ended.taken, dict(ended.left_out)) == (3, {})


async def test_what_is_recorded_of_a_connection_are_the_orders_of_all_flows_that_use_it() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        await app.publish(SECOND, note="", actor="owner")
        both, other = await app.recorder.begin("", "owner", connection="wms"), await app.recorder.begin("", "owner", connection="nobody")
        at.sell(1)
        await settled(app, 1)
        await until(lambda: _flows_run(app))
        ended = await app.recorder.end(both.id, "owner")
        assert {one.flow for one in await app.store.traffic_orders(ended.id)} == {"orders", "second"}
        assert (await app.recorder.end(other.id, "owner")).taken == 0


async def _flows_run(app: Orderloom) -> bool:
    counts = await app.store.run_counts()
    return {("orders", "done"), ("second", "done")} <= set(counts)


async def test_an_erased_order_is_erased_from_recordings_too() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await recorded(app, at, 2)
        first = (await app.store.traffic_orders(traffic.id))[0]
        await erase_event(app, first.event_id, "owner")
        assert (await app.store.traffic(traffic.id)).taken == 1


async def test_what_cannot_be_begun_is_refused_with_the_reason() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        await app.recorder.begin("orders", "owner")
        for error, code, flow, given in (
            (Conflict, r"recording\.running", "orders", {}),
            (NotFound, r"flow\.unknown", "nothing", {}),
            (InputInvalid, r"recording\.of_nothing", "", {}),
            (InputInvalid, r"recording\.of_nothing", "orders", {"connection": "wms"}),
            (InputInvalid, r"recording\.limits", "orders", {"most": 5001}),
            (InputInvalid, r"recording\.limits", "orders", {"minutes": 0}),
            (InputInvalid, r"recording\.limits", "orders", {"days": 91}),
        ):
            with pytest.raises(error, match=code):
                await app.recorder.begin(flow, "owner", **given)


async def test_a_recording_of_other_flows_is_no_recording_of_this_one() -> None:
    async with house() as at, at.open() as app:
        await app.publish(text("own_shop"), note="", actor="owner")
        traffic = await recorded(app, at, 1)
        await app.publish(SECOND, note="", actor="owner")
        replay = Replay(app.store, app.registry, "second", SECOND, Span(), recording=traffic.id)
        with pytest.raises(InputInvalid, match=r"recording\.other_flow"):
            [order async for order in replay.orders()]
