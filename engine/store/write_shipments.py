"""Waybills into SQL: each of an order once, for the event that told of it first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engine.privacy.cipher import DataKey, open_sealed, place, seal
from engine.store.connection import Connection
from engine.store.database import Database
from engine.store.line_ids import lines_of, lines_text
from engine.store.parcel_records import Identity, Tracking
from engine.store.problems import not_found
from engine.store.rows import insert
from engine.store.shipment_records import NewShipment, Outbound, Shipment
from engine.store.write_parcels import put_tracking

_OF_ORDER: Final = "channel = ? AND shop_id = ? AND channel_order_id = ?"
_KNOWN: Final = (
    "SELECT parcel_id, part, parts, lines, carrier, position, event_id, number FROM shipment "  # noqa: S608 - our own words
    f"WHERE {_OF_ORDER} ORDER BY position"
)
_TAKE: Final = (
    "INSERT INTO shipment (channel, shop_id, channel_order_id, parcel_id, part, parts, lines, carrier, position, event_id, number) VALUES"
)
_TAKE_OVER: Final = (
    f"UPDATE shipment SET event_id = ?, number = ? WHERE {_OF_ORDER} AND parcel_id = ? "  # noqa: S608
    "AND event_id IN (SELECT id FROM run WHERE state IN ('cancelled', 'failed'))"
)
_KEY: Final = "SELECT key_id FROM event WHERE id = ?"


def take(connection: Connection, database: Database, taken: Sequence[NewShipment], event_id: int) -> list[list[Shipment]]:
    key = _key_of(connection, database, event_id)
    if key is None:
        raise not_found("event.erased")
    put_tracking(connection, [Tracking(one.parcel, ()) for one in taken])
    return [_take(connection, database, one, event_id, key) for one in taken]


def _take(connection: Connection, database: Database, new: NewShipment, event_id: int, key: DataKey) -> list[Shipment]:
    outbound, number = new.outbound, seal(key, new.number.encode(), _place(new.parcel.id))
    connection.execute(_TAKE_OVER, (event_id, number, *outbound.order, new.parcel.id))
    known = _known(connection, database, outbound.order)
    mine = next((one for one in known if one.parcel_id == new.parcel.id), None)
    if mine is None:
        position = max((one.position for one in known), default=0) + 1
        held = (outbound.part, outbound.parts, lines_text(outbound.lines), new.parcel.carrier, position, event_id, number)
        insert(connection, _TAKE, "(?,?,?,?,?,?,?,?,?,?,?)", [(*outbound.order, new.parcel.id, *held)])
        mine = Shipment(outbound, new.parcel.id, new.parcel.carrier, position, event_id, new.number)
    return [*(one for one in known if one.position < mine.position), mine]


def _known(connection: Connection, database: Database, order: Identity) -> list[Shipment]:
    rows = connection.execute(_KNOWN, order).fetchall()
    return [
        Shipment(
            Outbound(order, part, parts, lines_of(lines)), parcel, carrier, position, event,
            _opened(_key_of(connection, database, event), number, parcel),
        )
        for parcel, part, parts, lines, carrier, position, event, number in rows
    ]  # fmt: skip


def _key_of(connection: Connection, database: Database, event_id: int) -> DataKey | None:
    found: Any = connection.execute(_KEY, (event_id,)).fetchone()
    return None if found is None else database.ring.get(found[0])


def _opened(key: DataKey | None, number: bytes, parcel_id: str) -> str | None:
    return None if key is None else open_sealed(key, bytes(number), _place(parcel_id)).decode()


def _place(parcel_id: str) -> str:
    return place("shipment", "number", parcel_id)
