"""One call as a person may see it: request and answer are recomputed from the run that made it, and masked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import OrderloomError, Problem
from engine.inspection import ShownRequest, steps_of
from engine.resend import may_be_sent_again
from engine.run.curl import as_curl
from engine.store.call_records import CallMade
from engine.store.ports import EventFilter

if TYPE_CHECKING:
    from engine.app import Orderloom

MOST_RUNS = 500


@dataclass(frozen=True, slots=True)
class CallView:
    """``asked`` is ``None`` for what no run asked, and where ``problem`` says why it cannot be told any more;
    ``again``: whether it may be sent once more.
    """

    call: CallMade
    asked: ShownRequest | None = None
    curl: str | None = None
    problem: Problem | None = None
    again: bool = False


async def view_of(app: Orderloom, call_id: int) -> CallView:
    """Raises ``NotFound`` (``call_log.unknown``)."""
    call = await app.store.call_log.call(call_id)
    if call.run_id is None or call.effect is None:
        return CallView(call)
    try:
        steps = await steps_of(app, call.run_id)
    except OrderloomError as error:
        return CallView(call, problem=error.problems[0])
    found = next(((step, one) for step in steps for one in step.requests if one.id == call.effect), None)
    if found is None:
        return CallView(call, problem=Problem("resend.not_asked", (str(call.run_id),)))
    step, asked = found
    kind = app.registry.find(step.use)
    again = asked.request["method"] != "MAIL" and kind is not None and may_be_sent_again(kind)
    return CallView(
        call, asked, None if asked.request["method"] == "MAIL" else as_curl(asked.request, _address(app, call.place)), again=again
    )


async def runs_of(app: Orderloom, order: str) -> list[int]:
    """Of an order number or ordering key, the newest first."""
    page = await app.store.events(EventFilter(order=order), limit=MOST_RUNS)
    return [event.id for event in page.items]


def _address(app: Orderloom, connection: str) -> str:
    """As the page of the connection shows it, without its query, which may hold a key."""
    try:
        shown = app.book.get(connection).public_view().get("url")
    except OrderloomError:
        shown = None
    return shown.partition("?")[0] if isinstance(shown, str) else f"${connection.upper()}_URL"
