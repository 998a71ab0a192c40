"""What lists may be narrowed to; the same over every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from engine.errors import NotFound
from engine.store.filters import EventFilter, OrderFilter
from engine.store.ids import IdSequence, id_at
from engine.store.ports import IncidentFilter, RunFilter, Store
from engine.store.times import EARLIEST, LATEST

from .conftest import EVENT, event, fact, numbered, order, parked

HOUR = timedelta(hours=1)


def lately(hours: float) -> datetime:
    """So many hours ago by the clock that also makes the ids."""
    return datetime.now(UTC) - hours * HOUR


async def runs_at(store: Store, *hours: float) -> list[int]:
    return [(await store.journal.put_event(numbered(n, received_at=lately(ago)))).id for n, ago in enumerate(hours)]


async def ids_of_runs(store: Store, where: RunFilter) -> list[int]:
    return [run.id for run in (await store.runs(where)).items]


async def ids_of_events(store: Store, where: EventFilter) -> list[int]:
    return [one.id for one in (await store.events(where)).items]


async def test_runs_and_events_are_found_by_the_time_of_their_receipt(store: Store) -> None:
    old, middle, new = await runs_at(store, 5, 3, 1)
    for since, until, found in ((4, 2, [middle]), (4, None, [new, middle]), (None, 2, [middle, old]), (0.5, None, []), (None, 6, [])):
        span = {"since": since and lately(since), "until": until and lately(until)}
        assert await ids_of_runs(store, RunFilter(**span)) == found
        assert await ids_of_events(store, EventFilter(**span)) == found


async def test_a_span_takes_its_beginning_and_leaves_its_end(store: Store) -> None:
    at = lately(2)
    run = (await store.journal.put_event(event(received_at=at))).id
    assert await ids_of_runs(store, RunFilter(since=at)) == [run]
    assert await ids_of_runs(store, RunFilter(until=at)) == []


async def test_an_event_that_was_kept_long_after_its_receipt_is_found_by_its_receipt(store: Store) -> None:
    """Its id says when it was kept, hours later."""
    run = (await store.journal.put_event(event(received_at=lately(20)))).id
    assert await ids_of_events(store, EventFilter(until=lately(19))) == [run]


async def test_the_least_id_of_a_moment_is_below_all_ids_that_are_given_from_then_on() -> None:
    moment = datetime(2026, 1, 5, 8, 30, 15, 123000, tzinfo=UTC)
    ids = IdSequence(3, clock=lambda: round(moment.timestamp() * 1000) * 1_000_000)
    assert id_at(moment) <= ids.next() < id_at(moment + timedelta(milliseconds=1))
    assert id_at(datetime(1999, 1, 1, tzinfo=UTC)) == 0
    assert id_at(datetime(9999, 1, 1, tzinfo=UTC)) < 2**63


async def test_runs_are_counted_from_a_moment_on(store: Store) -> None:
    await runs_at(store, 30, 3, 1)
    assert await store.run_counts_since(lately(24)) == {"order_hub": 2}


async def test_runs_are_counted_by_the_second_from_a_moment_on(store: Store) -> None:
    """Those of one second together, whatever part of it they came in; none from before."""
    start = lately(1)
    for number, later in enumerate((-1, 0, 999, 1000, 59_999)):
        await store.journal.put_event(numbered(number, received_at=start + timedelta(milliseconds=later)))
    assert await store.accepted_by_second(start) == {0: 2, 1: 1, 59: 1}
    assert await store.accepted_by_second(start + timedelta(hours=2)) == {}


async def test_events_are_found_by_trigger_order_and_mark(store: Store) -> None:
    plain = (await store.journal.put_event(EVENT)).id
    conflict = (await store.journal.put_event(event(content="c2"))).id
    refund = (await store.journal.put_event(numbered(7, trigger="shopify", passes=True))).id
    assert await ids_of_events(store, EventFilter(trigger="taobao")) == [conflict, plain]
    assert await ids_of_events(store, EventFilter(order="taobao/s1/000000000007")) == [refund]
    assert await ids_of_events(store, EventFilter(mark="conflict")) == [conflict]
    assert await ids_of_events(store, EventFilter(mark="cancellation")) == [refund]
    assert await ids_of_events(store, EventFilter(mark="cancellation", trigger="taobao")) == []
    assert await ids_of_events(store, EventFilter(flow="order_hub", trigger="taobao", order=EVENT.order_key, mark="conflict")) == [conflict]
    assert await ids_of_events(store, EventFilter(flow="other", trigger="taobao")) == []


async def test_events_are_found_by_the_number_of_the_order_that_they_brought(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_event(numbered(1))
    await store.journal.put_order(order(), fact(run, body=b'{"ok":"@outcome"}'))
    assert await ids_of_events(store, EventFilter(order="TB-1001")) == [run]
    assert await ids_of_events(store, EventFilter(order="TB-1001", trigger="taobao")) == [run]


async def test_an_order_on_its_way_is_found_by_its_number_before_the_hub_knows_it(store: Store) -> None:
    run = (await store.journal.put_event(structs.replace(EVENT, key="own_shop/|s1|A%7C7/v1", order_key="own_shop|s1|A%7C7"))).id
    await store.journal.put_event(structs.replace(EVENT, key="own_shop/|s1|XA%7C7/v1", order_key="own_shop|s1|XA%7C7"))
    await store.journal.end_run(run, parked())
    for number in ("A|7", "own_shop|s1|A%7C7"):
        assert [one.id for one in (await store.runs(RunFilter(order=number))).items] == [run]
        assert [one.run_id for one in (await store.incidents(IncidentFilter(order=number))).items] == [run]
        assert await ids_of_events(store, EventFilter(order=number)) == [run]
    for number in ("7", "a|7", "%7", "A%7C7"):
        assert (await store.runs(RunFilter(order=number))).items == []


async def test_narrowed_events_are_walked_page_by_page(store: Store) -> None:
    ids = [(await store.journal.put_event(numbered(n, passes=n % 2 == 0))).id for n in range(6)]
    first = await store.events(EventFilter(mark="cancellation"), limit=2)
    second = await store.events(EventFilter(mark="cancellation"), limit=2, cursor=first.next)
    assert [one.id for one in (*first.items, *second.items)] == [ids[4], ids[2], ids[0]]
    assert second.next is None


async def keep(store: Store, number: int, **changes: object) -> None:
    run = (await store.journal.put_event(numbered(number))).id
    shown = f"TB-{number}"
    await store.journal.put_order(order(channel_order_id=str(number), display_no=shown, **changes), fact(run, body=b'{"ok":"@outcome"}'))


async def numbers(store: Store, where: OrderFilter) -> list[str]:
    return [one.display_no for one in (await store.orders(where)).items]


@pytest.mark.parametrize(("priority", "found"), [("urgent", ["TB-2"]), ("normal", ["TB-3", "TB-1"]), ("low", [])])
async def test_orders_are_found_by_priority(store: Store, priority: str, found: list[str]) -> None:
    for number, given in enumerate(("normal", "urgent", "normal"), 1):
        await keep(store, number, priority=given)
    assert await numbers(store, OrderFilter(priority=priority)) == found


async def test_orders_are_found_by_the_time_of_their_last_change(store: Store) -> None:
    for number in (1, 2, 3):
        await keep(store, number, updated_at=lately(number))
    assert await numbers(store, OrderFilter(since=lately(2.5))) == ["TB-2", "TB-1"]
    assert await numbers(store, OrderFilter(until=lately(1.5))) == ["TB-3", "TB-2"]
    assert await numbers(store, OrderFilter(since=lately(2.5), until=lately(1.5), text="tb", channel="taobao")) == ["TB-2"]


async def test_incidents_are_found_by_step_code_and_order(store: Store) -> None:
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run), parked())
    [incident] = (await store.incidents()).items
    for given in ({"step": "to_wms"}, {"code": "http.refused"}, {"code": "http"}, {"order": EVENT.order_key}, {"flow": "order_hub"}):
        assert [one.id for one in (await store.incidents(IncidentFilter(**given))).items] == [incident.id], given
    for given in ({"step": "to_finance"}, {"code": "htt"}, {"code": "h%"}, {"order": "TB-1001"}, {"step": "to_wms", "code": "field"}):
        assert not (await store.incidents(IncidentFilter(**given))).items, given


async def test_a_span_may_reach_to_the_ends_of_the_calendar(store: Store) -> None:
    found = await runs_at(store, 1)
    for since, until, there in ((EARLIEST, LATEST, found), (LATEST, None, []), (None, EARLIEST, [])):
        assert await ids_of_runs(store, RunFilter(since=since, until=until)) == there
        assert await ids_of_events(store, EventFilter(since=since, until=until)) == there


@pytest.mark.parametrize("number", [10**30, 2**63, -(10**30)])
async def test_a_number_that_no_row_can_have_is_unknown(store: Store, number: int) -> None:
    for asked in (
        store.run(number), store.event(number), store.event_body(number),
        store.facts(number), store.incident(number), store.version("a", number),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await asked
