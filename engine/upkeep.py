"""What the service does again and again, on one scheduler: each job alone, late ones once, a failing one again next time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.errors import OrderloomError

log = logging.getLogger("orderloom.upkeep")
Job = Callable[[], Awaitable[object]]


class Upkeep:
    """Jobs run on the event loop in which ``start`` was called."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every job, and of each that is late
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._begun: dict[str, asyncio.Task[None]] = {}

    def every(self, seconds: float, name: str, job: Job, *, first: float | None = None) -> None:
        """Run a job every so many seconds, and ``first`` after so many. What it raises is logged by code, and it runs again."""
        begin: dict[str, Any] = {} if first is None else {"next_run_time": datetime.now(UTC) + timedelta(seconds=first)}

        async def run() -> None:
            await _guarded(name, job)

        self._scheduler.add_job(  # pyright: ignore[reportUnknownMemberType]
            run, "interval", seconds=seconds, id=name, coalesce=True, max_instances=1, misfire_grace_time=None, **begin
        )

    def begin(self, name: str, job: Job) -> None:
        """Run a job once, now, beside whoever asks for it; not while it still runs from the last time."""
        if name not in self._begun:
            task = self._begun[name] = asyncio.get_running_loop().create_task(_guarded(name, job))
            task.add_done_callback(lambda _: self._begun.pop(name, None))

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in self._begun.values():
            task.cancel()


async def _guarded(name: str, job: Job) -> None:
    try:
        await job()
    except asyncio.CancelledError:  # the service stops; the scheduler would write the whole exception into the log
        log.info("job stopped", extra={"job": name})
    except OrderloomError as error:
        log.warning("job failed", extra={"job": name, "code": error.problems[0].code})
    except Exception as error:  # noqa: BLE001 - one failure must not end the job for good
        log.error("job failed", extra={"job": name, "type": type(error).__name__})  # noqa: TRY400 - texts may hold personal data
