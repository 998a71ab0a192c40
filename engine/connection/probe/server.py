"""Brokers, databases and folders: reached, and let in. Nothing is read, and nothing is made there."""

from __future__ import annotations

import asyncio
import os

from engine.connection.failures import CallFailed
from engine.connection.probe.answers import Tools
from engine.connection.probe.course import Course
from engine.connection.probe.reach import connect
from engine.connection.servers import Folder, Server


async def probe_server(course: Course, server: Server, tools: Tools) -> None:
    """Connects as a source would, and leaves after the login."""
    (await connect(course, server.host, server.effective_port, tools.guard)).close()
    if server.tls == "none":
        course.tell("Encrypting", "none: what is sent can be read on the way", caution=True)
    with course.step("Logging in") as told:
        async with server.client(tools.guard):
            told("accepted")


async def probe_folder(course: Course, folder: Folder, tools: Tools) -> None:
    with course.step("Folder", timed=False) as told:
        path = await asyncio.to_thread(tools.guard.folder, folder.path)
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise CallFailed(
                "folder.unusable", retriable=True, maybe_sent=False, folder=folder.path, reason="Permission denied", rule="os_denied"
            )
        told("it is there, and files in it can be read and moved")
