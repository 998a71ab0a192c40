"""Runs the probe that fits a connection, one at a time for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from engine.connection.channels import Channel
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.mail_server import Smtp
from engine.connection.probe.answers import Tools, probe_service, probe_target
from engine.connection.probe.course import Course, Stopped
from engine.connection.probe.mail import probe_mail
from engine.connection.probe.report import ProbeReport
from engine.connection.probe.robot import probe_robot
from engine.connection.robots import Robot
from engine.connection.targets import Finance, Wms
from engine.connection.types import Connection
from engine.connection.uses import Hook
from engine.errors import Conflict, Problem

LIMIT: Final = 30.0
"""Seconds for a whole probe: as long as a node waits for one call."""
AT_ONCE: Final = 8
Hooks = Callable[[str], Awaitable[Sequence[Hook]]]


class Prober:
    """``hooks`` tells which hooks receive with a connection, by its name. ``busy`` names what is being probed."""

    def __init__(self, client: HttpClient, guard: AddressGuard, now: Callable[[], datetime], hooks: Hooks, *, limit: float = LIMIT) -> None:
        self._tools = Tools(client, guard, now)
        self._hooks = hooks
        self._limit = limit
        self.busy: set[str] = set()

    async def probe(self, name: str, connection: Connection, *, message: str | None = None) -> ProbeReport:
        """``name``: that of the connection, or any word for one that is not kept. ``message``: a text that a chat robot shall post.

        Raises ``Conflict`` with ``probe.running`` while it is being probed already, or too many others are.
        """
        course = Course()
        with self._alone(name):
            try:
                async with asyncio.timeout(self._limit):
                    await self._run(course, name, connection, message)
            except Stopped:
                pass
            except TimeoutError:
                course.give_up(Problem("probe.timeout", fields={"seconds": round(self._limit)}))
        return course.report()

    @contextmanager
    def _alone(self, name: str) -> Generator[None]:
        if name in self.busy or len(self.busy) >= AT_ONCE:
            raise Conflict(Problem("probe.running"))
        self.busy.add(name)
        try:
            yield
        finally:
            self.busy.discard(name)

    async def _run(self, course: Course, name: str, connection: Connection, message: str | None) -> None:
        if isinstance(connection, Channel):
            await self._listen(course, name)
        elif isinstance(connection, Smtp):
            await probe_mail(course, connection, self._tools)
        elif isinstance(connection, Robot):
            await probe_robot(course, connection, self._tools, message)
        elif isinstance(connection, (Wms, Finance)):
            await probe_target(course, connection, self._tools)
        elif connection.address:
            await probe_service(course, connection, self._tools)
        else:
            course.tell("Completeness", "complete; a connection of this type has no address to call")

    async def _listen(self, course: Course, name: str) -> None:
        """A shop calls us: what came from it tells more than a call to it."""
        course.tell("Secret", "set. It proves who sends; the shop calls us, so nothing is called")
        hooks = await self._hooks(name)
        for hook in hooks:
            _tell(course, hook)
        if not hooks:
            course.tell("Hook address", "no published flow receives from it yet")


def _tell(course: Course, hook: Hook) -> None:
    if hook.last is None:
        course.tell("Hook address", "{path}: nothing has come yet", path=hook.path)
        return
    several = "{path}: {count} deliveries verified, the last at {at} UTC"
    many = "{path}: more than {count} deliveries verified, the last at {at} UTC"
    course.tell("Hook address", many if hook.more else several, path=hook.path, count=hook.count, at=f"{hook.last:%Y-%m-%d %H:%M:%S}")
