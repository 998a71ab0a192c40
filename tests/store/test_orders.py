"""What every store promises about orders in the hub; run over each of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.errors import Conflict, NotFound
from engine.store.ports import OrderFilter, Store

from .conftest import EVENT, NOW, code, fact, order


async def test_an_order_is_kept_with_the_fact_that_says_so(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    assert await store.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}')) == "new"
    kept = await store.order("taobao", "s1", "1001")
    assert kept == order(event_id=run, updated_at=NOW + timedelta(seconds=1))
    assert (await store.facts(run))[0].body == b'{"ok":"new"}'


@pytest.mark.parametrize(
    ("version", "content", "outcome"),
    [
        ("2026-01-05T08:00:01Z", "c2", "changed"),
        ("2026-01-05T16:00:01+08:00", "c2", "changed"),
        ("2026-01-05T07:59:59Z", "c2", "stale"),
        ("2026-01-05T15:59:59+08:00", "c2", "stale"),
        ("2026-01-05T08:00:00Z", "c1", "unchanged"),
        ("2026-01-05T16:00:00.000+08:00", "c1", "unchanged"),
        ("2026-01-05T08:00:00Z", "c2", "changed"),
        ("digest-of-a-body", "c2", "changed"),
        ("digest-of-a-body", "c1", "unchanged"),
    ],
)
async def test_the_newer_version_of_an_order_counts(store: Store, version: str, content: str, outcome: str) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, 1))
    assert await store.journal.put_order(order(version=version, content=content, status="shipped"), fact(run, 2)) == outcome
    assert (await store.order("taobao", "s1", "1001")).status == ("shipped" if outcome == "changed" else "awaiting_fulfillment")


async def test_versions_of_one_order_put_at_once_leave_the_newest(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    versions = [f"2026-01-05T08:00:0{second}Z" for second in (1, 3, 2)]
    writes = [store.journal.put_order(order(version=version, content=version), fact(run, n)) for n, version in enumerate(versions, 1)]
    assert await asyncio.gather(*writes) == ["new", "changed", "stale"]
    assert (await store.order("taobao", "s1", "1001")).version == versions[1]


async def test_an_order_whose_fact_is_refused_is_not_kept(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run, 1))
    with pytest.raises(Conflict):
        await store.journal.put_order(order(), fact(run, 1))
    with pytest.raises(NotFound) as caught:
        await store.order("taobao", "s1", "1001")
    assert code(caught) == "order.unknown"
    assert not any((await store.order_counts()).values())


async def test_orders_are_found_by_channel_status_and_part_of_the_number(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_order(order(), fact(run, 1))
    await store.journal.put_order(order(channel="shopify", channel_order_id="5_9", display_no="#77", status="shipped"), fact(run, 2))
    assert [each.display_no for each in (await store.orders()).items] == ["#77", "TB-1001"]
    assert [each.display_no for each in (await store.orders(OrderFilter(channel="shopify"))).items] == ["#77"]
    assert [each.display_no for each in (await store.orders(OrderFilter(status="shipped"))).items] == ["#77"]
    assert [each.display_no for each in (await store.orders(OrderFilter(text="b-10"))).items] == ["TB-1001"]
    assert [each.display_no for each in (await store.orders(OrderFilter(text="5_"))).items] == ["#77"]
    assert not (await store.orders(OrderFilter(text="%"))).items
    assert (await store.orders(limit=1)).next is not None


async def test_orders_are_counted_by_channel(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    for number, channel in enumerate(("taobao", "shopify", "taobao", "taobao"), 1):
        await store.journal.put_order(order(channel=channel, channel_order_id=str(min(number, 3))), fact(run, number))
    assert dict(await store.order_counts()) == {"taobao": 2, "shopify": 1}
