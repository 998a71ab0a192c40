"""Recordings of traffic: what comes in and goes out, kept with pseudonyms, to try another version on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from designer.api.given import LARGEST_ID, Actor, Cursor, Language, Limit, Loom, number
from designer.api.replays import ReplayShown, replay_shown
from designer.api.shapes import Listed, listed, utc, utc_or_none
from engine.replay.recorder import LONGEST, MOST, MOST_DAYS
from engine.store.ports import Page, Traffic, TrafficOrder

UNKNOWN = "recording.unknown"


@dataclass(frozen=True, slots=True)
class NewRecording:
    """Of a ``flow`` (of one ``trigger``, where it is named), or of all flows that use a ``connection``.

    It ends by itself after ``orders`` or ``minutes``, and is deleted ``keep_days`` later.
    """

    flow: str = ""
    trigger: str = ""
    connection: str = ""
    orders: Annotated[int, Meta(ge=1, le=MOST)] = 200
    minutes: Annotated[int, Meta(ge=1, le=LONGEST)] = 60
    keep_days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 30


@dataclass(frozen=True, slots=True)
class RecordingShown:
    """``state``: ``recording`` or ``ended``; ``left_out``: how many orders could not be taken, by the code of the reason."""

    id: str
    flow: str
    trigger: str
    connection: str
    state: str
    orders: int
    taken: int
    left_out: Mapping[str, int]
    began_at: str
    until: str
    ended_at: str | None
    keep_until: str
    actor: str


@dataclass(frozen=True, slots=True)
class RecordedOrderShown:
    """``calls``: how many it made; ``reason``: why it was left out."""

    order: str
    run: str
    flow: str
    trigger: str
    version: int
    received_at: str
    calls: int
    reason: str | None


@post("/recordings", opt={"permission": "recording.write"})
async def begin_recording(data: JSONBody[NewRecording], orderloom: Loom, actor: Actor) -> RecordingShown:
    """Begin. Names, numbers and addresses are replaced by others of the same form before anything is kept."""
    limits = {"most": data.orders, "minutes": data.minutes, "days": data.keep_days}
    return shown(await orderloom.recorder.begin(data.flow, actor, trigger=data.trigger, connection=data.connection, **limits))


@get("/recordings", opt={"permission": "recording.read"})
async def list_recordings(orderloom: Loom, limit: Limit = 50, cursor: Cursor = None) -> Listed[RecordingShown]:
    """Newest first."""
    return listed(await orderloom.store.traffics(limit=limit, cursor=cursor), shown)


@get("/recordings/{recording_id:str}", opt={"permission": "recording.read"})
async def one_recording(recording_id: FromPath[str], orderloom: Loom) -> RecordingShown:
    return shown(await orderloom.store.traffic(number(recording_id, UNKNOWN)))


@get("/recordings/{recording_id:str}/orders", opt={"permission": "recording.read"})
async def recorded_orders(
    recording_id: FromPath[str],
    orderloom: Loom,
    limit: Limit = 50,
    cursor: Annotated[str | None, QueryParameter(description="`next` of the page before.")] = None,
) -> Listed[RecordedOrderShown]:
    """In the order in which they came; those that were left out, too, with the reason."""
    traffic = await orderloom.store.traffic(number(recording_id, UNKNOWN))
    after = number(cursor, UNKNOWN) if cursor is not None else 0
    found = await orderloom.store.traffic_orders(traffic.id, after=min(after, LARGEST_ID), limit=limit + 1)
    page = Page(found[:limit], str(found[limit - 1].event_id) if len(found) > limit else None)
    return listed(page, _order)


@get("/recordings/{recording_id:str}/trials", opt={"permission": "recording.read"})
async def list_trials(recording_id: FromPath[str], orderloom: Loom, language: Language) -> Listed[ReplayShown]:
    """What was tried on it, newest first; the report of each is that of the replay of its flow."""
    traffic = await orderloom.store.traffic(number(recording_id, UNKNOWN))
    return Listed([replay_shown(one, language) for one in await orderloom.replays.on(traffic.id)])


@post("/recordings/{recording_id:str}/ending", opt={"permission": "recording.write"}, status_code=200)
async def end_recording(recording_id: FromPath[str], orderloom: Loom, actor: Actor) -> RecordingShown:
    """Take what has come until now, and end. 409 where it has ended."""
    return shown(await orderloom.recorder.end(number(recording_id, UNKNOWN), actor))


@delete("/recordings/{recording_id:str}", opt={"permission": "recording.write"})
async def delete_recording(recording_id: FromPath[str], orderloom: Loom, actor: Actor) -> None:
    await orderloom.recorder.delete(number(recording_id, UNKNOWN), actor)


def shown(one: Traffic) -> RecordingShown:
    return RecordingShown(
        id=str(one.id),
        flow=one.flow,
        trigger=one.trigger,
        connection=one.connection,
        state="ended" if one.ended_at else "recording",
        orders=one.most,
        taken=one.taken,
        left_out=dict(one.left_out),
        began_at=utc(one.began_at),
        until=utc(one.until),
        ended_at=utc_or_none(one.ended_at),
        keep_until=utc(one.keep_until),
        actor=one.actor,
    )


def _order(one: TrafficOrder) -> RecordedOrderShown:
    return RecordedOrderShown(
        one.order_key, str(one.event_id), one.flow, one.trigger, one.version, utc(one.received_at), one.calls, one.reason or None
    )


routes = [begin_recording, list_recordings, one_recording, recorded_orders, list_trials, end_recording, delete_recording]
