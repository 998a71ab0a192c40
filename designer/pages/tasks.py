"""What people are asked by flows: the list, one question with its form, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from litestar import get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from designer.pages.filters import Given
from designer.pages.flow_titles import flow_titles, node_title
from designer.pages.forms import FormField, beside, fields_of, filled, read_form
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.words import WAIT_STATES
from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.store.ports import Wait, WaitFilter, WaitState
from engine.tasks import Task, answer, task_of

DECISION = "decision"


@get("/tasks", opt={"permission": "task.read"})
async def list_tasks(
    request: PageRequest, show: FromQuery[str] = "open", flow: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None
) -> Response[str]:
    """``show``: one of the states, or ``all``; the other filter: the flow."""
    engine = loom(request)
    wanted = None if show == "all" else known(show, WAIT_STATES) or "open"
    filters = {"show": wanted or "all", "flow": chosen(flow)}
    state = cast("WaitState | None", wanted)
    found = await engine.store.waits(WaitFilter(state, "task", filters["flow"]), limit=PER_PAGE, cursor=cursor)
    runs = await asyncio.gather(*(engine.store.run(wait.run_id) for wait in found.items))
    order_keys = {run.id: run.order_key for run in runs}
    flows = await engine.store.flow_names()
    return page(
        request, "tasks/list.html",
        found=found, shown=filters["show"], given=Given("/tasks", filters, plain={"show": filters["show"]}),
        links=links("/tasks", found, cursor, filters), flows=flows,
        titles=await flow_titles(engine, [*(wait.flow for wait in found.items), *flows], reader_for(request).language),
        order_keys=order_keys, held=await held(engine.store, order_keys.values()), questions=await _questions(request, found.items),
    )  # fmt: skip


@get("/tasks/{task_id:int}", opt={"permission": "task.read"})
async def show_task(request: PageRequest, task_id: FromPath[int]) -> Response[str]:
    """The question, with the item as it reached the node."""
    return await _shown(request, await task_of(loom(request), task_id), {}, ())


@post("/tasks/{task_id:int}/answer", opt={"permission": "task.answer"}, status_code=303)
async def answer_task(request: PageRequest, task_id: FromPath[int]) -> Response[Any]:
    """Back to the list once it is answered; the form again, with every fault beside its field, where it cannot be."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    task = await task_of(loom(request), task_id)
    document = read_form(_fields(task.schema), form)
    try:
        await answer(loom(request), task_id, document, request.state.actor)
    except InputInvalid as error:
        return await _shown(request, task, document, error.problems, status=422)
    return Redirect(path="/tasks", status_code=303)


async def _shown(
    request: PageRequest, task: Task, document: Mapping[str, Any], problems: Sequence[Problem], *, status: int = 200
) -> Response[str]:
    fields = _fields(task.schema)
    by_field, rest = beside([_by_title(one, fields) for one in problems], [one.name for one in fields], reader_for(request).language)
    decisions = next((one for one in fields if one.name == DECISION and one.kind == "choice"), None)
    form = filled([one for one in fields if one is not decisions], document, by_field, frozenset())
    key = task.event.order_key
    return page(
        request, "tasks/one.html", status=status,
        task=task, form=form, decisions=decisions, faults=by_field, problems=rest, held=await held(loom(request).store, [key]),
        title=(await _questions(request, [task.wait]))[task.wait.id],
        flow_title=(await flow_titles(loom(request), [task.wait.flow], reader_for(request).language))[task.wait.flow],
    )  # fmt: skip


def _fields(schema: Mapping[str, Any]) -> list[FormField]:
    return fields_of(schema)


def _by_title(problem: Problem, fields: Sequence[FormField]) -> Problem:
    """A field is called here as the form calls it."""
    title = next((one.title for one in fields if one.name == problem.fields.get("name")), None)
    return replace(problem, fields={**problem.fields, "name": title}) if title else problem


async def _questions(request: PageRequest, waits: Sequence[Wait]) -> dict[int, str]:
    """What the asking nodes are called, in the reader's language: their titles, else their types; the slug where neither can be read."""
    engine, language = loom(request), reader_for(request).language
    found: dict[int, str] = {}
    for wait in waits:
        try:
            run = await engine.store.run(wait.run_id)
            node = (await engine.flows.plan_at(wait.flow, run.version)).flow.nodes[wait.step]
        except (OrderloomError, NotFound):
            found[wait.id] = wait.step.replace("_", " ")
            continue
        found[wait.id] = node_title(node.title, wait.step, engine.registry.find(node.use), language)
    return found
