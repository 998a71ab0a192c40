"""Cleansing rules, the SKU matching table, and orders that wait for a match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.given import Actor, Cursor, Language, Limit, Loom, TakesJson, number
from designer.api.shapes import Listed, listed, utc
from designer.rules_trial import Tried, read_order, try_rules
from engine.hub.cleansing import Accepted
from engine.hub.sku_files import FORMATS, LARGEST, Format, read_file, write_file
from engine.json_text import read_json
from engine.order.rules import Candidate
from engine.rematching import Matched, Stage, TakenBack, match_of, matched_by, take_back
from engine.store.ports import MatchFilter, RulesVersion, SkuMatch

READ = {"permission": "rules.read"}
WRITE = {"permission": "rules.write"}
UNKNOWN = "sku_match.unknown"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"csv": "text/csv; charset=utf-8", "csv_gbk": "text/csv; charset=gb18030", "xlsx": _SHEET}


@dataclass(frozen=True, slots=True)
class RulesShown:
    """``edited``: the version in which the rules were changed last: send it along when you change them."""

    edited: int
    shops: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class VersionShown:
    """``part``: ``rules``, or ``skus`` (the matching table), of which ``changed`` counts the rows."""

    version: int
    part: str
    at: str
    actor: str
    note: str
    changed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NewRules:
    """``edited``: the version that you have seen."""

    edited: int
    shops: list[dict[str, Any]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class MatchShown:
    """``quantity``: so many of ours are one of the platform's; ``since``, ``until``: the versions between which it holds."""

    id: str
    channel: str
    shop_id: str
    platform_sku: str
    title: str
    spec: str
    sku_code: str
    quantity: int
    since: int
    until: int | None
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class NewMatches:
    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    note: str = ""


@dataclass(frozen=True, slots=True)
class CandidateShown:
    """``score``: how alike, 0 to 1."""

    sku_code: str
    score: float
    title: str
    spec: str


@dataclass(frozen=True, slots=True)
class WaitingShown:
    """A line that no SKU is known for, how many orders wait for it, and what it may be."""

    channel: str
    shop_id: str
    platform_sku: str
    title: str
    spec: str
    orders: int
    since: str
    candidates: Sequence[CandidateShown]


@get("/cleansing-rules", opt=READ)
async def show_rules(orderloom: Loom) -> RulesShown:
    """The rules by shop, as they hold now."""
    edited, rules = await orderloom.cleansing.rules()
    return RulesShown(edited, rules.document()["shops"])


@put("/cleansing-rules", opt=WRITE)
async def save_rules(data: JSONBody[NewRules], orderloom: Loom, actor: Actor) -> Accepted:
    """Keep the rules as a whole, as a new version. 409 where somebody was quicker, 422 with all problems."""
    return await orderloom.cleansing.save({"shops": data.shops}, expected=data.edited, note=data.note, actor=actor)


@get("/cleansing-rules/versions", opt=READ)
async def list_versions(orderloom: Loom, limit: Limit = 50, cursor: Cursor = None) -> Listed[VersionShown]:
    """Every change of the rules and of the matching table, newest first."""
    return listed(await orderloom.cleansing.versions(cursor, limit), _version)


@post("/cleansing-rules/trials", opt=READ, operation_class=TakesJson, status_code=HTTP_200_OK)
async def try_an_order(body: RawBody, orderloom: Loom) -> Tried:
    """What the rules would change in a canonical order. Nothing is kept; values are masked."""
    return await try_rules(orderloom, read_order(body))


@get("/sku-matches", opt=READ)
async def list_matches(
    orderloom: Loom, q: FromQuery[str | None] = None, channel: FromQuery[str | None] = None, limit: Limit = 50, cursor: Cursor = None
) -> Listed[MatchShown]:
    """Rows of the matching table that hold, newest first; ``q``: a part of a code, title or specification."""
    return listed(await orderloom.store.sku_matches(MatchFilter(channel, q), limit=limit, cursor=cursor), _match)


@post("/sku-matches", opt=WRITE, status_code=HTTP_200_OK)
async def put_matches(data: JSONBody[NewMatches], orderloom: Loom, actor: Actor) -> Accepted:
    """Rows ``{channel, shop_id, platform_sku, title, spec, sku_code, quantity}``; each takes the place of one with the same name.

    Orders that waited only for them go on. 422 with all problems.
    """
    return await orderloom.cleansing.put(data.rows, note=data.note, actor=actor)


