"""Parcels into SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from engine.store.connection import Connection
from engine.store.parcel_records import NewParcel, Parcel, Track, TrackCounts, Tracking, known_of, with_tracks
from engine.store.rows import insert, select
from engine.store.times import from_micros, to_micros

_COLUMNS: Final = (
    "id, shown, carrier, channel, shop_id, channel_order_id, region, shipped_at, promised_at, state, state_at, place, "
    "arrived_at, order_over"
)
_ALL: Final = f"{_COLUMNS}, moved_at, open"
_KNOWN: Final = f"SELECT {_COLUMNS} FROM parcel WHERE id IN"  # noqa: S608 - our own words
_KEEP: Final = f"INSERT INTO parcel ({_ALL}) VALUES"
_ONE: Final = f"({','.join('?' * 16)})"
_CHANGED: Final = "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in _ALL.split(", ")[2:])
_TRACK: Final = "INSERT INTO parcel_track (parcel_id, at, state, place) VALUES"
_TRACKS: Final = "SELECT parcel_id, at, state, place FROM parcel_track WHERE parcel_id IN"
_CORRECTED: Final = (
    "DELETE FROM parcel WHERE channel = ? AND shop_id = ? AND channel_order_id = ? AND id <> ? AND state = 'booked' AND state_at IS NULL "
    "AND id NOT IN (SELECT parcel_id FROM shipment WHERE channel = ? AND shop_id = ? AND channel_order_id = ?)"
)
_OVER: Final = "UPDATE parcel SET order_over = ?, open = ? WHERE channel = ? AND shop_id = ? AND channel_order_id = ? AND open"


def put_tracking(connection: Connection, told: Sequence[Tracking]) -> TrackCounts:
    rows = [(one.parcel.id, to_micros(track.at), track.state, track.place) for one in told for track in dict.fromkeys(one.tracks)]
    rows = list(dict.fromkeys(rows))
    new = insert(connection, _TRACK, "(?,?,?,?)", rows, "ON CONFLICT DO NOTHING")
    _keep(connection, [one.parcel for one in told])
    return TrackCounts(new, len(rows) - new)


def put_parcels(connection: Connection, said: Sequence[NewParcel]) -> None:
    """What orders say. A number that was corrected before a courier or a warehouse told of it is forgotten; the end of an order ends its
    parcels.
    """
    if not said:
        return
    connection.executemany(_CORRECTED, [(*one.order, one.id, *one.order) for one in said])
    _keep(connection, said)
    over = [(True, False, *one.order) for one in said if one.order_over]
    if over:
        connection.executemany(_OVER, over)


def _keep(connection: Connection, said: Iterable[NewParcel]) -> None:
    said = list(said)
    ids = [(number,) for number in dict.fromkeys(one.id for one in said)]
    parcels = {one.id: one for one in map(parcel_of, select(connection, _KNOWN, "(?)", ids))}
    tracks: dict[str, list[Track]] = {}
    for number, at, state, place in select(connection, _TRACKS, "(?)", ids):
        tracks.setdefault(number, []).append(Track(from_micros(at), state, place))
    for one in said:
        parcels[one.id] = known_of(parcels.get(one.id), one)
    kept = [with_tracks(parcels[number], tracks.get(number, ())) for (number,) in ids]
    insert(connection, _KEEP, _ONE, [_row(one) for one in kept], _CHANGED)


def parcel_of(row: Any) -> Parcel:
    """From a row in the order of ``_COLUMNS``."""
    number, shown, carrier, channel, shop, order, region, shipped, promised, state, state_at, place, arrived, over = row
    return Parcel(
        number, shown, carrier, (channel, shop, order), region, _time(shipped), _time(promised), state, _time(state_at), place,
        _time(arrived), bool(over),
    )  # fmt: skip


def _row(one: Parcel) -> tuple[Any, ...]:
    times: Mapping[str, datetime | None] = {
        "shipped": one.shipped_at, "promised": one.promised_at, "state": one.state_at, "arrived": one.arrived_at, "moved": one.moved_at,
    }  # fmt: skip
    at = {name: None if moment is None else to_micros(moment) for name, moment in times.items()}
    return (
        one.id, one.shown, one.carrier, *one.order, one.region, at["shipped"], at["promised"], one.state, at["state"], one.place,
        at["arrived"], one.order_over, at["moved"], one.open,
    )  # fmt: skip


def _time(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
