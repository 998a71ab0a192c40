"""Reconciliation: the orders of a day in all systems, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from designer.api.given import Actor, Loom
from designer.api.shapes import Listed, raw, utc
from engine.sending_again import SentAgain, kept_result, send_again


@dataclass(frozen=True, slots=True)
class ReconciliationShown:
    day: str
    channel: str
    at: str
    differences: int


@dataclass(frozen=True, slots=True)
class NewReconciliation:
    """``day``: of the orders' creation, UTC. ``source``: a connection that lists what the channel sold; without it, the channel's own list
    where a connection of it can be asked, else what arrived."""

    day: str
    channel: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class NewSending:
    """``channel_order_id`` with its shop; without it, every order with a difference at the WMS, in finance or in the hub. ``part``: of
    an order that is split, that part alone; 0: what concerns the order as a whole."""

    shop_id: str = ""
    channel_order_id: str | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class SentAgainShown:
    """``how``: ``sent``, ``refused``, ``resumed``, ``fetched`` (by the hub, from its channel) or ``failed``, then with a ``code``.
    ``part``: 0 for the order as a whole."""

    shop_id: str
    channel_order_id: str
    system: str
    how: str
    code: str | None
    run: str | None
    part: int


@get("/reconciliations", opt={"permission": "order.read"})
async def list_reconciliations(
    orderloom: Loom, limit: Annotated[int, QueryParameter(ge=1, le=500, description="How many at most.")] = 50
) -> Listed[ReconciliationShown]:
    """What was compared, the newest days first."""
    found = await orderloom.store.reconciliations(limit)
    return Listed([ReconciliationShown(one.day, one.channel, utc(one.at), one.differences) for one in found])


@post("/reconciliations", opt={"permission": "order.reconcile"}, status_code=HTTP_201_CREATED)
async def reconcile(data: JSONBody[NewReconciliation], orderloom: Loom) -> Any:
    """Compare a day's orders of a channel now. The answer: ``source`` (what its list is: ``channel``, ``connection``, ``arrived``),
    ``counts`` by system, ``parcels`` and ``parts`` among them, ``failed`` lists, ``differences`` and ``rows``, which name the
    ``parcel`` that an order is in, and which of its ``parts`` is meant; ``held`` and ``held_rows``: orders that are not at a target
    because they are held; ``not_compared`` and ``not_compared_rows``: parcels and parts whose orders are of several days and whose lines
    could not be compared."""
    return raw(await orderloom.reconciler.reconcile(data.day, data.channel, data.source))


@get("/reconciliations/{day:str}/{channel:str}", opt={"permission": "order.read"})
async def one_reconciliation(day: FromPath[str], channel: FromPath[str], orderloom: Loom) -> Any:
    """What the newest comparison of a day and channel found."""
    return raw(await kept_result(orderloom, day, channel))


@post("/reconciliations/{day:str}/{channel:str}/sendings", opt={"permission": "run.write"}, status_code=HTTP_200_OK)
async def send(
    day: FromPath[str], channel: FromPath[str], data: JSONBody[NewSending], orderloom: Loom, actor: Actor
) -> Listed[SentAgainShown]:
    """Send what is missing or different once more, one order, one part of it or all, under the same keys; a parcel once. What the hub lacks
    is fetched from its channel."""
    only = None if data.channel_order_id is None else (data.shop_id, data.channel_order_id)
    return Listed([_sent(one) for one in await send_again(orderloom, day, channel, actor, only, data.part)])


def _sent(one: SentAgain) -> SentAgainShown:
    code, run = one.problem.code if one.problem else None, None if one.run_id is None else str(one.run_id)
    return SentAgainShown(one.name[1], one.name[2], one.system, one.how, code, run, one.part)


routes = [list_reconciliations, reconcile, one_reconciliation, send]
