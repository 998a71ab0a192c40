"""Cleansing rules in the browser: SKUs to be matched, the matching table and its files, a trial, and every version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, cast

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.api.cleansing import changed, file_of
from designer.pages.environment import href
from designer.pages.filters import Given
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import PER_PAGE, chosen, links
from designer.rules_trial import Tried, read_order, try_rules
from engine.errors import InputInvalid, OrderloomError, Problem
from engine.hub.cleansing import Accepted
from engine.hub.sku_files import FORMATS, LARGEST, Format, read_file, write_file
from engine.rematching import MOST, match_of, matched_by, take_back
from engine.store.ports import HubOrder, MatchFilter

PATH: Final = "/cleansing"
TABLE: Final = f"{PATH}/table"
MOST_WAITING: Final = 50
MOST_RECENT: Final = 30
FIELDS: Final = ("channel", "shop_id", "platform_sku", "title", "spec", "sku_code", "quantity")


@dataclass(frozen=True, slots=True)
class TableFile:
    file: UploadFile | None = field(default=None)


@get(PATH, opt={"permission": "rules.read"})
async def list_waiting(
    request: PageRequest, version: FromQuery[int | None] = None, released: FromQuery[int | None] = None
) -> Response[str]:
    """``version`` and ``released``: how the last match went."""
    return await _waiting(request, version=version, released=released)


@post(f"{PATH}/matches", opt={"permission": "rules.write"}, status_code=303)
async def put_match(request: PageRequest) -> Response[Any] | Redirect:
    """One row, accepted or written; ``back``: ``table`` for the page of the table. 422 shows the page again with every problem."""
    form = await _submitted(request)
    at_table = form.get("back") == "table"
    row = {name: form.get(name, "") for name in FIELDS}
    if form.get("scope") in ("channel", "all"):
        row |= {"shop_id": ""} if form["scope"] == "channel" else {"shop_id": "", "channel": ""}
    try:
        accepted = await loom(request).cleansing.put([row], note=form.get("note", "")[:200], actor=request.state.actor)
    except InputInvalid as error:
        problems = [_unnumbered(one) for one in error.problems]
        return await (_table(request, problems=problems, row=row) if at_table else _waiting(request, problems=problems))
    return _went(TABLE if at_table else PATH, accepted)


@get(TABLE, opt={"permission": "rules.read"})
async def show_table(
    request: PageRequest,
    q: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    version: FromQuery[int | None] = None,
    released: FromQuery[int | None] = None,
) -> Response[str]:
    """Filters: a part of what a row says, and the channel."""
    return await _table(request, chosen(q), chosen(channel), cursor, version=version, released=released)


@post(f"{TABLE}/{{match_id:int}}/end", opt={"permission": "rules.write"}, status_code=303)
async def end_match(request: PageRequest, match_id: FromPath[int]) -> Redirect:
    """What was matched by the row stays as it is."""
    version = await loom(request).cleansing.end(match_id, actor=request.state.actor)
    return Redirect(path=href(TABLE, version=str(version)), status_code=303)


@get(f"{TABLE}/{{match_id:int}}", opt={"permission": "rules.read"})
async def show_match(
    request: PageRequest, match_id: FromPath[int], again: FromQuery[int | None] = None, left: FromQuery[int | None] = None
) -> Response[str]:
    """The orders that have goods by a row; ``again`` and ``left``: how taking it back went."""
    match = await match_of(loom(request), match_id)
    found: dict[str, list[HubOrder]] = {"here": [], "left": [], "unread": []}
    async for one in matched_by(loom(request), match):
        found[one.stage].append(one.order)
        if sum(map(len, found.values())) == MOST:
            break
    return page(request, "cleansing/match.html", match=match, found=found, again=again, left=left, most=MOST)


@post(f"{TABLE}/{{match_id:int}}/withdrawal", opt={"permission": "rules.write"}, status_code=303)
async def take_match_back(request: PageRequest, match_id: FromPath[int]) -> Redirect:
    """It was wrong: what has not left is held again."""
    done = await take_back(loom(request), match_id, actor=request.state.actor)
    return Redirect(path=href(f"{TABLE}/{match_id}", again=str(done.again), left=str(done.left)), status_code=303)


@post(f"{TABLE}/file", opt={"permission": "rules.write"}, status_code=303, request_max_body_size=LARGEST)
async def import_table(
    request: PageRequest, data: Annotated[TableFile, Body(media_type=RequestEncodingType.MULTI_PART)]
) -> Response[Any] | Redirect:
    """422 shows the page with every problem; then nothing of the file is kept."""
    name = (data.file.filename if data.file else "")[:200]
    try:
        rows = read_file(name, await data.file.read() if data.file else b"")
        accepted = await loom(request).cleansing.put_rows(rows, note=name, actor=request.state.actor)
    except OrderloomError as error:
        return await _table(request, problems=error.problems, of_file=True)
    return _went(TABLE, accepted)


@get(f"{TABLE}/file", opt={"permission": "rules.read"})
async def export_table(request: PageRequest, form: FromQuery[str] = "csv") -> Response[bytes]:
    """``form``: csv (UTF-8), csv_gbk or xlsx."""
    chosen_form: Format = cast("Format", form) if form in FORMATS else "csv"
    rows = [one.row for one in await loom(request).cleansing.all_rows()]
    return file_of(write_file(rows[::-1], chosen_form, reader_for(request).language), chosen_form)


@get(f"{PATH}/trial", opt={"permission": "rules.read"})
async def ask_for_order(
    request: PageRequest, channel: FromQuery[str] = "", shop: FromQuery[str] = "", number: FromQuery[str] = ""
) -> Response[str]:
    """An order of the hub is tried at once."""
    if not number:
        return await _trial(request)
    order = await loom(request).store.order(channel, shop, number)
    return await _tried(request, order.body, "")


@post(f"{PATH}/trial", opt={"permission": "rules.read"}, status_code=200)
async def try_order(request: PageRequest) -> Response[str]:
    """What was pasted is not kept, and stands in no address."""
    text = (await _submitted(request)).get("order", "")
    return await _tried(request, text.encode(), text)


@get(f"{PATH}/versions", opt={"permission": "rules.read"})
async def list_versions(request: PageRequest, cursor: FromQuery[str | None] = None) -> Response[str]:
    found = await loom(request).cleansing.versions(cursor, PER_PAGE)
    counted = {one.version: changed(one) for one in found.items}
    return page(request, "cleansing/versions.html", found=found, counted=counted, links=links(f"{PATH}/versions", found, cursor, {}))


async def _waiting(
    request: PageRequest, *, version: int | None = None, released: int | None = None, problems: Sequence[Problem] = ()
) -> Response[str]:
    cleansing = loom(request).cleansing
    waiting = await cleansing.waiting()
    shown = waiting[:MOST_WAITING]
    found = await cleansing.suggestions([one.line for one in shown])
    return page(
        request, "cleansing/waiting.html", status=422 if problems else 200,
        waiting=list(zip(shown, found, strict=True)), more=len(waiting) - len(shown), version=version, released=released, problems=problems,
    )  # fmt: skip


async def _table(
    request: PageRequest, q: str | None = None, channel: str | None = None, cursor: str | None = None, *, version: int | None = None,
    released: int | None = None, problems: Sequence[Problem] = (), of_file: bool = False, row: dict[str, str] | None = None,
) -> Response[str]:  # fmt: skip
    store = loom(request).store
    filters = {"q": q, "channel": channel}
    found = await store.sku_matches(MatchFilter(channel, q), limit=PER_PAGE, cursor=cursor)
    return page(
        request, "cleansing/table.html", status=422 if problems else 200,
        found=found, given=Given(TABLE, filters), links=links(TABLE, found, cursor, filters), channels=sorted(await store.order_counts()),
        version=version, released=released, problems=problems, of_file=of_file, row=row or {}, forms_of_files=FORMATS,
    )  # fmt: skip


async def _tried(request: PageRequest, body: bytes, text: str) -> Response[str]:
    """What was pasted is shown again only where it has to be mended."""
    try:
        return await _trial(request, tried=await try_rules(loom(request), read_order(body)))
    except OrderloomError as error:
        return await _trial(request, text=text, problems=error.problems)


async def _trial(request: PageRequest, *, text: str = "", tried: Tried | None = None, problems: Sequence[Problem] = ()) -> Response[str]:
    recent = (await loom(request).store.orders(limit=MOST_RECENT)).items
    status = 422 if problems else 200
    return page(request, "cleansing/trial.html", status=status, text=text, tried=tried, problems=problems, recent=recent)


def _went(path: str, accepted: Accepted) -> Redirect:
    return Redirect(path=href(path, version=str(accepted.version), released=str(accepted.released)), status_code=303)


def _unnumbered(one: Problem) -> Problem:
    """A single row has no number."""
    return Problem(one.code, one.where[1:], one.fields)


async def _submitted(request: PageRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


routes = (
    list_waiting, put_match, show_table, end_match, show_match, take_match_back, import_table,
    export_table, ask_for_order, try_order, list_versions,
)  # fmt: skip
