"""Runs the probe that fits a connection, one at a time for each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from engine.connection.channels import Channel, OpenPlatform
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.mail_server import Smtp
from engine.connection.noting import Note
from engine.connection.probe.answers import Tools, probe_service, probe_target
from engine.connection.probe.course import Course, ProbeFailed, Stopped
from engine.connection.probe.mail import probe_mail
from engine.connection.probe.platform import probe_platform
from engine.connection.probe.report import ProbeReport
from engine.connection.probe.robot import probe_robot
from engine.connection.probe.server import probe_folder, probe_server
from engine.connection.probe.ways import read_api, read_tables, tell_clock
from engine.connection.robots import Robot
from engine.connection.servers import Database, Folder, Server
from engine.connection.targets import Finance, Wms
from engine.connection.tokens import days_left
from engine.connection.types import Connection
from engine.connection.uses import Hook
from engine.errors import Conflict, Problem

FEW_DAYS: Final = 8
"""Whole days left of a shop's permission below which the probe warns."""
LIMIT: Final = 30.0
"""Seconds for a whole probe: as long as a node waits for one call."""
AT_ONCE: Final = 8
Hooks = Callable[[str], Awaitable[Sequence[Hook]]]


class Prober:
    """``hooks`` tells which hooks receive with a connection, by its name; ``note`` takes each call. ``busy`` names what is being probed."""

    def __init__(
        self, client: HttpClient, guard: AddressGuard, now: Callable[[], datetime], hooks: Hooks, *,
        limit: float = LIMIT, note: Note | None = None,
    ) -> None:  # fmt: skip
        self._tools = Tools(client, guard, now)
        self._hooks, self._note = hooks, note
        self._limit = limit
        self.busy: set[str] = set()

    async def probe(self, name: str, connection: Connection, *, message: str | None = None) -> ProbeReport:
        """``name``: that of the connection, or any word for one that is not kept. ``message``: a text that a chat robot shall post.

        Raises ``Conflict`` with ``probe.running`` while it is being probed already, or too many others are.
        """
        return await self._course(name, lambda course: self._run(course, name, connection, message))

    async def assess(self, name: str, connection: Connection) -> ProbeReport:
        """The same, and besides what the connection can do: the API read, tables counted, clocks compared."""
        return await self._course(name, lambda course: self._survey(course, name, connection))

    async def _course(self, name: str, run: Callable[[Course], Awaitable[None]]) -> ProbeReport:
        course = Course(name, self._tools.now)
        with self._alone(name):
            try:
                async with asyncio.timeout(self._limit):
                    await run(course)
            except Stopped:
                pass
            except TimeoutError:
                course.give_up(Problem("probe.timeout", fields={"seconds": round(self._limit)}))
            finally:
                self._tell_log(course)
        return course.report()

    def _tell_log(self, course: Course) -> None:
        if self._note is not None:
            for call in course.notes():
                self._note(call)

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
        if isinstance(connection, OpenPlatform):
            await probe_platform(course, connection, self._tools)
            _permission(course, connection.expires_at, self._tools.now())
        elif isinstance(connection, Channel):
            await self._listen(course, name)
            _permission(course, getattr(connection, "expires_at", None), self._tools.now())
        elif isinstance(connection, Smtp):
            await probe_mail(course, connection, self._tools)
        elif isinstance(connection, Server):
            await probe_server(course, connection, self._tools)
        elif isinstance(connection, Folder):
            await probe_folder(course, connection, self._tools)
        elif isinstance(connection, Robot):
            await probe_robot(course, connection, self._tools, message)
        elif isinstance(connection, (Wms, Finance)):
            await probe_target(course, connection, self._tools)
        elif connection.address:
            await probe_service(course, connection, self._tools)
        else:
            course.tell("Completeness", "complete; a connection of this type has no address to call")

    async def _survey(self, course: Course, name: str, connection: Connection) -> None:
        await self._run(course, name, connection, None)
        if isinstance(connection, Channel) and not isinstance(connection, OpenPlatform):
            await read_api(course, connection, self._tools)
        elif isinstance(connection, Database):
            await read_tables(course, connection, self._tools)
        elif course.answer is not None:
            tell_clock(course, course.answer, self._tools.now())

    async def _listen(self, course: Course, name: str) -> None:
        """A shop calls us: what came from it tells more than a call to it."""
        course.tell("Secret", "set. It proves who sends; the shop calls us, so nothing is called")
        hooks = await self._hooks(name)
        for hook in hooks:
            _tell(course, hook)
        if not hooks:
            course.tell("Hook address", "no published flow receives from it yet")


def _permission(course: Course, expires_at: str | None, now: datetime) -> None:
    """How long the shop's permission lasts. Tells nothing where nobody said when it ends."""
    days = days_left(expires_at, now)
    if expires_at is None or days is None:
        return
    with course.step("Permission", timed=False) as told:
        if days < 0:
            raise ProbeFailed("probe.permission_ended", at=expires_at)
        told("ends at {at}: {days} days left", at=expires_at, days=days, caution=days < FEW_DAYS)


def _tell(course: Course, hook: Hook) -> None:
    if hook.last is None:
        course.tell("Hook address", "{path}: nothing has come yet", path=hook.path)
        return
    several = "{path}: {count} deliveries verified, the last at {at} UTC"
    many = "{path}: more than {count} deliveries verified, the last at {at} UTC"
    course.tell("Hook address", many if hook.more else several, path=hook.path, count=hook.count, at=f"{hook.last:%Y-%m-%d %H:%M:%S}")
