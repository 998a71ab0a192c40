"""Parcels: which do not move, which will be late, all that are under way; one by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.api.parcels import hours_of, one_parcel, parcel_shown, parcels_shown, percent_of
from designer.pages.filters import Given
from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, chosen, known
from designer.pages.words import PARCEL_LISTS
from engine.errors import OrderloomError, Problem


@dataclass(frozen=True, slots=True)
class Number:
    """A form: a whole waybill number, which stands in no address of a page."""

    tracking_no: str = ""


@get("/parcels", opt={"permission": "order.read"})
async def list_parcels(
    request: PageRequest, show: FromQuery[str] = "still", order: FromQuery[str | None] = None, carrier: FromQuery[str | None] = None
) -> Response[str]:
    """``show``: one of the lists; filters: a part of the order number, the courier."""
    return await _listed(request, show, order, carrier)


@post("/parcels/found", opt={"permission": "order.read"}, status_code=303)
async def find(request: PageRequest, data: Annotated[Number, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Response[str] | Redirect:
    """Leads to the parcel; 422 shows the list with what is wrong."""
    engine = loom(request)
    try:
        one = await engine.desk.parcels.find(data.tracking_no[:100])
    except OrderloomError as error:
        return await _listed(request, "still", None, None, error.problems[0], status=422)
    return Redirect(path=f"/parcels/{one.parcel.id}", status_code=303)


@get("/parcels/found", opt={"permission": "order.read"}, status_code=303)
async def find_again() -> Redirect:
    """Where a preference leads back to that was changed on a page with a problem."""
    return Redirect(path="/parcels", status_code=303)


@get("/parcels/{parcel_id:str}", opt={"permission": "order.read"})
async def show_one(request: PageRequest, parcel_id: FromPath[str]) -> Response[str]:
    """Its way."""
    found = await one_parcel(loom(request), parcel_id)
    return page(request, "parcels/one.html", found=found, one=found.parcel)


async def _listed(
    request: PageRequest, show: str, order: str | None, carrier: str | None, problem: Problem | None = None, *, status: int = 200
) -> Response[str]:
    engine, wanted = loom(request), known(show, PARCEL_LISTS) or "still"
    filters = {"show": wanted, "order": chosen(order), "carrier": chosen(carrier)}
    found = await parcels_shown(engine, wanted, None, filters["order"], filters["carrier"], PER_PAGE)
    return page(
        request, "parcels/list.html", status=status,
        parcels=[parcel_shown(engine, one) for one in found], shown=wanted, given=Given("/parcels", filters, plain={"show": wanted}),
        hours=hours_of(engine), percent=percent_of(engine), problem_found=problem, full=len(found) == PER_PAGE, most=PER_PAGE,
    )  # fmt: skip


routes = (list_parcels, find, find_again, show_one)
