"""Reconciliation: a day's orders of a channel in all systems; what is not the same is sent again, one or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE
from designer.pages.words import CHANNELS
from engine.app import now
from engine.errors import OrderloomError, Problem
from engine.sending_again import SentAgain, kept_result, row_to_send, send_again, to_send


@dataclass(frozen=True, slots=True)
class AskedDay:
    """The form: ``source`` is empty for the channel's own list, or what arrived."""

    day: str = ""
    channel: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AskedSending:
    """The form: without a ``number`` every order with a difference is meant; ``part``: 0 for what concerns the order as a whole."""

    shop: str = ""
    number: str = ""
    part: int = 0


@get("/reconciliation", opt={"permission": "order.read"})
async def list_reconciliations(request: PageRequest) -> Response[str]:
    """The form, with yesterday filled in, and what was compared before."""
    yesterday = (now() - timedelta(days=1)).date().isoformat()
    return await _listed(request, AskedDay(yesterday), ())


@post("/reconciliation", opt={"permission": "order.reconcile"}, status_code=303)
async def reconcile(
    request: PageRequest, data: Annotated[AskedDay, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """Compares now and shows what was found; the form again where the day is none."""
    channel = data.channel.strip()
    try:
        await loom(request).reconciler.reconcile(data.day.strip(), channel, data.source or None)
    except OrderloomError as error:
        return await _listed(request, data, error.problems, status=422)
    return Redirect(path=_address(data.day.strip(), channel), status_code=303)


@get("/reconciliation/{day:str}/{channel:str}", opt={"permission": "order.read"})
async def show_reconciliation(request: PageRequest, day: FromPath[str], channel: FromPath[str]) -> Response[str]:
    return await _shown(request, day, channel, ())


@post("/reconciliation/{day:str}/{channel:str}/sendings", opt={"permission": "run.write"}, status_code=200)
async def send(
    request: PageRequest,
    day: FromPath[str],
    channel: FromPath[str],
    data: Annotated[AskedSending, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """The page again, with how each order went. What came of it the next comparison shows."""
    only = (data.shop, data.number) if data.number else None
    sent = await send_again(loom(request), day, channel, request.state.actor, only, data.part if only else None)
    return await _shown(request, day, channel, sent)


async def _listed(request: PageRequest, asked: AskedDay, problems: Sequence[Problem], *, status: int = 200) -> Response[str]:
    engine = loom(request)
    sources = sorted(name for name, kind in engine.book.types().items() if kind == "http")
    return page(
        request, "reconciliation/list.html", status=status,
        asked=asked, problems=problems, sources=sources, found=await engine.store.reconciliations(PER_PAGE),
        channels=sorted({*CHANNELS, *await engine.store.order_counts()}),
    )  # fmt: skip


async def _shown(request: PageRequest, day: str, channel: str, sent: Sequence[SentAgain]) -> Response[str]:
    result = await kept_result(loom(request), day, channel)
    return page(
        request, "reconciliation/one.html",
        result=result, sent=sent, sent_counts=counts_of(sent), can_send=set(to_send(result)), row_to_send=row_to_send,
        failed={system: Problem(code, (system,), {"name": system}) for system, code in result["failed"].items()},
        action=_address(day, channel) + "/sendings",
    )  # fmt: skip


def counts_of(sent: Sequence[SentAgain]) -> dict[str, tuple[int, int]]:
    """How many orders went in which way, each once however many systems and parts it went to, and to how many systems they did."""
    found: dict[str, tuple[set[Any], set[str]]] = {}
    for one in sent:
        orders, systems = found.setdefault(one.how, (set(), set()))
        orders.add(one.name)
        systems.add(one.system)
    return {how: (len(orders), len(systems)) for how, (orders, systems) in found.items()}


def _address(day: str, channel: str) -> str:
    return f"/reconciliation/{quote(day, safe='')}/{quote(channel, safe='')}"


routes = (list_reconciliations, reconcile, show_reconciliation, send)
