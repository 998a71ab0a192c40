"""The main job of a replay: a day of the demo's orders against a draft with one changed rule shows just what that rule changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from designer.demo.arrivals import settled
from designer.demo.flow_file import NAME, flow_file
from designer.demo.robot import TeamChat
from designer.demo.shop import Shop, platforms
from engine.app import Orderloom, now
from engine.json_text import read_json
from engine.registry import installed
from engine.replay import OrderChanges, Replay, Span
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.ports import Store
from engine.testing.simulator import SimulatedTarget

ORDERS = 60
HIGH, LOWER = Decimal(500), Decimal(300)


@pytest.fixture
async def day() -> AsyncIterator[Orderloom]:
    """The order hub after it fetched some dozens of orders of six channels, with targets that took them."""
    async with AsyncExitStack() as around:
        shops = await around.enter_async_context(platforms())
        shop = Shop(shops, lambda: now() - timedelta(minutes=1))
        for _ in range(ORDERS):
            shop.sell()
        wms, finance = [await around.enter_async_context(SimulatedTarget()) for _ in range(2)]
        chat = await around.enter_async_context(TeamChat())
        connections = {
            **{name: shop.connection for name, shop in shops.items()},
            "wms": {"type": "wms", "url": wms.url},
            "finance": {"type": "finance", "url": finance.url},
            "team_chat": {"type": "wecom", "url": chat.url},
        }
        settings = Settings(connections=connections, allow_private=("127.0.0.1/32",))
        app = await around.enter_async_context(Orderloom(settings, MemoryStore()))
        await app.start()
        await app.publish(flow_file(), note="first", actor="test")
        await settled(app, shop.placed)
        yield app


def draft(**params: Any) -> bytes:
    document = json.loads(flow_file())
    document["nodes"]["tag"]["params"].update(params)
    return json.dumps(document).encode()


async def replayed(store: Store, document: bytes) -> tuple[Replay, list[OrderChanges]]:
    replay = Replay(store, installed(), NAME, document, Span())
    return replay, [order async for order in replay.orders()]


async def tagged_by_the_lower_limit(store: Store) -> set[str]:
    """Computed here and not by the engine: the orders of the hub that only the new limit makes important."""
    found: set[str] = set()
    for order in (await store.orders(limit=500)).items:
        kept = read_json(order.body)
        if LOWER <= Decimal(kept["amount"]["paid"] or 0) < HIGH:
            found.add(f"{order.channel}|{order.shop_id}|{order.channel_order_id}")
    return found


async def test_a_day_against_itself_shows_nothing(day: Orderloom) -> None:
    replay, found = await replayed(day.store, flow_file())
    assert found == []
    assert replay.counts.same == replay.counts.total > 40
    assert replay.counts.captured == 0


async def test_a_changed_rule_shows_just_its_orders_and_fields(day: Orderloom) -> None:
    expected = await tagged_by_the_lower_limit(day.store)
    replay, found = await replayed(day.store, draft(high_from=str(LOWER)))
    assert {order.order_key for order in found} == expected
    assert replay.counts.differing == len(found)
    assert 0 < len(found) < replay.counts.total / 2
    for order in found:
        for change in order.changes:
            inside = change.field.rpartition("body.")[2]
            told = change.step == "tell_team" and change.kind == "added"
            assert told or inside.startswith(("priority", "tags")), (change.path, change.kind)
    raised = {order.order_key for order in found for one in order.changes if (one.field, one.after) == ("body.priority", "high")}
    assert raised
    assert all("****" not in str((one.before, one.after)) for order in found for one in order.changes if one.field == "body.priority")


async def test_a_rule_that_is_changed_to_the_same_effect_shows_nothing(day: Orderloom) -> None:
    _, found = await replayed(day.store, draft(high_from="500.00"))
    assert found == []


async def test_no_personal_data_is_in_what_a_replay_tells(day: Orderloom) -> None:
    document = json.loads(flow_file())
    document["nodes"]["clean"]["disabled"] = True
    _, found = await replayed(day.store, json.dumps(document).encode())
    assert found
    told = repr(found)
    for order in (await day.store.orders(limit=500)).items:
        receiver = read_json(order.body)["receiver"]
        for value in (receiver.get("phone"), receiver.get("name")):
            assert not value or value not in told
