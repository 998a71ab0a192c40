"""What people are asked by flows: the question and its form, computed again from the run, and the answer, checked and journaled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.answer_faults import faults_of
from engine.errors import FlowInvalid, InputInvalid, NotFound, Problem
from engine.inspection import asked_at
from engine.node.items import Item
from engine.store.ports import Event, Wait

if TYPE_CHECKING:
    from engine.app import Orderloom


@dataclass(frozen=True, slots=True)
class Task:
    """``title`` and ``text`` are masked by the node that asks, ``item`` by the classes of its fields; ``schema`` is that of the form."""

    wait: Wait
    event: Event
    title: str
    text: str
    schema: Mapping[str, Any]
    item: Item


async def task_of(app: Orderloom, wait_id: int) -> Task:
    """Raises ``NotFound`` (``wait.unknown``; ``event.erased``) or ``FlowInvalid`` where the run cannot be computed any more."""
    wait = await app.store.wait(wait_id)
    if wait.kind != "task":
        raise NotFound(Problem("wait.unknown"))
    found = await asked_at(app, wait.run_id, wait.effect)
    if found is None:
        raise FlowInvalid(Problem("run.diverged", (wait.flow, wait.step), {"effect": wait.effect}))
    request, item = found
    content = request.content
    event = await app.store.event(wait.run_id)
    return Task(wait, event, content.get("title", ""), content.get("text", ""), content.get("schema", {}), item)


async def answer(app: Orderloom, wait_id: int, body: Mapping[str, Any], actor: str) -> Task:
    """Raises ``InputInvalid`` with every fault of the answer, and ``Conflict`` (``wait.closed``) where somebody was quicker."""
    task = await task_of(app, wait_id)
    faults = faults_of(task.schema, body)
    if faults:
        raise InputInvalid(faults)
    await app.waits.end(task.wait, "answer", actor, dict(body))
    await app.store.audit(actor, "task.answer", f"run:{task.wait.run_id}", {"step": task.wait.step})
    return task
