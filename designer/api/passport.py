"""The passport of an order: its newest state, every version that came, its runs, what they did, and what held it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import get
from litestar.params import FromPath, FromQuery

from designer.api.given import Cursor, Language, Limit, Loom, number
from designer.api.holds import HoldShown, hold_shown
from designer.api.orders import OrderShown, order_shown
from designer.api.parcels import ParcelWithTracks, parcels_of_order
from designer.api.shapes import Listed, RunShown, listed, raw, run_shown, utc
from designer.api.timeline import timeline_of
from designer.pages.words import HOLD_REASONS
from engine.app import Orderloom
from engine.catalogue import text
from engine.errors import NotFound
from engine.inspection import masked_body
from engine.node.keys import order_key
from engine.store.ports import Hold, HoldFilter, HubOrder, OrderLine, OrderVersion, Run

NEWEST: Final = 50
"""Versions, and runs, that a passport shows; older versions are to be had in pages."""
HELD: Final = "The order is held: {reasons}"


@dataclass(frozen=True, slots=True)
class VersionOfOrder:
    """``order`` is the canonical order, masked; null once it was erased, and for one that came again without a change."""

    id: str
    version: str
    outcome: str
    status: str
    currency: str
    amount_paid: str
    hold_reasons: tuple[str, ...]
    event: str
    at: str
    order: Any


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the order, in a run of it. ``tone``: ``ok``, ``run``, ``warn``, ``err`` or empty."""

    at: str
    kind: str
    run: str
    flow: str
    step: str | None
    actor: str | None
    what: str
    tone: str


@dataclass(frozen=True, slots=True)
class Passport:
    """``timeline`` is oldest first, everything else newest first."""

    order: OrderShown
    lines: Sequence[OrderLine]
    versions: Sequence[VersionOfOrder]
    holds: Sequence[HoldShown]
    runs: Sequence[RunShown]
    timeline: Sequence[Moment]
    parcels: Sequence[ParcelWithTracks]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the store knows of one order. ``key`` is its ordering key; ``more``: older versions are left out."""

    order: HubOrder
    key: str
    lines: Sequence[OrderLine]
    versions: Sequence[OrderVersion]
    more: bool
    holds: Sequence[Hold]
    runs: Sequence[Run]


@get("/orders/passport", opt={"permission": "order.read"})
async def show_passport(
    orderloom: Loom, language: Language, channel: FromQuery[str], number: FromQuery[str], shop: FromQuery[str] = ""
) -> Passport:
    """Everything about one order; ``number`` is the channel's own order id."""
    found = await gathered(orderloom, channel, shop, number)
    return Passport(
        order=order_shown(found.order),
        lines=found.lines,
        versions=[version_shown(one) for one in found.versions],
        holds=[hold_shown(one) for one in found.holds],
        runs=[run_shown(one) for one in found.runs],
        timeline=await moments(orderloom, found, language),
        parcels=await parcels_of_order(orderloom, channel, shop, number),
    )


@get("/orders/versions", opt={"permission": "order.read"})
async def list_versions(
    orderloom: Loom, channel: FromQuery[str], number: FromQuery[str], shop: FromQuery[str] = "", limit: Limit = 50, cursor: Cursor = None
) -> Listed[VersionOfOrder]:
    """Every version of an order that came, the one that came last first."""
    return listed(await orderloom.store.order_versions(channel, shop, number, limit=limit, cursor=cursor), version_shown)


@get("/orders/versions/{version_id:str}", opt={"permission": "order.read"})
async def show_version(version_id: FromPath[str], orderloom: Loom) -> VersionOfOrder:
    """One version, masked."""
    return version_shown(await orderloom.store.order_version(number(version_id, "order.unknown_version")))


async def gathered(orderloom: Orderloom, channel: str, shop: str, number: str) -> Gathered:
    """Raises ``NotFound`` (``order.unknown``)."""
    store, identity = orderloom.store, (channel, shop, number)
    order = await store.order(*identity)
    versions = await store.order_versions(*identity, limit=NEWEST)
    holds = await store.holds(HoldFilter(None, order=identity), limit=NEWEST)
    try:
        key = (await store.event(order.event_id)).order_key
    except NotFound:  # it is older than runs are kept
        key = order_key(*identity)
    events = {one.id for one in await store.events_of_order(key)} | {one.event_id for one in versions.items}
    runs = [run for event in sorted(events, reverse=True)[:NEWEST] if (run := await _run(orderloom, event))]
    lines = await store.order_lines(*identity)
    return Gathered(order, key, lines, versions.items, versions.next is not None, holds.items, runs)


async def moments(orderloom: Orderloom, found: Gathered, language: str) -> list[Moment]:
    """What the runs of an order did, and what held it, oldest first."""
    made = [
        Moment(one.at, one.kind, str(run.id), run.flow, one.step, one.actor, one.what, one.tone)
        for run in found.runs
        for one in await timeline_of(orderloom, run.id, language)
    ]
    made += [_held(hold, language) for hold in found.holds]
    return sorted(made, key=lambda one: (one.at, one.run))


def version_shown(one: OrderVersion) -> VersionOfOrder:
    return VersionOfOrder(
        id=str(one.id),
        version=one.version,
        outcome=one.outcome,
        status=one.status,
        currency=one.currency,
        amount_paid=one.amount_paid,
        hold_reasons=one.hold_reasons,
        event=str(one.event_id),
        at=utc(one.at),
        order=raw(masked_body(one.body)) if one.body else None,
    )


def _held(hold: Hold, language: str) -> Moment:
    reasons = ", ".join(text(HOLD_REASONS.get(one, one), language) for one in hold.order.reasons)
    return Moment(utc(hold.at), "held", str(hold.run_id), hold.flow, hold.step, None, text(HELD, language, reasons=reasons), "warn")


async def _run(orderloom: Orderloom, run_id: int) -> Run | None:
    try:
        return await orderloom.store.run(run_id)
    except NotFound:
        return None


routes = [show_passport, list_versions, show_version]
