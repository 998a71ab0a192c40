"""Sends a call of a past run once more, under its key (rule R2): only what was answered, and only where the node promises that it may.

What has an open incident is resumed instead, so that its run goes on. Nothing is journaled: the run got its answer long ago.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.node.types import NodeType
from engine.recompute import Recomputed, recompute
from engine.run.call_notes import AttemptEnd, noted_attempt
from engine.run.effects import EffectRequest, request_digest
from engine.run.plan import Step
from engine.store.ports import Event, IncidentFilter

if TYPE_CHECKING:
    from engine.app import Orderloom

How = Literal["sent", "refused", "resumed"]
MESSAGES: Final = "notify"
"""Nodes of this family tell people, who would be told twice."""


@dataclass(frozen=True, slots=True)
class Resent:
    """``sent``: the system took it; ``refused``: it did not; ``resumed``: an incident was open, and its item goes on from there."""

    how: How
    run_id: int
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a run asked for at a step and item. ``id``: its idempotency key."""

    step: Step
    key: str
    id: str
    request: EffectRequest


async def resend_call(app: Orderloom, run_id: int, effect: str, actor: str) -> Resent:
    """Raises ``NotFound`` (``run.unknown``, ``event.erased``, ``resend.not_asked``), ``Conflict`` (``resend.not_answered``,
    ``resend.not_again``, ``run.diverged``) or ``CallFailed``."""
    found = await recompute(app.store, app.flows, run_id)
    call = next((one for one in calls_of(found) if one.id == effect), None)
    if call is None:
        raise NotFound(Problem("resend.not_asked", (str(run_id),)))
    if await resume_run(app, run_id, actor, {(call.step.slug, call.key)}):
        return Resent("resumed", run_id)
    require_again(found, call, run_id)
    return await send_call(app, await app.store.event(run_id), call, actor)


def may_be_sent_again(node: NodeType) -> bool:
    """Whether a node promises that its calls may be repeated under their key."""
    return node.promise == "idempotent" and node.family != MESSAGES


def calls_of(found: Recomputed) -> list[Call]:
    """All that a run asked for, in its order."""
    return [Call(*one) for one in found.effects.requests]


def was_answered(found: Recomputed, call: Call) -> bool:
    return "ok" in found.recorded.results.get(call.id, {})


def require_again(found: Recomputed, call: Call, run_id: int) -> None:
    """Raises ``Conflict`` for what may not be sent again."""
    where = (str(run_id), call.step.slug)
    if not was_answered(found, call):
        raise Conflict(Problem("resend.not_answered", where))
    if call.request.kind != "http" or not may_be_sent_again(call.step.type):
        raise Conflict(Problem("resend.not_again", where))
    if found.recorded.results[call.id]["digest"] != request_digest(call.request):
        raise Conflict(Problem("run.diverged", where, {"effect": call.id}))


async def resume_run(app: Orderloom, run_id: int, actor: str, spots: Collection[tuple[str, str]] | None = None) -> bool:
    """Whether an incident of the run was open; ``spots``: at these steps and items only."""
    resumed = False
    for incident in (await app.store.incidents(IncidentFilter("open", run_id), limit=500)).items:
        if spots is None or (incident.step, incident.item_key) in spots:
            await app.resume(incident.id, "again", actor)
            resumed = True
    return resumed


async def send_call(app: Orderloom, event: Event, call: Call, actor: str) -> Resent:
    """One attempt, under its key. Raises ``CallFailed``."""
    at, began = app.world.now(), app.world.clock()
    ended: AttemptEnd = None
    try:
        answer = await app.world.outside.http(call.request.connection, call.request.content, call.id, call.step.timeout)
        verdict = call.request.judge(answer)
        ended = ({"status": answer.status, "headers": dict(answer.headers), "body": answer.body}, verdict)
    except OrderloomError as error:
        ended = error
        raise
    finally:
        took = 1000 * (app.world.clock() - began)
        app.world.note(noted_attempt(event, call.step, call.request, {"id": call.id}, at, took, ended))
    detail: dict[str, Any] = {"step": call.step.slug, "connection": call.request.connection, "status": answer.status}
    await app.store.audit(actor, "call.resend", f"run:{event.id}", detail)
    return Resent("sent" if verdict == "done" else "refused", event.id, answer.status)
