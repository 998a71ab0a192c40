"""The forms of what channels send: each operation with its state, a change with the flows that it touches, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.pages.environment import href
from designer.pages.filters import Given
from designer.pages.flow_titles import Place, flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.preferences import local
from designer.pages.words import FORM_CHANGE_STATES
from engine.errors import OrderloomError, Problem
from engine.form_decisions import HOWS, Decision, accept_change, let_go
from engine.form_mending import mend_parked
from engine.store.ports import ChangeFilter, FormChange
from engine.watch.contract.records import body_of
from engine.watch.contract.view import fields_of, old_name_of, state_of

PATH: Final = "/contracts"
READ: Final = {"permission": "contract.read"}
WRITE: Final = {"permission": "contract.write"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A form: what a person decides, as ``POST /api/form-changes/{id}/acceptance``; ``mend``: and parked orders go on at once."""

    how: str = "as_it_is"
    source: str = ""
    target: str = ""
    word: str = ""
    note: str = ""
    mend: bool = False
    per_second: float = 5.0


@dataclass(frozen=True, slots=True)
class Continued:
    """A form: the page that it was on."""

    back: str = PATH


@dataclass(frozen=True, slots=True)
class Mended:
    per_second: float = 5.0


@get(PATH, opt=READ)
async def list_contracts(
    request: PageRequest, show: FromQuery[str] = "open", operation: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> Response[str]:
    """All operations, and the changes of one state."""
    engine = loom(request)
    wanted = known(show, FORM_CHANGE_STATES) or "open"
    filters = {"show": wanted, "operation": chosen(operation)}
    state: Any = None if wanted == "all" else wanted
    found = await engine.store.form_changes(ChangeFilter(state, filters["operation"]), limit=PER_PAGE, cursor=cursor)
    operations = [engine.contracts.operation(name) for name in sorted(engine.contracts.forms)]
    return page(
        request, "contracts/list.html", found=found, shown=wanted, operations=operations, state_of=state_of, body_of=body_of,
        old_of=lambda one: old_name_of(engine.contracts.operation(one.operation), one.path),
        **await _titles(request, found.items),
        given=Given(PATH, filters, plain={"show": wanted}), links=links(PATH, found, cursor, filters), renew=cursor is None,
    )  # fmt: skip


@get(f"{PATH}/{{operation:str}}", opt=READ)
async def show_contract(request: PageRequest, operation: FromPath[str]) -> Response[str]:
    """One operation: its fields as declared and as seen, and the versions of its form."""
    engine = loom(request)
    found = engine.contracts.operation(operation)
    versions = (await engine.store.form_versions()).get(operation, ())
    return page(
        request, "contracts/one.html", operation=found, state=state_of(found), rows=fields_of(found), versions=list(reversed(versions))
    )


@post(f"{PATH}/{{operation:str}}/continuation", opt=WRITE, status_code=303)
async def continue_sending(
    request: PageRequest, operation: FromPath[str], data: Annotated[Continued, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """What was held back is sent."""
    await let_go(loom(request), operation, request.state.actor)
    return Redirect(path=local(data.back), status_code=303)


@get(f"{PATH}/changes/{{change_id:int}}", opt=READ)
async def show_change(request: PageRequest, change_id: FromPath[int]) -> Response[str]:
    return await _shown(request, change_id)


@post(f"{PATH}/changes/{{change_id:int}}/acceptance", opt=WRITE, status_code=303)
async def accept(
    request: PageRequest, change_id: FromPath[int], data: Annotated[Accepted, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """Takes the change, and mends what is parked if that is wished; the page again with every fault."""
    engine, actor = loom(request), request.state.actor
    how: Any = known(data.how, dict.fromkeys(HOWS, "")) or "as_it_is"
    decision = Decision(how, data.source.strip(), data.target.strip(), data.word, data.note.strip())
    try:
        await accept_change(engine, change_id, decision, actor)
        if data.mend and how != "as_it_is":
            await mend_parked(engine, change_id, _rate(data.per_second), actor)
    except OrderloomError as error:
        return await _shown(request, change_id, error.problems, decision, status=422)
    return Redirect(path=href(f"{PATH}/changes/{change_id}"), status_code=303)


@post(f"{PATH}/changes/{{change_id:int}}/mendings", opt=WRITE, status_code=303)
async def mend(
    request: PageRequest, change_id: FromPath[int], data: Annotated[Mended, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Sends parked orders on through the mapping. 409 while another decision about many is under way."""
    await mend_parked(loom(request), change_id, _rate(data.per_second), request.state.actor)
    return Redirect(path=f"{PATH}/changes/{change_id}", status_code=303)


async def _shown(
    request: PageRequest, change_id: int, problems: tuple[Problem, ...] = (), given: Decision | None = None, *, status: int = 200
) -> Response[str]:
    engine = loom(request)
    change = await engine.store.form_change(change_id)
    operation = engine.contracts.operation(change.operation)
    counts = await engine.store.incident_counts()
    body = body_of(change)
    places = {(touch.flow, touch.node) for touch in body.touched}
    return page(
        request, "contracts/change.html", status=status,
        change=change, body=body, old=old_name_of(operation, change.path),
        operation=operation, rows=fields_of(operation, change.path), problems=problems, given=given,
        **await _titles(request, [change]),
        parked=sum(count for place, count in counts.items() if place in places), bulk=engine.bulk.last,
        declared=sorted(operation.form.fields), mapped=engine.contracts.terms(change.operation) is not None,
        fresh=[one.finding.path for one in list(operation.changes.values()) if one.finding.kind == "new"],
    )  # fmt: skip


async def _titles(request: PageRequest, changes: Sequence[FormChange]) -> dict[str, Any]:
    """``titles`` of the flows that changes touch, and ``nodes`` of theirs."""
    engine, language = loom(request), reader_for(request).language
    places: list[Place] = [(touch.flow, touch.node) for change in changes for touch in body_of(change).touched]
    titles = await flow_titles(engine, [flow for flow, _ in places], language)
    return {"titles": titles, "nodes": await node_titles(engine, places, language)}


def _rate(given: float) -> float:
    return min(max(given, 0.1), 1000.0)


routes = (list_contracts, show_change, accept, mend, show_contract, continue_sending)
