"""Decides on many incidents at once: in the order in which they arose, at a rate that the target can bear."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from engine.errors import Conflict, NotFound, OrderloomError, Problem
from engine.store.ports import Incident, IncidentFilter, Store

log = logging.getLogger("orderloom.bulk")
Action = Literal["again", "skip", "mend"]
Decide = Callable[[int, str, str], Awaitable[object]]
"""Decides on one incident: its id, the action, the actor."""
FASTEST: Final = 1000.0
KEPT: Final = 20
"""How many that have ended are remembered."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``decided`` of ``total``; ``passed_over``: somebody else was quicker, or they could not be decided."""

    id: int
    action: Action
    total: int
    decided: int = 0
    passed_over: int = 0
    ended: bool = False


class Bulk:
    """``resume`` decides on one incident. What is left when the service stops stays open, and can be decided on again."""

    def __init__(self, store: Store, resume: Decide, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._store, self._resume, self._sleep = store, resume, sleep
        self._progress: dict[int, Progress] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(
        self, chosen: IncidentFilter | Sequence[int], action: Action, per_second: float, actor: str, decide: Decide | None = None
    ) -> Progress:
        """Begins in the background, with those that are open, or with the very ones; ``decide`` stands in for ``resume``.

        Raises ``Conflict`` (``bulk.running``) while another one is under way.
        """
        return await self._begin(lambda: self._found(chosen), action, per_second, actor, decide)

    async def _begin(
        self, find: Callable[[], Awaitable[list[int]]], action: Action, per_second: float, actor: str, decide: Decide | None
    ) -> Progress:
        if any(not one.ended for one in self._progress.values()):
            raise Conflict(Problem("bulk.running"))
        number = max(self._progress, default=0) + 1
        self._progress[number] = Progress(number, action, 0)
        try:
            found = await find()
            detail = {"action": action, "per_second": str(per_second)}
            await self._store.audit(actor, "incident.close_many", f"incidents:{len(found)}", detail)
        except BaseException:
            del self._progress[number]
            raise
        self._progress[number] = Progress(number, action, len(found), ended=not found)
        for old in sorted(self._progress)[:-KEPT]:
            del self._progress[old]
        if found:
            task = asyncio.ensure_future(self._work(number, found, min(per_second, FASTEST), actor, decide or self._resume))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._progress[number]

    def beside(self, work: Coroutine[Any, Any, object]) -> None:
        """Something else that goes on in the background, and ends with the service. What it raises is logged by code."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def progress(self, number: int) -> Progress:
        """Raises ``NotFound`` (``bulk.unknown``)."""
        if number not in self._progress:
            raise NotFound(Problem("bulk.unknown"))
        return self._progress[number]

    @property
    def last(self) -> Progress | None:
        return self._progress[max(self._progress)] if self._progress else None

    async def close(self) -> None:
        """Stops after the decision under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _found(self, chosen: IncidentFilter | Sequence[int]) -> list[int]:
        return await self._oldest_first(chosen) if isinstance(chosen, IncidentFilter) else list(dict.fromkeys(chosen))

    async def _oldest_first(self, chosen: IncidentFilter) -> list[int]:
        found: list[Incident] = []
        cursor: str | None = None
        while True:
            page = await self._store.incidents(replace(chosen, state="open"), limit=500, cursor=cursor)
            found.extend(page.items)
            cursor = page.next
            if cursor is None:
                return [incident.id for incident in sorted(found, key=lambda one: (one.run_id, one.id))]

    async def _work(self, number: int, incidents: list[int], per_second: float, actor: str, decide: Decide) -> None:
        try:
            for position, incident in enumerate(incidents):
                if position:
                    await self._sleep(1 / per_second)
                await self._decide(number, incident, decide, actor)
        finally:
            self._progress[number] = replace(self._progress[number], ended=True)

    async def _decide(self, number: int, incident: int, decide: Decide, actor: str) -> None:
        now = self._progress[number]
        try:
            await decide(incident, now.action, actor)
        except OrderloomError as error:
            log.info("passed over", extra={"incident": str(incident), "code": error.problems[0].code})
            self._progress[number] = replace(now, passed_over=now.passed_over + 1)
        except Exception as error:  # noqa: BLE001 - one incident that cannot be decided on holds up no other: it stays open
            log.error("could not decide", extra={"incident": str(incident), "error": type(error).__name__})  # noqa: TRY400 - texts may be personal
            self._progress[number] = replace(now, passed_over=now.passed_over + 1)
        else:
            self._progress[number] = replace(now, decided=now.decided + 1)


async def _logged(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except OrderloomError as error:
        log.warning("not done", extra={"code": error.problems[0].code})
