"""Erases one event: its run is cancelled first if it is open, and what that called, then their data key is destroyed (rule R9)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from engine.errors import Conflict, Problem
from engine.replay.report import forget_order
from engine.store.operations import ENDS
from engine.store.ports import Event

if TYPE_CHECKING:
    from engine.app import Orderloom

PATIENCE: Final = 10.0
"""Seconds that an effect under way may take to end."""
LOOK_EVERY: Final = 0.05


async def erase_event(app: Orderloom, event_id: int, actor: str) -> Event:
    """The event as it is then.

    Raises ``NotFound`` or ``Conflict``: ``event.still_open`` while an effect is still under way, ``event.was_called`` for an event that
    a run made: it is erased with that run's event.
    """
    run = await app.store.run(event_id)
    if await app.store.call_of(event_id) is not None:
        await app.store.erase_event(event_id, actor)  # which says so, and names the event
    if run.state not in ENDS:
        await app.cancel(event_id, actor)
        await _ended(app, event_id)
    await _end_children(app, event_id, actor)
    await app.store.erase_event(event_id, actor)
    await app.store.call_log.forget_answers(event_id)
    await _forget_copies(app, event_id)
    return await app.store.event(event_id)


async def _end_children(app: Orderloom, run_id: int, actor: str) -> None:
    """What the run called, and they in turn, of which some may be open although it has ended."""
    cursor: str | None = None
    while True:
        page = await app.store.children(run_id, limit=500, cursor=cursor)
        for child in page.items:
            if child.state not in ENDS:
                with suppress(Conflict):  # it has just ended by itself
                    await app.cancel(child.id, actor)
                await _ended(app, child.id)
            await _forget_copies(app, child.id)
            await _end_children(app, child.id, actor)
        cursor = page.next
        if cursor is None:
            return


async def _forget_copies(app: Orderloom, event_id: int) -> None:
    """What was recorded of it, and what is told of that in reports."""
    await app.store.forget_traffic_of(event_id)
    await forget_order(app.store, event_id, (await app.store.event(event_id)).order_key)


async def _ended(app: Orderloom, run_id: int) -> None:
    left = PATIENCE
    while (state := (await app.store.run(run_id)).state) not in ENDS:
        if left <= 0:
            raise Conflict(Problem("event.still_open", (str(run_id),), {"state": state}))
        await asyncio.sleep(LOOK_EVERY)
        left -= LOOK_EVERY
