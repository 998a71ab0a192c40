"""What every store promises about campaigns: so many orders have a place, each one, and keep it until they are called off."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.order.places import OrderName, Ranking, numbered
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions

from .conftest import NOW, event, fact, order


def name(number: int | str) -> OrderName:
    return "own_shop", "s1", f"OWN-{number}"


async def take(store: Store, *numbers: int | str, first: int = 3, campaign: str = "spring") -> list[int]:
    return list(await store.take_places(campaign, first, [name(number) for number in numbers], NOW))


async def test_the_first_so_many_have_a_place_in_their_order_and_the_others_none(store: Store) -> None:
    assert await take(store, "b", "a") == [1, 2]
    assert await take(store, "c", "d") == [3, 0]
    assert await take(store, "e") == [0]


async def test_who_asks_again_has_the_place_that_it_had_and_takes_no_other(store: Store) -> None:
    assert await take(store, "a", "b") == [1, 2]
    assert await take(store, "b", "a", "b", "c", "c") == [2, 1, 2, 3, 3]
    assert await take(store, "a", "d") == [1, 0]


async def test_each_campaign_counts_for_itself_and_each_shop_has_orders_of_its_own(store: Store) -> None:
    assert await take(store, "a", first=1) == [1]
    assert await take(store, "a", first=1, campaign="summer") == [1]
    orders = [("own_shop", "s1", "x"), ("own_shop", "s2", "x"), ("jd", "s1", "x"), ("jd", "", "x")]
    assert list(await store.take_places("autumn", 9, orders, NOW)) == [1, 2, 3, 4]


async def test_a_campaign_that_grows_has_more_places_and_one_that_shrinks_takes_none_away(store: Store) -> None:
    assert await take(store, "a", "b", "c", first=2) == [1, 2, 0]
    assert await take(store, "c", first=3) == [3]
    assert await take(store, "a", "c", "d", first=1) == [1, 3, 0]


async def test_of_many_that_ask_at_once_just_so_many_have_a_place_and_no_two_the_same(store: Store) -> None:
    found = await asyncio.gather(*(take(store, number % 20, first=7) for number in range(60)))
    by_order = {number: {found[n][0] for n in range(number, 60, 20)} for number in range(20)}
    assert all(len(places) == 1 for places in by_order.values()), "an order that asks three times has one place"
    assert sorted(place for (place,) in by_order.values() if place) == list(range(1, 8))


async def test_a_batch_of_many_is_one_question(store: Store) -> None:
    assert await take(store, *range(300), first=250) == [*range(1, 251), *[0] * 50]


async def test_places_outlive_a_restart(options: StoreOptions) -> None:
    for expected in ([1, 2], [1, 2]):
        store = open_store(options)
        await store.open()
        assert await take(store, "a", "b", first=2) == expected
        assert await take(store, "c", first=2) == [0]
        await store.close()


async def test_two_processes_on_one_store_share_the_places(tmp_path: Path) -> None:
    one = MemoryStore()
    other = MemoryStore(one)
    assert await take(one, "a", first=1) == [1]
    assert await take(other, "b", first=1) == [0]
    assert await take(other, "a", first=1) == [1]


async def kept(store: Store, number: int | str, status: str, version: int) -> str:
    """What became of a version of the order in the hub."""
    channel, shop, channel_order_id = name(number)
    one = order(
        channel=channel, shop_id=shop, channel_order_id=channel_order_id, status=status, version=f"2026-01-05T08:00:{version:02}Z",
        content=f"{status}{version}",
    )  # fmt: skip
    run = await store.journal.put_event(event(key=f"{channel_order_id}/{version}/{status}", content=f"{channel_order_id}{version}{status}"))
    return await store.journal.put_order(one, fact(run.id))


@pytest.mark.parametrize("status", ["cancelled", "closed_refunded"])
async def test_an_order_that_is_called_off_gives_its_place_back_and_the_next_has_it_once(store: Store, status: str) -> None:
    await kept(store, "a", "awaiting_fulfillment", 1)
    assert await take(store, "a", "b", "c", "d") == [1, 2, 3, 0]
    assert await take(store, "a", first=9, campaign="summer") == [1]
    await kept(store, "a", status, 2)
    await kept(store, "a", status, 3)
    assert await take(store, "d", "e") == [1, 0], "given back once, and given once"
    assert await take(store, "x", "y", first=9, campaign="summer") == [1, 2], "in each campaign that it had part in"
    assert await take(store, "b", "c") == [2, 3], "the others keep theirs"


async def test_an_order_that_is_called_off_gets_no_place_until_it_is_revived(store: Store) -> None:
    await kept(store, "a", "cancelled", 2)
    assert await take(store, "a", "b", first=1) == [0, 1]
    await kept(store, "a", "awaiting_fulfillment", 3)
    assert await take(store, "a", first=2) == [2]


async def test_what_has_left_keeps_its_place_for_the_gift_went_along(store: Store) -> None:
    assert await take(store, "a", "b", first=1) == [1, 0]
    await kept(store, "a", "shipped", 2)
    await kept(store, "a", "closed_refunded", 3)
    assert await take(store, "b", "a", first=1) == [0, 1]


async def test_a_place_beyond_a_limit_that_shrank_is_not_given_again(store: Store) -> None:
    assert await take(store, "a", "b", "c") == [1, 2, 3]
    await kept(store, "c", "cancelled", 2)
    assert await take(store, "d", first=2) == [0]
    await kept(store, "a", "cancelled", 2)
    assert await take(store, "d", "e", "f", first=4) == [1, 3, 4]


async def test_many_that_ask_while_orders_are_called_off_share_the_places_without_a_gap(store: Store) -> None:
    assert await take(store, *range(6), first=6) == [1, 2, 3, 4, 5, 6]
    await asyncio.gather(
        *(kept(store, number, "cancelled", 2) for number in range(0, 6, 2)), *(take(store, 10 + n, first=6) for n in range(9))
    )
    held = await take(store, *range(30), first=6)
    assert sorted(filter(None, held)) == [1, 2, 3, 4, 5, 6]
    assert [held[number] for number in range(6)] == [0, 2, 0, 4, 0, 6]


async def test_a_place_that_was_given_back_outlives_a_restart(options: StoreOptions) -> None:
    store = open_store(options)
    await store.open()
    await take(store, "a", "b", first=2)
    await kept(store, "a", "cancelled", 1)
    await store.close()
    store = open_store(options)
    await store.open()
    assert await take(store, "c", "d", first=2) == [1, 0]
    await store.close()


questions = some.lists(some.tuples(some.integers(1, 12), some.lists(some.integers(0, 20), max_size=6)), max_size=20)


@given(some.lists(some.tuples(some.booleans(), some.integers(0, 8), some.integers(1, 6)), max_size=30))
def test_whatever_is_asked_and_given_back_no_place_is_held_twice_and_none_is_lost(steps: list[tuple[bool, int, int]]) -> None:
    ranking = Ranking()
    for asks, number, first in steps:
        if asks:
            (place,) = ranking.take(first, [name(number)])
            assert place or len([one for one in ranking.known.values() if one <= first]) == first, "none is refused while one is left"
        else:
            ranking.give_back(name(number))
        held = [*ranking.known.values(), *ranking.free]
        assert sorted(held) == list(range(1, len(held) + 1)), "each number is held or free, and only one of them"


@given(questions)
def test_whatever_is_asked_places_are_few_different_and_kept(asked: list[tuple[int, list[int]]]) -> None:
    known: dict[OrderName, int] = {}
    for first, numbers in asked:
        orders, before = [name(number) for number in numbers], dict(known)
        places = numbered({order: known[order] for order in orders if order in known}, len(known), first, orders)
        known.update({order: place for order, place in zip(orders, places, strict=True) if place})
        assert sorted(known.values()) == list(range(1, len(known) + 1)), "without a gap, none twice"
        assert len(known) <= max(first, len(before))
        assert before.items() <= known.items(), "nobody loses a place"
        assert all(place or len(known) >= first for place in places), "none is refused while one is left"
