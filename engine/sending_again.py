"""What a reconciliation found is sent once more, one order or all: under the same keys, or by resuming what is parked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.errors import NotFound, OrderloomError, Problem
from engine.hub.reconcile import Name
from engine.json_text import read_json
from engine.resend import resend_order

if TYPE_CHECKING:
    from engine.app import Orderloom

TO_SEND: Final = ("missing", "different")
RECEIVERS: Final = ("hub", "wms", "finance")


@dataclass(frozen=True, slots=True)
class SentAgain:
    """``failed`` comes with the ``problem``."""

    name: Name
    system: str
    how: Literal["sent", "refused", "resumed", "failed"]
    run_id: int | None = None
    problem: Problem | None = None


async def kept_result(app: Orderloom, day: str, channel: str) -> dict[str, Any]:
    """The newest comparison of a day. Raises ``NotFound`` (``reconcile.not_made``)."""
    found = await app.store.reconciliation(day, channel)
    if found is None:
        raise NotFound(Problem("reconcile.not_made", (day, channel)))
    return read_json(found.body)


def to_send(result: dict[str, Any]) -> list[tuple[Name, str]]:
    """Orders with the systems that lack them or hold them differently, each once."""
    rows = [row for row in result["rows"] if row["kind"] in TO_SEND and row["system"] in RECEIVERS]
    return list(dict.fromkeys(((row["channel"], row["shop_id"], row["channel_order_id"]), row["system"]) for row in rows))


async def send_again(app: Orderloom, day: str, channel: str, actor: str, only: tuple[str, str] | None = None) -> list[SentAgain]:
    """``only``: shop and number of one order. One after the other; what cannot be sent says why and stops nothing.

    Raises ``NotFound`` (``reconcile.not_made``, ``reconcile.no_difference`` for an order that has none).
    """
    wanted = [one for one in to_send(await kept_result(app, day, channel)) if only is None or one[0][1:] == only]
    if only is not None and not wanted:
        raise NotFound(Problem("reconcile.no_difference", (day, channel, only[1])))
    return [await _send(app, name, system, actor) for name, system in wanted]


async def _send(app: Orderloom, name: Name, system: str, actor: str) -> SentAgain:
    connections = {known for known, kind in app.book.types().items() if kind == system}
    try:
        done = await resend_order(app, name, connections, actor)
    except OrderloomError as error:
        return SentAgain(name, system, "failed", problem=error.problems[0])
    return SentAgain(name, system, done.how, done.run_id)
