"""What targets took as parcels and parts: kept with the fact, found by day and by order, replaced whole."""

from __future__ import annotations

from msgspec.structs import replace

from engine.store.consignments import Consignment, Member
from engine.store.ports import Store

from .conftest import ended, event, fact, order

PARCEL = Consignment(
    "wms", "taobao", "s1", "A", "A", version="v1", amount="3.00", day="2026-01-05", event_id=2**60,
    members=(Member("A", "v1", "1.00"), Member("B", "v2", "2.00")), ships=True,
)  # fmt: skip
OF_PARTS = replace(
    PARCEL, number="D-1", whole="D-1", members=(Member("D", "v1", "1.00", ("11", "一"), 1, 2, "D-1"), Member("E", lines=None), Member("F"))
)
PART = Consignment("wms", "taobao", "s1", "C-2", "C", 2, 3, "v1", None, "2026-01-06", 7, (Member("C", "v1"),))


async def test_what_a_run_sent_is_kept_with_the_fact_that_it_did(store: Store) -> None:
    run = (await store.journal.put_event(event())).id
    await store.journal.put_fact(fact(run), ended(), sent=[PARCEL, PART])
    assert list(await store.consignments_of_day("taobao", "2026-01-05")) == [PARCEL]
    assert list(await store.consignments_of_day("taobao", "2026-01-06")) == [PART]
    assert not await store.consignments_of_day("jd", "2026-01-05")


async def test_a_fact_that_is_refused_brings_nothing(store: Store) -> None:
    write = store.journal.put_fact(fact(12345), sent=[PARCEL])
    assert isinstance(await _outcome(write), Exception)
    assert not await store.consignments_of_day("taobao", "2026-01-05")


async def test_a_parcel_is_found_by_the_day_of_each_of_its_orders_and_by_each_order(store: Store) -> None:
    accepted = await store.journal.put_event(event())
    late = order(channel_order_id="B", created_at="2026-01-07T01:00:00Z", event_id=accepted.id)
    await store.journal.put_order(late, fact(accepted.id, 1, b'{"results":["@outcome"]}'))
    await store.keep_consignments([PARCEL, PART])
    assert list(await store.consignments_of_day("taobao", "2026-01-07")) == [PARCEL]
    for number, found in (("A", [PARCEL]), ("B", [PARCEL]), ("C", [PART]), ("C-2", [])):
        assert list(await store.consignments_of_order("taobao", "s1", number)) == found
    assert not await store.consignments_of_order("taobao", "s2", "A")


async def test_what_is_sent_later_under_a_number_takes_its_place_at_that_target_only(store: Store) -> None:
    other, smaller = replace(PARCEL, connection="finance"), replace(PARCEL, members=(Member("A", "v3", "1.00"),))
    await store.keep_consignments([PARCEL, other, smaller])
    assert list(await store.consignments_of_day("taobao", "2026-01-05")) == [other, smaller]
    await store.keep_consignments([replace(PARCEL, members=())])
    assert list(await store.consignments_of_day("taobao", "2026-01-05")) == [other]


async def test_what_stands_under_a_number_is_found_by_it_at_that_target_only(store: Store) -> None:
    await store.keep_consignments([PARCEL, PART])
    assert await store.consignment_at(PARCEL.place) == PARCEL
    assert await store.consignment_at(PART.place) == PART
    for place in (("finance", "taobao", "s1", "A"), ("wms", "taobao", "s2", "A"), ("wms", "taobao", "s1", "B")):
        assert await store.consignment_at(place) is None


async def test_what_targets_have_under_a_number_is_told_with_its_lines_and_the_parts_that_it_is_made_of(store: Store) -> None:
    other = replace(PARCEL, connection="other_wms")
    await store.keep_consignments([PARCEL, PART, OF_PARTS, other])
    assert list(await store.consignments_under("taobao", "s1", "A")) == [other, PARCEL]
    assert list(await store.consignments_under("taobao", "s1", "D-1")) == [OF_PARTS]
    assert not await store.consignments_under("taobao", "s2", "A")
    assert list(await store.consignments_of_order("taobao", "s1", "D")) == [OF_PARTS]


async def _outcome(write: object) -> object:
    try:
        return await write  # type: ignore[misc]
    except Exception as error:  # noqa: BLE001 - it is what is looked at
        return error
