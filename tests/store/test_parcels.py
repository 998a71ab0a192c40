"""What every store promises about parcels: doubled and late events make one truth, and the number is in no column."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from engine.errors import NotFound
from engine.store.memory import MemoryStore
from engine.store.parcel_records import Journey, NewParcel, Parcel, ParcelFilter, Track, TrackCounts, Tracking, with_tracks
from engine.store.ports import Store

from .conftest import NOW, code, ended, event, fact, order

ORDER = ("taobao", "s1", "1001")
SAID = NewParcel("ab12", "YT****0013", "yto", ORDER, "浙江", NOW)


def track(hour: float, state: str, place: str = "") -> Track:
    return Track(NOW + timedelta(hours=hour), state, place)  # pyright: ignore[reportArgumentType]


WAY = (track(1, "picked_up", "杭州"), track(5, "moving", "杭州"), track(20, "out_for_delivery", "上海"), track(22, "delivered", "上海"))


async def test_an_order_and_a_courier_tell_of_one_parcel(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(parcel=SAID, status="shipped"), fact(run))
    assert await store.parcels_of(*ORDER) == [Parcel("ab12", "YT****0013", "yto", ORDER, "浙江", NOW)]
    assert await store.keep_tracking([Tracking(NewParcel("ab12", "YT****0013"), WAY[:2])]) == TrackCounts(new=2)
    one = await store.parcel("ab12")
    assert (one.state, one.place, one.order, one.moved_at, one.open) == ("moving", "杭州", ORDER, WAY[1].at, True)
    assert list(await store.tracks("ab12")) == list(WAY[:2])


async def test_a_courier_may_be_quicker_than_the_order(store: Store) -> None:
    await store.keep_tracking([Tracking(NewParcel("ab12", "YT****0013"), WAY)])
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(parcel=SAID, status="shipped"), fact(run))
    one = await store.parcel("ab12")
    assert (one.state, one.order, one.region, one.arrived_at, one.open) == ("delivered", ORDER, "浙江", WAY[-1].at, False)


async def test_events_that_come_twice_are_kept_once(store: Store) -> None:
    told = Tracking(SAID, (*WAY, *WAY))
    assert (await store.keep_tracking([told, told])).new == 4
    assert list(await store.tracks("ab12")) == list(WAY)
    assert (await store.keep_tracking([told])) == TrackCounts(known=4)


async def test_events_in_any_order_and_some_twice_make_one_truth() -> None:
    found: set[Parcel] = set()
    for one in permutations(WAY):
        store = MemoryStore()
        for step in (*one, *one[:2]):
            await store.keep_tracking([Tracking(SAID, (step,))])
        found.add(await store.parcel("ab12"))
    assert len(found) == 1
    assert found.pop().state == "delivered"


async def test_a_parcel_that_takes_the_last_word_for_the_truth_would_be_noticed() -> None:
    """Saboteur of the test above: the state of whatever came last."""
    assert {with_tracks(Parcel("ab12", "x"), one[-1:]).state for one in permutations(WAY)} != {"delivered"}


async def test_of_two_events_of_one_moment_the_later_stage_counts(store: Store) -> None:
    await store.keep_tracking([Tracking(SAID, (track(9, "delivered"), track(9, "out_for_delivery")))])
    assert (await store.parcel("ab12")).state == "delivered"


async def test_a_number_that_was_corrected_before_any_courier_told_of_it_is_forgotten(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(parcel=SAID, status="shipped"), fact(run))
    right = NewParcel("cd34", "YT****0014", "yto", ORDER, "浙江", NOW)
    later = order(parcel=right, status="shipped", version="2026-01-05T09:00:00Z", content="c2")
    await store.journal.put_order(later, fact(run, 2))
    assert [one.id for one in await store.parcels_of(*ORDER)] == ["cd34"]


async def test_nobody_waits_for_the_parcel_of_an_order_that_is_over(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(parcel=SAID, status="shipped"), fact(run))
    await store.keep_tracking([Tracking(NewParcel("ef56", "SF****1", order=ORDER), WAY[:1])])
    over = NewParcel(**{**{name: getattr(SAID, name) for name in SAID.__slots__}, "order_over": True})
    await store.journal.put_order(order(parcel=over, status="completed", version="2026-01-05T09:00:00Z", content="c2"), fact(run, 2))
    assert {one.id: one.open for one in await store.parcels_of(*ORDER)} == {"ab12": False, "ef56": False}
    assert await store.parcels(ParcelFilter(open=True)) == []


async def test_parcels_are_found_by_how_long_they_have_not_moved(store: Store) -> None:
    for number, hours in (("a1", 3), ("b2", 1), ("c3", 2)):
        said = NewParcel(number, number, "yto", (*ORDER[:2], number), "", NOW)
        await store.keep_tracking([Tracking(said, (track(hours, "moving"),))])
    before = NOW + timedelta(hours=2.5)
    assert [one.id for one in await store.parcels(ParcelFilter(open=True, moved_before=before))] == ["b2", "c3"]
    assert [one.id for one in await store.parcels(ParcelFilter(shipped_before=before), limit=2)] == ["a1", "b2"]
    assert [one.id for one in await store.parcels(ParcelFilter(text="C3", state="moving", carrier="yto"))] == ["c3"]
    assert await store.parcels(ParcelFilter(state="delivered")) == []


async def test_how_long_parcels_were_under_way_is_told_of_those_that_arrived(store: Store) -> None:
    await store.keep_tracking([Tracking(SAID, WAY), Tracking(NewParcel("b2", "b"), (track(1, "picked_up"), track(3, "returned")))])
    assert list(await store.journeys(NOW)) == [Journey("yto", "浙江", 22 * 3600.0)]
    assert not await store.journeys(NOW + timedelta(hours=23))


async def test_erasing_an_order_erases_what_finds_its_parcel(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_order(order(parcel=SAID, status="shipped"), fact(run))
    await store.keep_tracking([Tracking(SAID, WAY)])
    await store.journal.end_run(run, ended())
    await store.erase_event(run, "owner")
    with pytest.raises(NotFound) as caught:
        await store.parcel("ab12")
    assert code(caught) == "parcel.unknown"
    assert not await store.tracks("ab12")


async def test_parcels_that_moved_long_ago_go(store: Store) -> None:
    await store.keep_tracking([Tracking(SAID, WAY)])
    assert await store.delete_parcels(NOW + timedelta(hours=22)) == 0
    assert await store.delete_parcels(NOW + timedelta(hours=23)) == 1
    assert not await store.tracks("ab12")
