"""The hub's list of a day, and what comparisons found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.store.ports import OrderLine, Store
from engine.store.reconciliations import ListedLine, ListedOrder, Reconciliation

from .conftest import NOW, ended, event, fact, order


async def test_the_orders_of_a_day_are_those_created_on_it(store: Store) -> None:
    accepted = await store.journal.put_event(event())
    days = ("2026-01-04T23:59:59Z", "2026-01-05T00:00:00Z", "2026-01-05T23:59:59Z", "2026-01-06T00:00:00Z")
    for number, created in enumerate(days):
        one = order(channel_order_id=str(number), created_at=created, event_id=accepted.id)
        await store.journal.put_order(one, fact(accepted.id, number + 1, b'{"results":["@outcome"]}'))
    listed = await store.orders_of_day("taobao", "2026-01-05")
    assert sorted(one.channel_order_id for one in listed) == ["1", "2"]
    assert ListedOrder("taobao", "s1", "1", "2026-01-05T08:00:00Z", "12.50", "awaiting_fulfillment") in listed
    assert not await store.orders_of_day("shopify", "2026-01-05")


async def test_the_list_tells_the_lines_by_sku_and_for_whom_the_newest_version_is_until_that_is_erased(store: Store) -> None:
    first, second = [await store.journal.put_event(event(key=f"k{number}")) for number in (1, 2)]
    lines = (OrderLine("SOAP", 1), OrderLine("CUP", 2), OrderLine("SOAP", 3))
    made = order(created_at="2026-01-05T08:00:00Z", event_id=first.id, subjects=(b"1" * 8, b"2" * 8), lines=lines)
    newer = replace(made, event_id=second.id, version="2026-01-05T09:00:00Z", content="other", subjects=(b"3" * 8, b"2" * 8))
    for number, one in enumerate((made, newer), 1):
        await store.journal.put_order(one, fact(one.event_id, number, b'{"results":["@outcome"]}'))
    (listed,) = await store.orders_of_day("taobao", "2026-01-05")
    assert listed.lines == (ListedLine("CUP", 2), ListedLine("SOAP", 4))
    assert listed.receiver == ((b"2" * 8).hex(), (b"3" * 8).hex())
    await store.journal.end_run(second.id, ended())
    await store.erase_event(second.id, "li")
    (after,) = await store.orders_of_day("taobao", "2026-01-05")
    assert (after.receiver, after.lines, after.amount) == (None, listed.lines, listed.amount)


async def test_the_newest_comparison_of_a_day_and_channel_is_kept(store: Store) -> None:
    older, newer = (Reconciliation("2026-01-05", "taobao", NOW + timedelta(hours=n), 1 - n, b'{"n":%d}' % n) for n in (0, 1))
    other = Reconciliation("2026-01-06", "jd", NOW, 3, b"{}")
    for one in (older, newer, other):
        await store.keep_reconciliation(one)
    assert await store.reconciliation("2026-01-05", "taobao") == newer
    assert await store.reconciliation("2026-01-05", "jd") is None
    assert list(await store.reconciliations()) == [other, newer]
