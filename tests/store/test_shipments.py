"""What every store promises about waybills: each of an order kept once, whose event tells of it, and erased with that event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import NotFound
from engine.store.parcel_records import NewParcel
from engine.store.ports import Store, StoreOptions
from engine.store.shipment_records import NewShipment, Outbound, Shipment

from .conftest import NOW, code, ended, event, fact, numbered, order

ORDER, SECOND = ("taobao", "s1", "1001"), ("taobao", "s1", "1002")
FIRST_NUMBER, SECOND_NUMBER = "YT0000000000013", "YT0000000000014"
WHOLE = Outbound(ORDER)


def waybill(parcel: str = "ab12", number: str = FIRST_NUMBER, outbound: Outbound = WHOLE) -> NewShipment:
    return NewShipment(outbound, NewParcel(parcel, "YT****", "yto", ORDER, "浙江", NOW), number)


async def run(store: Store, number: int = 1) -> int:
    return (await store.journal.put_event(numbered(number))).id


async def taken(store: Store, event_id: int, **given: Any) -> list[Shipment]:
    (found,) = await store.take_shipments([waybill(**given)], event_id)
    return list(found)


async def test_a_waybill_belongs_to_the_event_that_told_of_it_first(store: Store) -> None:
    first, second = await run(store), await run(store, 2)
    mine = Shipment(WHOLE, "ab12", "yto", 1, first, FIRST_NUMBER)
    assert await taken(store, first) == [mine]
    assert await taken(store, first) == [mine], "asked again it says the same"
    assert await taken(store, second) == [mine]


async def test_the_parcels_of_an_order_are_listed_with_the_events_that_tell_of_them(store: Store) -> None:
    first, second = await run(store), await run(store, 2)
    await taken(store, first, parcel="cd34")
    await taken(store, second, parcel="ab12", number=SECOND_NUMBER)
    assert list(await store.waybills_of(*ORDER)) == [("cd34", first), ("ab12", second)]
    assert not await store.waybills_of(*SECOND)


async def test_waybills_of_an_order_stand_in_the_order_of_their_coming_and_each_sees_those_before_it(store: Store) -> None:
    event_id = await run(store)
    parts = [Outbound(ORDER, number, 2, (str(number),)) for number in (1, 2)]
    one = await taken(store, event_id, outbound=parts[0])
    both = await taken(store, event_id, parcel="cd34", number=SECOND_NUMBER, outbound=parts[1])
    assert [(shipment.position, shipment.number, shipment.outbound) for shipment in both] == [
        (1, FIRST_NUMBER, parts[0]),
        (2, SECOND_NUMBER, parts[1]),
    ]
    assert await taken(store, event_id, outbound=parts[0]) == one, "as when it came, whatever came after it"


@pytest.mark.parametrize(("state", "is_left"), [("cancelled", True), ("failed", True), ("done", False)])
async def test_what_a_run_that_came_to_nothing_should_have_told_is_left_to_the_next_message(
    store: Store, state: str, is_left: bool
) -> None:
    first, second = await run(store), await run(store, 2)
    await taken(store, first)
    await store.journal.end_run(first, ended(state))
    (found,) = await taken(store, second)
    assert found.event_id == (second if is_left else first)
    assert found.position == 1


async def test_a_merged_parcel_is_that_of_each_of_its_orders(store: Store) -> None:
    event_id = await run(store)
    await store.take_shipments([waybill(), waybill(outbound=Outbound(SECOND))], event_id)
    for identity in (ORDER, SECOND):
        (parcel,) = await store.parcels_of(*identity)
        assert (parcel.id, parcel.order, parcel.carrier, parcel.shipped_at) == ("ab12", ORDER, "yto", NOW)


async def test_a_parcel_that_a_warehouse_told_of_stays_when_the_channel_names_another_one(store: Store) -> None:
    event_id = await run(store)
    await taken(store, event_id)
    await taken(store, event_id, parcel="cd34", number=SECOND_NUMBER, outbound=Outbound(ORDER, 2, 2))
    said = NewParcel("ab12", "YT****", "yto", ORDER, "浙江", NOW)
    await store.journal.put_order(order(parcel=said, status="shipped"), fact(event_id))
    assert [one.id for one in await store.parcels_of(*ORDER)] == ["ab12", "cd34"]


async def test_erasing_the_message_erases_its_number_and_leaves_the_rest(store: Store) -> None:
    first, second = await run(store), await run(store, 2)
    await taken(store, first, outbound=Outbound(ORDER, 1, 2))
    await store.journal.end_run(first, ended())
    await store.erase_event(first, "owner")
    (only,) = await taken(store, second, parcel="cd34", number=SECOND_NUMBER, outbound=Outbound(ORDER, 2, 2))
    assert only.number == SECOND_NUMBER
    with pytest.raises(NotFound) as caught:
        await taken(store, first)
    assert code(caught) == "event.erased"


async def test_erasing_the_order_erases_what_is_known_of_its_waybills(store: Store) -> None:
    brought, told = (await store.journal.put_event(event())).id, await run(store, 2)
    await store.journal.put_order(order(), fact(brought))
    await taken(store, told)
    await store.journal.end_run(brought, ended())
    await store.erase_event(brought, "owner")
    assert list(await store.parcels_of(*ORDER)) == []
    (again,) = await taken(store, await run(store, 3))
    assert again.position == 1


def files(folder: str | Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(Path(folder).glob("*.db*"))]


async def test_a_number_stands_in_no_file_in_clear(sql: Store, options: StoreOptions) -> None:
    await taken(sql, await run(sql))
    kept = files(options.data)
    assert kept
    assert not any(FIRST_NUMBER.encode() in one for one in kept)
