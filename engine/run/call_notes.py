"""What is noted of one attempt of an effect: how it went, nothing of what was said, unless it failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from engine.connection.failures import CallFailed
from engine.connection.masked_answer import masked_answer
from engine.connection.noting import STOPPED, Asked, Note, noting
from engine.errors import OrderloomError
from engine.node.context import HttpAnswer, HttpCall
from engine.run.effects import EffectRequest
from engine.run.outside import Outside
from engine.run.plan import Step
from engine.store.call_records import CallNote
from engine.store.ports import Event

AttemptEnd: TypeAlias = "tuple[Any, str] | OrderloomError | None"
"""The result and the verdict on it, what was raised, or nothing where the service was stopped meanwhile."""


def noted_attempt(
    event: Event, step: Step, request: EffectRequest, entry: Mapping[str, Any], at: datetime, took: float, ended: AttemptEnd
) -> CallNote:
    """``took``: milliseconds."""
    content = request.content
    status, code, failed, excerpt = _how(ended)
    path = content.get("path", "") if step.path is None else step.path
    return (
        at, "out", request.connection, content.get("method", "MAIL"), path, status, code,
        took, failed, event.id, event.flow, step.slug, entry["id"], entry.get("attempts", 1), None, excerpt,
    )  # fmt: skip


def was_made(request: EffectRequest, ended: AttemptEnd) -> bool:
    """A call that a gate turned away for a while was not made; what the hub is asked is none."""
    return request.kind not in ("reconcile", "rules", "desk") and not (isinstance(ended, CallFailed) and ended.after is not None)


def request_of(call: HttpCall) -> dict[str, Any]:
    """The content of a call that no run makes."""
    content: dict[str, Any] = {"method": call.method, "path": call.path, "query": call.query, "headers": call.headers}
    return content | {name: value for name, value in (("json", call.json), ("text", call.text)) if value is not None}


async def ask(
    outside: Outside, note: Note, now: Callable[[], datetime], connection: str, content: Mapping[str, Any], key: str,
    *, seconds: float, flow: str | None = None, step: str | None = None,
) -> HttpAnswer:  # fmt: skip
    """A call that no run makes: a source that is asked, a list that is fetched. Raises what the outside raises."""
    with noting(note, now, Asked(connection, content["method"], content["path"], flow, step)) as answered:
        answer = await outside.http(connection, content, key, seconds)
        answered.status, answered.body = answer.status, answer.body
    return answer


def _how(ended: AttemptEnd) -> tuple[int | None, str | None, bool, Any]:
    if isinstance(ended, tuple):
        result, verdict = ended
        status, failed = result.get("status"), verdict != "done"
        return status, None, failed, masked_answer(result) if failed else None
    return None, STOPPED if ended is None else ended.problems[0].code, True, None
