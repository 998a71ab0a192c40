"""What every store promises about the versions of an order, its lines, and whom it is for; run over each of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import NotFound
from engine.store.hub import compare_versions
from engine.store.memory import MemoryStore
from engine.store.ports import HubOrder, OrderFilter, OrderLine, OrderVersion, Store

from .conftest import EVENT, NOW, code, ended, event, fact, order

PHONE, OTHER = b"12345678", b"abcdefgh"


def version(second: int, body: str = "", **changes: object) -> HubOrder:
    text = f"2026-01-05T08:00:{second:02}Z"
    return replace(order(version=text, content=body or text, body=(body or text).encode()), **changes)


async def history(store: Store) -> list[OrderVersion]:
    """Oldest first."""
    return list(reversed((await store.order_versions("taobao", "s1", "1001", limit=500)).items))


async def arrive(store: Store, *orders: HubOrder) -> list[int]:
    """Each with an event of its own."""
    runs: list[int] = []
    for number, one in enumerate(orders):
        runs.append((await store.journal.put_event(event(key=f"taobao/s1/1001/{number}/{one.version}", content=str(number)))).id)
        await store.journal.put_order(one, fact(runs[-1]))
    return runs


async def test_every_version_that_came_is_kept_with_its_event_and_what_became_of_it(store: Store) -> None:
    paid, shipped = version(3, amount_paid="20.00"), version(5, status="shipped", hold_reasons=("risk_review",))
    runs = await arrive(store, version(2), paid, paid, version(1), shipped)
    came = await history(store)
    assert [(one.outcome, one.event_id) for one in came] == list(
        zip(["new", "changed", "unchanged", "stale", "changed"], runs, strict=True)
    )
    assert [one.amount_paid for one in came] == ["12.50", "20.00", "20.00", "12.50", "12.50"]
    assert [one.body for one in came] == [version(2).body, paid.body, b"", version(1).body, shipped.body]
    assert (came[-1].status, came[-1].hold_reasons, came[-1].at) == ("shipped", ("risk_review",), NOW + timedelta(seconds=1))
    assert (await store.order("taobao", "s1", "1001")).version == shipped.version
    assert await store.order_version(came[1].id) == came[1]


async def test_versions_written_together_keep_their_bodies_too(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    writes = [store.journal.put_order(version(second), fact(run, number)) for number, second in enumerate((1, 3, 2, 4), 1)]
    for write in writes:
        await write
    assert [(one.outcome, one.body) for one in await history(store)] == [
        (outcome, version(second).body) for outcome, second in (("new", 1), ("changed", 3), ("stale", 2), ("changed", 4))
    ]


async def test_versions_are_read_in_pages(store: Store) -> None:
    await arrive(store, version(1), version(2), version(3))
    first = await store.order_versions("taobao", "s1", "1001", limit=2)
    rest = await store.order_versions("taobao", "s1", "1001", limit=2, cursor=first.next)
    assert [one.version[-3:-1] for one in [*first.items, *rest.items]] == ["03", "02", "01"]
    assert rest.next is None


async def test_what_is_not_known_has_no_versions(store: Store) -> None:
    for asked in (store.order_versions("taobao", "s1", "0"), store.order_lines("taobao", "s1", "0")):
        with pytest.raises(NotFound) as caught:
            await asked
        assert code(caught) == "order.unknown"
    with pytest.raises(NotFound) as caught:
        await store.order_version(7)
    assert code(caught) == "order.unknown_version"


async def test_an_order_is_found_by_a_sku_that_it_has_now(store: Store) -> None:
    before, now = (OrderLine("A-1", 2), OrderLine("B-2", 1)), (OrderLine("A-1", 3), OrderLine("", 1))
    await arrive(store, version(1, lines=before), version(2, lines=now))
    assert list(await store.order_lines("taobao", "s1", "1001")) == list(now)
    found = {sku: len((await store.orders(OrderFilter(sku=sku))).items) for sku in ("A-1", "a-1", "B-2", "A-")}
    assert found == {"A-1": 1, "a-1": 1, "B-2": 0, "A-": 0}


async def test_an_older_version_does_not_change_the_lines(store: Store) -> None:
    await arrive(store, version(2, lines=(OrderLine("A-1", 2),)), version(1, lines=(OrderLine("B-2", 1),)))
    assert list(await store.order_lines("taobao", "s1", "1001")) == [OrderLine("A-1", 2)]


async def test_an_order_is_found_by_whom_any_of_its_versions_was_for(store: Store) -> None:
    await arrive(store, version(2, subjects=(PHONE,)), version(3, subjects=(OTHER,)), version(1, subjects=(b"earlier!",)))
    for digest in (PHONE, OTHER, b"earlier!"):
        assert [one.version for one in (await store.orders(OrderFilter(subject=digest))).items] == [version(3).version]
    assert not (await store.orders(OrderFilter(subject=b"nobody!!"))).items
    assert not (await store.orders(OrderFilter(subject=PHONE, channel="shopify"))).items


async def test_erasing_an_event_takes_its_entries_of_the_index_and_the_bodies_that_it_brought(store: Store) -> None:
    first, second = await arrive(store, version(1, subjects=(PHONE, OTHER)), version(2, subjects=(OTHER,)))
    await store.journal.end_run(first, ended())
    await store.erase_event(first, "owner")
    assert not (await store.orders(OrderFilter(subject=PHONE))).items
    assert len((await store.orders(OrderFilter(subject=OTHER))).items) == 1
    assert [one.body for one in await history(store)] == [b"", version(2).body]
    await store.journal.end_run(second, ended())
    await store.erase_event(second, "owner")
    assert not (await store.orders(OrderFilter(subject=OTHER))).items
    assert [(one.status, one.body) for one in await history(store)] == [("awaiting_fulfillment", b"")] * 2


async def test_what_is_deleted_with_its_run_is_not_found_by_whom_it_was_for(store: Store) -> None:
    (run,) = await arrive(store, version(1, subjects=(PHONE,), lines=(OrderLine("A-1", 2),)))
    await store.journal.end_run(run, ended())
    assert await store.delete_runs([run]) == 1
    assert not (await store.orders(OrderFilter(subject=PHONE))).items
    assert len((await store.orders(OrderFilter(sku="A-1"))).items) == 1
    assert [(one.outcome, one.body) for one in await history(store)] == [("new", b"")]


async def test_an_order_counts_as_held_while_its_newest_version_has_a_reason(store: Store) -> None:
    await arrive(store, version(1, hold_reasons=("amount_mismatch",)))
    assert [len((await store.orders(OrderFilter(held=held))).items) for held in (True, False, None)] == [1, 0, 1]
    assert (await store.order("taobao", "s1", "1001")).hold_reasons == ("amount_mismatch",)
    await arrive(store, version(2))
    assert [len((await store.orders(OrderFilter(held=held))).items) for held in (True, False)] == [0, 1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab")), min_size=1, max_size=12))
async def test_whatever_comes_in_whatever_order_the_newest_state_counts_and_nothing_is_lost(arrivals: list[tuple[int, str]]) -> None:
    store = MemoryStore()
    runs = await arrive(store, *(version(second, body=f"{second}{content}") for second, content in arrivals))
    came = await history(store)
    assert [one.event_id for one in came] == runs
    newest = (await store.order("taobao", "s1", "1001")).version
    assert all((compare_versions(one.version, newest) or 0) <= 0 for one in came)
    held = [one for one in came if one.outcome in ("new", "changed")]
    assert held[-1].version == newest
    assert held[-1].body == (await store.order("taobao", "s1", "1001")).body
