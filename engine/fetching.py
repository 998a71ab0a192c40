"""Orders that a channel lists and the hub lacks, or has otherwise: fetched once more, through the flow that fetches the shop's orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import NotFound, OrderloomError, Problem
from engine.hub.channel_lists import Found
from engine.hub.reconcile import Name
from engine.run.plan import Plan, Step

if TYPE_CHECKING:
    from engine.app import Orderloom


@dataclass(frozen=True, slots=True)
class Fetched:
    """``run_id``: of the event that was made; a ``problem`` where there is none."""

    run_id: int | None = None
    problem: Problem | None = None


async def fetch_again(app: Orderloom, channel: str, day: str, wanted: Collection[Name], actor: str) -> dict[Name, Fetched]:
    """Each of the orders in the newest version that its channel lists, as an event of the published flow that fetches them.

    What went wrong is told of each: ``fetch.no_flow``, ``fetch.not_listed``, ``fetch.came_already``, or why a shop gave no list.
    """
    found: dict[Name, tuple[str, Found]] = {}
    problem: Problem | None = None
    for shop in app.reconciler.channels.shops(channel):
        try:
            async for one in app.reconciler.channels.read(channel, shop, day):
                if one.name in wanted:
                    found[one.name] = (shop, one)
        except OrderloomError as error:
            problem = error.problems[0]
    fetched: dict[Name, Fetched] = {}
    for name in wanted:
        if name in found:
            fetched[name] = await _taken(app, channel, *found[name], actor)
        else:
            fetched[name] = Fetched(problem=problem or Problem("fetch.not_listed", (name[2],), {"number": name[2], "channel": channel}))
    return fetched


async def _taken(app: Orderloom, channel: str, shop: str, found: Found, actor: str) -> Fetched:
    number = found.name[2]
    try:
        plan, step = await _fetching(app, channel, shop)
        accepted = await app.intake.take(plan, step, found.delivery, app.intake.now(), actor=actor)
    except OrderloomError as error:
        return Fetched(problem=error.problems[0])
    if accepted.duplicate:
        return Fetched(accepted.id, Problem("fetch.came_already", (number,), {"number": number}))
    return Fetched(accepted.id)


async def _fetching(app: Orderloom, channel: str, shop: str) -> tuple[Plan, Step]:
    """The trigger of a published flow that fetches the orders of the shop. Raises ``NotFound`` (``fetch.no_flow``)."""
    for plan in await app.flows.starting("source"):
        for step in plan.triggers.values():
            params: Any = step.params
            lists = step.type.lists
            if lists is not None and lists.channel == channel and params.shop.connection == shop and not step.disabled:
                return plan, step
    raise NotFound(Problem("fetch.no_flow", (shop,), {"shop": shop, "channel": channel}))
