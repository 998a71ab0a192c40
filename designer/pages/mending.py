"""The page on which a person mends what parked: the fields of the item and the parameters of its node, and what changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from designer.api.mending import ATTEMPTS, start_many
from designer.pages.environment import href
from designer.pages.flow_titles import flow_titles, node_title
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.mend_form import MOST_ROWS, TYPES, NewRow, Row, beside, new_rows, patch_of, rows_of, unlisted
from engine.app import Orderloom
from engine.catalogue import explain
from engine.errors import InputInvalid, Problem
from engine.mending import ITEM, PARAMETERS, Mend, Parked, check_mend, mend_incident, parked_at
from engine.node.paths import get as value_at
from engine.node.paths import is_path
from engine.run.shown_changes import Change, Leaf, leaves_of
from engine.store.ports import IncidentFilter

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fields:
    """What the form is made of: the fields that there are, and the paths that the node reads and does not find."""

    leaves: Mapping[str, Sequence[Leaf]]
    missing: Mapping[str, Sequence[str]]


@get("/incidents/{incident_id:int}/mending", opt={"permission": "incident.mend"})
async def show_form(request: PageRequest, incident_id: FromPath[int]) -> Response[str]:
    """The form, with what people may not see masked."""
    parked = await parked_at(loom(request), incident_id)
    return await _shown(request, parked, _fields(parked), {})


@post("/incidents/{incident_id:int}/mending", opt={"permission": "incident.mend"}, status_code=303)
async def take_form(request: PageRequest, incident_id: FromPath[int]) -> Response[Any]:
    """``act``: ``check`` shows what would change, ``mend`` does it, ``all`` does it to every open incident of the node with this code."""
    engine = loom(request)
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    parked = await parked_at(engine, incident_id)
    fields = _fields(parked)
    if form.get("mark") != parked.mark:
        return await _shown(request, parked, fields, {}, [Problem("mending.changed")], status=409)
    try:
        mend = _mend(fields, form)
        changes = await check_mend(engine, parked, mend)
        if form.get("act") not in ("mend", "all"):
            return await _shown(request, parked, fields, form, changes=changes)
        back = await _done(engine, parked, mend, form, request.state.actor)
    except InputInvalid as error:
        return await _shown(request, parked, fields, form, error.problems, status=422)
    return Redirect(path=back, status_code=303)


async def _done(engine: Orderloom, parked: Parked, mend: Mend, form: Form, actor: str) -> str:
    """The address to go to."""
    incident = parked.incident
    if form["act"] == "mend":
        await mend_incident(engine, incident.id, mend, actor)
        return f"/runs/{incident.run_id}"
    await start_many(engine, IncidentFilter(flow=incident.flow, step=incident.step, code=incident.code), mend, _rate(form), actor)
    return href("/incidents", flow=incident.flow, step=incident.step)


def _fields(parked: Parked) -> Fields:
    leaves = {ITEM: list(leaves_of(parked.item, parked.classes)), PARAMETERS: list(leaves_of(parked.params, None))}
    reads = [
        path for path in parked.step.type.reads if is_path(path) and not path.startswith("params.") and "[]" not in path and path != "*"
    ]
    return Fields(leaves, {ITEM: [path for path in reads if value_at(parked.item, path, None) is None], PARAMETERS: []})


def _mend(fields: Fields, form: Form) -> Mend:
    """Raises ``InputInvalid`` for texts that cannot be read."""
    faults: list[Problem] = []
    item, parameters = (patch_of(part, fields.leaves[part], fields.missing[part], form, faults) for part in (ITEM, PARAMETERS))
    if faults:
        raise InputInvalid(faults)
    attempt: Any = form.get("attempt")
    return Mend(item, parameters, attempt if attempt in ATTEMPTS else None)


def _rate(form: Form) -> float:
    try:
        return min(max(float(form.get("per_second", "5")), 0.1), 1000.0)
    except ValueError:
        return 5.0


async def _shown(
    request: PageRequest, parked: Parked, fields: Fields, form: Form, problems: Sequence[Problem] = (), *,
    changes: Sequence[Change] = (), status: int = 200,
) -> Response[str]:  # fmt: skip
    engine, language, incident = loom(request), reader_for(request).language, parked.incident
    by_input, rest = _placed(fields, problems, language)
    run = await engine.store.run(incident.run_id)
    others = (await engine.store.incident_counts()).get((incident.flow, incident.step), 0)
    parts = {part: _rows(fields, part, form, by_input) for part in (ITEM, PARAMETERS)}
    return page(
        request, "mending.html", status=status,
        parked=parked, incident=incident, parts=parts, types=TYPES, most=MOST_ROWS, problems=rest, faults=by_input, changes=changes,
        form=form, order_key=run.order_key, held=await held(engine.store, [run.order_key]),
        flow_title=(await flow_titles(engine, [incident.flow], language))[incident.flow], title=_title(parked, language), others=others,
    )  # fmt: skip


def _rows(fields: Fields, part: str, form: Form, faults: Mapping[str, Sequence[str]]) -> tuple[Sequence[Row], Sequence[NewRow], int]:
    leaves = fields.leaves[part]
    return rows_of(part, leaves, form, faults), new_rows(part, fields.missing[part], form, faults), unlisted(leaves)


def _placed(fields: Fields, problems: Sequence[Problem], language: str) -> tuple[dict[str, list[str]], list[Problem]]:
    """Sentences by the input that they belong beside, and the problems of the whole."""
    names = {**beside(PARAMETERS, fields.leaves[PARAMETERS], problems), **beside(ITEM, fields.leaves[ITEM], problems)}
    names.update({n: "attempt" for n, one in enumerate(problems) if one.where == ("attempt",)})
    by_input: dict[str, list[str]] = {}
    for position, name in names.items():
        shown = explain(problems[position], language)
        by_input.setdefault(name, []).append(f"{shown['what']} {shown['do']}".strip())
    return by_input, [one for n, one in enumerate(problems) if n not in names]


def _title(parked: Parked, language: str) -> str:
    return node_title(parked.plan.flow.nodes[parked.step.slug].title, parked.step.slug, parked.step.type, language)