@delete("/sku-matches/{match_id:str}", opt=WRITE)
async def end_match(match_id: FromPath[str], orderloom: Loom, actor: Actor) -> None:
    """The row holds no longer. What was matched by it stays."""
    await orderloom.cleansing.end(number(match_id, UNKNOWN), actor=actor)


@dataclass(frozen=True, slots=True)
class MatchedShown:
    """``stage``: ``here`` (it can be read anew), ``left`` (goods of it have gone out) or ``unread`` (it cannot be read anew any more)."""

    channel: str
    shop_id: str
    channel_order_id: str
    display_no: str
    status: str
    stage: Stage


@get("/sku-matches/{match_id:str}/orders", opt=READ)
async def list_matched(match_id: FromPath[str], orderloom: Loom, limit: Limit = 50) -> Listed[MatchedShown]:
    """Orders whose newest state has goods by the row, newest first, also where it holds no longer."""
    match = await match_of(orderloom, number(match_id, UNKNOWN))
    shown: list[MatchedShown] = []
    async for one in matched_by(orderloom, match):
        shown.append(_matched(one))
        if len(shown) == limit:
            break
    return Listed(shown)


@post("/sku-matches/{match_id:str}/withdrawal", opt=WRITE, status_code=HTTP_200_OK)
async def take_back_match(match_id: FromPath[str], orderloom: Loom, actor: Actor) -> TakenBack:
    """The row was wrong: it ends, and orders that were matched by it and have not left are read anew, to be held or matched rightly.

    ``left``: those for a person, see the list of its orders. May be repeated.
    """
    return await take_back(orderloom, number(match_id, UNKNOWN), actor=actor)


@get("/sku-matches/waiting", opt=READ)
async def list_waiting(orderloom: Loom, limit: Limit = 50) -> Listed[WaitingShown]:
    """Lines that no SKU is known for, those that most orders wait for first."""
    waiting = (await orderloom.cleansing.waiting())[:limit]
    found = await orderloom.cleansing.suggestions([one.line for one in waiting])
    return Listed(
        [
            WaitingShown(
                one.channel, one.shop_id, one.line.sku, one.line.title, one.line.spec, one.orders, utc(one.since), _shown(candidates)
            )
            for one, candidates in zip(waiting, found, strict=True)
        ]
    )


@post("/sku-matches/file", opt=WRITE, status_code=HTTP_200_OK, request_max_body_size=LARGEST)
async def import_matches(
    body: RawBody, name: Annotated[str, QueryParameter(max_length=200, description="The file's name, which tells its form.")],
    orderloom: Loom, actor: Actor,
) -> Accepted:  # fmt: skip
    """Rows of a CSV file (UTF-8 or GBK) or of the first sheet of an Excel workbook. 422 with all problems; then nothing is kept."""
    return await orderloom.cleansing.put_rows(read_file(name, body), note=name, actor=actor)


@get("/sku-matches/file", opt=READ)
async def export_matches(
    orderloom: Loom, language: Language, form: Annotated[Format, QueryParameter(name="format")] = "csv"
) -> Response[bytes]:
    """The table as a file, which may be imported again."""
    rows = [one.row for one in await orderloom.cleansing.all_rows()]
    return file_of(write_file(rows[::-1], form, language), form)


def file_of(content: bytes, form: Format) -> Response[bytes]:
    suffix = "xlsx" if form == "xlsx" else "csv"
    headers = {"Content-Disposition": f'attachment; filename="sku-matches.{suffix}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA[form], headers=headers)


def _version(one: RulesVersion) -> VersionShown:
    return VersionShown(one.version, one.part, utc(one.at), one.actor, one.note, changed(one))


def changed(one: RulesVersion) -> Mapping[str, int]:
    """How many rows of the table a version put or ended."""
    return read_json(one.body) if one.part == "skus" else {}


def _match(one: SkuMatch) -> MatchShown:
    row = one.row
    return MatchShown(
        str(one.id), row.channel, row.shop_id, row.sku, row.title, row.spec, row.sku_code, row.each, one.since, one.until, one.actor,
        utc(one.at),
    )  # fmt: skip


def _matched(one: Matched) -> MatchedShown:
    order = one.order
    return MatchedShown(order.channel, order.shop_id, order.channel_order_id, order.display_no, order.status, one.stage)


def _shown(candidates: Sequence[Candidate]) -> list[CandidateShown]:
    return [CandidateShown(*one) for one in candidates]


__all__ = ["FORMATS", "changed", "file_of", "routes"]
routes = [
    show_rules, save_rules, list_versions, try_an_order, list_matches, put_matches, end_match, list_matched,
    take_back_match, list_waiting, import_matches, export_matches,
]  # fmt: skip
