"""What a reconciliation found is sent once more, one order or all: under the same keys, or by resuming what is parked.

What the hub lacks, and no run ever brought, is fetched from its channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from engine.errors import NotFound, OrderloomError, Problem
from engine.fetching import Fetched, fetch_again
from engine.hub.difference import Via
from engine.hub.reconcile import Name
from engine.json_text import read_kept
from engine.resend_order import Round, Wanted, resend_order

if TYPE_CHECKING:
    from engine.app import Orderloom

TO_SEND: Final = ("missing", "different")
RECEIVERS: Final = ("hub", "wms", "finance")
_UNKNOWN: Final = {name: getattr(Via(), name) for name in Via.__struct_fields__}
"""Of rows that were kept before parcels and parts were told."""


class ToSend(NamedTuple):
    """``part`` of ``parts``: that one alone; 0: the order, with the parcel that holds it or with all its parts."""

    name: Name
    system: str
    part: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class SentAgain:
    """``failed`` comes with the ``problem``."""

    name: Name
    system: str
    how: Literal["sent", "refused", "resumed", "fetched", "failed"]
    run_id: int | None = None
    problem: Problem | None = None
    part: int = 0


async def kept_result(app: Orderloom, day: str, channel: str) -> dict[str, Any]:
    """The newest comparison of a day. Raises ``NotFound`` (``reconcile.not_made``)."""
    found = await app.store.reconciliation(day, channel)
    if found is None:
        raise NotFound(Problem("reconcile.not_made", (day, channel)))
    result = read_kept(found.body)
    before: dict[str, Any] = {"source": "arrived", "parcels": {}, "parts": {}, "held": 0, "held_rows": [], "not_compared": 0}
    before["not_compared_rows"] = []
    return {**before, **result, "rows": [{**_UNKNOWN, **row} for row in result["rows"]]}


def to_send(result: dict[str, Any]) -> list[ToSend]:
    """Orders, or parts of them, with the systems that lack them or hold them differently, each once."""
    rows = [row for row in result["rows"] if row["kind"] in TO_SEND and row["system"] in RECEIVERS]
    return list(dict.fromkeys(row_to_send(row) for row in rows))


def row_to_send(row: dict[str, Any]) -> ToSend:
    parts = row["parts"] if row["part"] else 0
    return ToSend((row["channel"], row["shop_id"], row["channel_order_id"]), row["system"], row["part"], parts)


async def send_again(
    app: Orderloom, day: str, channel: str, actor: str, only: tuple[str, str] | None = None, part: int | None = None
) -> list[SentAgain]:
    """``only``: shop and number of one order; ``part``: of this one only that part. One after the other; what cannot be sent says why
    and stops nothing; a parcel is sent once for all its orders.

    Raises ``NotFound`` (``reconcile.not_made``, ``reconcile.no_difference`` for an order or part that has none).
    """
    found = to_send(await kept_result(app, day, channel))
    wanted = [one for one in found if only is None or (one.name[1:] == only and part in (None, one.part))]
    if only is not None and not wanted:
        raise NotFound(Problem("reconcile.no_difference", (day, channel, only[1])))
    done = Round()
    sent = [await _send(app, one, actor, done) for one in wanted]
    return await _with_fetched(app, day, channel, actor, sent)


async def _with_fetched(app: Orderloom, day: str, channel: str, actor: str, sent: Sequence[SentAgain]) -> list[SentAgain]:
    """What the hub lacks and no run here can bring. The channel is asked for its list once, whatever their number."""
    if not app.reconciler.channels.shops(channel):
        return list(sent)
    wanted = {one.name for one in sent if one.system == "hub" and _is_undelivered(one)}
    fetched = await fetch_again(app, channel, day, wanted, actor) if wanted else {}
    return [_as_fetched(one, fetched[one.name]) if one.name in fetched and _is_undelivered(one) else one for one in sent]


def _is_undelivered(one: SentAgain) -> bool:
    return one.problem is not None and one.problem.code == "resend.no_delivery"


def _as_fetched(one: SentAgain, fetched: Fetched) -> SentAgain:
    """What is fetched goes on to the targets by its flow."""
    return SentAgain(one.name, one.system, "failed" if fetched.problem else "fetched", fetched.run_id, fetched.problem, one.part)


async def _send(app: Orderloom, one: ToSend, actor: str, done: Round) -> SentAgain:
    connections = {known for known, kind in app.book.types().items() if kind == one.system}
    try:
        sent = await resend_order(app, Wanted(one.name, connections, one.part, one.parts), actor, done)
    except OrderloomError as error:
        return SentAgain(one.name, one.system, "failed", problem=error.problems[0], part=one.part)
    worst = next((each for each in sent if each.how == "refused"), sent[0])
    return SentAgain(one.name, one.system, worst.how, worst.run_id, part=one.part)
