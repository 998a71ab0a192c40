"""Alarms: what is wrong and was, whether somebody looks after it, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, cast

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.pages.alarm_rules import rule_titles
from designer.pages.filters import Given
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.preferences import local
from designer.pages.words import ALARM_LISTS
from engine.store.ports import FLOWS, AlarmFilter, AlarmMessage
from engine.watch.message import problem_of
from engine.watch.naming import about, rule_title

PATH: Final = "/alarms"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A form: the page that it was on."""

    back: str = PATH


@get(PATH, opt={"permission": "alarm.read"})
async def list_alarms(
    request: PageRequest, show: FromQuery[str] = "open", rule: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> Response[str]:
    """``show``: those that are not over, those that are, or all. The other filter: the rule."""
    engine, language = loom(request), reader_for(request).language
    titles = rule_titles(engine, language)
    wanted = known(show, ALARM_LISTS) or "open"
    filters = {"show": wanted, "rule": chosen(rule)}
    state = None if wanted == "all" else cast("Literal['open', 'over']", wanted)
    found = await engine.store.alarms(AlarmFilter(state, filters["rule"]), limit=PER_PAGE, cursor=cursor)
    told: dict[int, list[AlarmMessage]] = {one.id: [] for one in found.items}
    for message in await engine.store.messages_of(list(told)):
        if message.receiver != FLOWS:
            told[message.alarm_id].append(message)
    return page(
        request, "alarms/list.html", found=found, shown=wanted, told=told, problem_of=problem_of, about=about,
        titles=titles | {one.rule: rule_title(one.rule, None, language) for one in found.items if one.rule not in titles},
        given=Given(PATH, filters, plain={"show": wanted}), links=links(PATH, found, cursor, filters), renew=cursor is None,
    )  # fmt: skip


@post("/alarms/{alarm_id:int}/acknowledgement", opt={"permission": "alarm.write"}, status_code=303)
async def acknowledge_alarm(
    request: PageRequest, alarm_id: FromPath[int], data: Annotated[Acknowledgement, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Somebody looks after it. 409 where somebody was quicker, or it is over."""
    await loom(request).watch.acknowledge(alarm_id, request.state.actor)
    return Redirect(path=local(data.back), status_code=303)


routes = (list_alarms, acknowledge_alarm)
