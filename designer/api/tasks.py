"""What people are asked by flows, and their answers; what else runs wait for; signals from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from designer.api.given import Actor, Cursor, Limit, Loom, number
from designer.api.shapes import Listed, listed, raw, utc, utc_or_none
from engine.errors import NotFound, Problem
from engine.store.ports import Wait, WaitFilter, WaitKind
from engine.tasks import Task, answer, task_of

UNKNOWN = "wait.unknown"
State = Annotated[Literal["open", "done", "cancelled", "all"], QueryParameter(name="state")]


@dataclass(frozen=True, slots=True)
class WaitShown:
    """``kind``: ``timer``, ``signal``, ``task``, ``backoff`` (a call that is tried again later), ``child`` (the answer of a flow that was
    called), ``deadline`` or ``hold`` (the release of an order); ``due_at``: when it ends by itself.

    ``signal``: the one-time address that ends it, for those that wait for one.
    """

    id: str
    run: str
    flow: str
    step: str
    item_key: str
    kind: str
    state: str
    at: str
    due_at: str | None
    closed_at: str | None
    roles: tuple[str, ...]
    signal: str | None


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A question to a person. ``title`` and ``text`` are masked; ``form`` is the JSON Schema of the answer; ``item`` is masked."""

    id: str
    run: str
    flow: str
    step: str
    order_key: str
    state: str
    title: str
    text: str
    form: Any
    roles: tuple[str, ...]
    item: Any
    at: str
    due_at: str | None


@get("/waits", opt={"permission": "run.read"})
async def list_waits(
    orderloom: Loom,
    state_filter: State = "open",
    kind: FromQuery[WaitKind | None] = None,
    flow: FromQuery[str | None] = None,
    run: FromQuery[str | None] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[WaitShown]:
    """What runs wait for, newest first."""
    state = None if state_filter == "all" else state_filter
    run_id = None if run is None else number(run, "run.unknown")
    found = await orderloom.store.waits(WaitFilter(state, kind, flow, run_id), limit=limit, cursor=cursor)
    return listed(found, lambda wait: _wait_shown(wait, orderloom.waits.token))


@get("/tasks", opt={"permission": "task.read"})
async def list_tasks(
    orderloom: Loom, state_filter: State = "open", flow: FromQuery[str | None] = None, limit: Limit = 50, cursor: Cursor = None
) -> Listed[WaitShown]:
    """What people are asked, newest first; one of them says the question."""
    state = None if state_filter == "all" else state_filter
    found = await orderloom.store.waits(WaitFilter(state, "task", flow), limit=limit, cursor=cursor)
    return listed(found, lambda wait: _wait_shown(wait, orderloom.waits.token))


@get("/tasks/{task_id:str}", opt={"permission": "task.read"})
async def show_task(task_id: FromPath[str], orderloom: Loom) -> TaskShown:
    """The question with its form and the item that it is about."""
    return _task_shown(await task_of(orderloom, number(task_id, UNKNOWN)))


@post("/tasks/{task_id:str}/answer", opt={"permission": "task.answer"}, status_code=HTTP_200_OK)
async def answer_task(task_id: FromPath[str], data: JSONBody[dict[str, Any]], orderloom: Loom, actor: Actor) -> WaitShown:
    """Answer a question; the order goes on. 422 with every fault of the answer; 409 where somebody was quicker."""
    identity = number(task_id, UNKNOWN)
    await answer(orderloom, identity, data, actor)
    return _wait_shown(await orderloom.store.wait(identity), orderloom.waits.token)


@post("/signals/{token:str}", opt={"permission": "signal.send"}, status_code=HTTP_200_OK)
async def send_signal(token: FromPath[str], orderloom: Loom, data: JSONBody[Any | None] = None) -> Mapping[str, bool]:
    """End a wait by its one-time token, which is all the proof that is needed. The body goes to the item.

    409: it was used; 422: its node needs a body, and it waits on.
    """
    if len(token) > 100:
        raise NotFound(Problem(UNKNOWN))
    await orderloom.waits.signal(token, data)
    return {"accepted": True}


def _wait_shown(wait: Wait, token: Any) -> WaitShown:
    signal = f"/api/signals/{token(wait.effect)}" if wait.kind == "signal" and wait.state == "open" else None
    return WaitShown(
        str(wait.id), str(wait.run_id), wait.flow, wait.step, wait.item_key, wait.kind, wait.state,
        utc(wait.at), utc_or_none(wait.due_at), utc_or_none(wait.closed_at), wait.roles, signal,
    )  # fmt: skip


def _task_shown(task: Task) -> TaskShown:
    wait = task.wait
    return TaskShown(
        str(wait.id), str(wait.run_id), wait.flow, wait.step, task.event.order_key, wait.state, task.title, task.text,
        raw(task.schema), wait.roles, raw(task.item), utc(wait.at), utc_or_none(wait.due_at),
    )  # fmt: skip


routes = [list_waits, list_tasks, show_task, answer_task, send_signal]
