"""How long orders take to reach the systems, live."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import known
from designer.pages.words import DELAY_SPANS
from engine.watch.rules import Delayed

LIMIT: Final = 5


@get("/delays", opt={"permission": "order.read"})
async def show_delays(request: PageRequest, minutes: FromQuery[str] = "15") -> Response[str]:
    """``minutes``: the span that is looked at."""
    engine = loom(request)
    span = known(minutes, DELAY_SPANS) or "15"
    rules = [rule for rule in engine.watch.rules.rules().values() if isinstance(rule, Delayed) and rule.enabled]
    limits = {since: min((rule.seconds for rule in rules if rule.since == since), default=LIMIT) for since in ("arrival", "stamp")}
    lines = await engine.watch.delays.lines(timedelta(minutes=int(span)))
    return page(request, "delays.html", lines=lines, span=span, limits=limits)
