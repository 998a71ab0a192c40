"""Stock: SKU by SKU what lies there, what is sold, what is offered, and what is wrong; the limits of one SKU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect

from designer.api.stock import WRONG, keep_limit, needs_of, one_sku, stock_lines
from designer.pages.environment import href
from designer.pages.filters import Given
from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, chosen, known
from designer.pages.stock_line import curve_of
from designer.pages.words import STOCK_LISTS
from engine.errors import Problem

MOST_UNITS, MOST_DAYS = 1_000_000, 365


@dataclass(frozen=True, slots=True)
class LimitForm:
    """Empty numbers: as for all SKUs."""

    sku: str = ""
    at_least: str = ""
    days: str = ""


@get("/stock", opt={"permission": "order.read"})
async def list_stock(
    request: PageRequest, show: FromQuery[str] = WRONG, sku: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> Response[str]:
    """``show``: one of the lists; ``sku``: a part of the code."""
    engine, wanted = loom(request), known(show, STOCK_LISTS) or WRONG
    found = await stock_lines(engine, sku, wanted)
    later = [pair for pair in found if cursor is None or pair[0].sku_code > cursor]
    filters = {"show": wanted, "sku": chosen(sku)}
    more = href("/stock", **filters, cursor=later[PER_PAGE - 1][0].sku_code) if len(later) > PER_PAGE else None
    return page(
        request, "stock/list.html",
        rows=later[:PER_PAGE], count=len(found), shown=wanted, given=Given("/stock", filters, plain={"show": wanted}),
        links={"older": more, "newest": href("/stock", **filters) if cursor else None}, sources=await engine.store.stock_sources(),
    )  # fmt: skip


@get("/stock/one", opt={"permission": "order.read"})
async def show_sku(request: PageRequest, sku: FromQuery[str], saved: FromQuery[str] = "") -> Response[str]:
    return await _shown(request, sku, saved=bool(saved))


@post("/stock/limit", opt={"permission": "stock.write"}, status_code=303)
async def set_limit(
    request: PageRequest, data: Annotated[LimitForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """422 shows the page again with what is wrong."""
    given: dict[str, int | None] = {}
    problems: list[Problem] = []
    for name, text, least, most in (("at_least", data.at_least, 0, MOST_UNITS), ("days", data.days, 1, MOST_DAYS)):
        try:
            given[name] = _number(text, least, most)
        except ValueError:
            problems.append(Problem("stock.bad_limit", (name,), {"least": least, "most": most}))
    if problems:
        return await _shown(request, data.sku, problems, data, status=422)
    await keep_limit(loom(request), data.sku, given["at_least"], given["days"], request.state.actor)
    return Redirect(path=href("/stock/one", sku=data.sku, saved="yes"), status_code=303)


async def _shown(
    request: PageRequest, sku: str, problems: Sequence[Problem] = (), data: LimitForm | None = None, *, saved: bool = False,
    status: int = 200,
) -> Response[str]:  # fmt: skip
    engine = loom(request)
    line, findings = await one_sku(engine, sku)
    curve = curve_of(await engine.desk.stock.history(line.sku_code))
    given = data or LimitForm(line.sku_code, _text(line.at_least), _text(line.days))
    return page(
        request, "stock/one.html", status=status,
        line=line, findings=findings, form=given, problems=problems, saved=saved, needs=needs_of(engine), curve=curve,
    )  # fmt: skip


def _number(text: str, least: int, most: int) -> int | None:
    """``None`` for an empty field. Raises ``ValueError`` for what is no such number."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ValueError(text)
    return int(text)


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


routes = (list_stock, show_sku, set_limit)
