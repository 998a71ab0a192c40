"""A folder on this machine: files are taken when they are complete, each by one rename, and end in ``done`` or ``failed``."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from typing import Final

from engine.catalogue import explain
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.connection.servers import Folder
from engine.errors import NodeError, Problem, system_reason

_TAKING: Final = "taking"
_DONE: Final = "done"
_FAILED: Final = "failed"
_UNDER_WAY: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Names under which programs write what is not complete yet."""
_TOLD: Final = ".problem.txt"
_LONGEST: Final = 255
"""Bytes that a file system allows for a name."""
_LONGEST_END: Final = 40
_FOREIGN: Final = re.compile("[\udc80-\udcff]")
"""What Python puts for a byte of a file's name that is no UTF-8."""


@asynccontextmanager
async def client(server: Folder, guard: AddressGuard) -> AsyncGenerator[OpenFolder]:
    """Raises ``CallFailed``: ``folder.refused``, ``folder.missing``, ``folder.unusable``."""
    opened = OpenFolder(await asyncio.to_thread(guard.folder, server.path))
    await opened.begin()
    yield opened


class OpenFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[int, int]] = {}

    async def begin(self) -> None:
        await asyncio.to_thread(self._begin)

    async def left_over(self) -> Sequence[str]:
        """Files that were being taken when the service ended."""
        return await asyncio.to_thread(lambda: sorted(entry.name for entry in os.scandir(self._folder / _TAKING)))

    async def complete(self) -> Sequence[str]:
        """Files that have not changed since the last look, by name. Hidden ones and those that are being written are passed over."""
        return await asyncio.to_thread(self._complete)

    async def claim(self, name: str) -> Path:
        """The file, now out of everybody's way and under a name in UTF-8.

        Raises ``NodeError`` with ``folder.not_a_file`` for a symbolic link and the like.
        """
        return await asyncio.to_thread(self._claim, name)

    async def done(self, name: str) -> None:
        await asyncio.to_thread(self._move, name, _DONE)

    async def failed(self, name: str, problem: Problem) -> None:
        """Beside the file lies what is wrong with it, and what to do."""
        await asyncio.to_thread(self._fail, name, problem)

    def _begin(self) -> None:
        for name in (_TAKING, _DONE, _FAILED):
            inner = self._folder / name
            try:
                inner.mkdir(mode=0o750, exist_ok=True)
            except OSError as error:
                raise _unusable(inner, error) from None
            if inner.is_symlink():
                raise CallFailed("folder.refused", retriable=False, maybe_sent=False, folder=str(inner))

    def _complete(self) -> list[str]:
        try:
            found = {entry.name: entry.stat(follow_symlinks=False) for entry in os.scandir(self._folder) if _may_be_taken(entry)}
        except OSError as error:
            raise _unusable(self._folder, error) from None
        now = {name: (about.st_size, about.st_mtime_ns) for name, about in found.items()}
        stable = [name for name, state in now.items() if self._seen.get(name) == state]
        self._seen = now
        return sorted(stable)

    def _claim(self, name: str) -> Path:
        taking = self._folder / _TAKING
        file = taking / _readable(name)
        if not _lies(file):
            os.rename(taking / name if _lies(taking / name) else self._folder / name, file)  # noqa: PTH104 - pathlib's does the same
        if not stat.S_ISREG(file.lstat().st_mode):
            raise NodeError("folder.not_a_file", name=file.name)
        return file

    def _fail(self, name: str, problem: Problem) -> None:
        target = self._move(name, _FAILED)
        told = explain(problem, "en"), explain(problem, "zh")
        text = "\n\n".join(f"{one['code']}\n{one['where']}\n{one['what']}\n{one['do']}" for one in told)
        _beside(target).write_text(text + "\n", encoding="utf-8")

    def _move(self, name: str, where: str) -> Path:
        """Nothing that lies there already is overwritten."""
        readable = _readable(name)
        target = _unlike(self._folder / where / readable, _end(readable))
        os.rename(self._folder / _TAKING / readable, target)  # noqa: PTH104
        return target


def _lies(file: Path) -> bool:
    return file.is_symlink() or file.exists()


def _beside(file: Path) -> Path:
    """Where it is said what is wrong with a file."""
    wanted = file.with_name(_cut(file.name, _TOLD))
    return wanted if wanted.name.startswith(file.name) else _unlike(wanted, _TOLD)


def _unlike(file: Path, end: str) -> Path:
    """The file, or one with a number before the ``end`` of its name, whichever does not lie there yet."""
    first, number, wanted = file.name.removesuffix(end), 1, file
    while _lies(wanted):
        number += 1
        wanted = file.with_name(_cut(first, f"-{number}{end}"))
    return wanted


def _readable(name: str) -> str:
    """A file's name in UTF-8: as it is, or read as GBK, or each foreign byte as ``�`` and its number, so that no two names become one."""
    if not _FOREIGN.search(name):
        return name
    try:
        read = os.fsencode(name).decode("gbk")
    except UnicodeDecodeError:
        read = _FOREIGN.sub(lambda found: f"\ufffd{ord(found[0]) - 0xDC00:02X}", name)
    end = _end(read)
    return _cut(read.removesuffix(end), end)


def _end(name: str) -> str:
    """What says of which sort a file is: from the first point on, or from the last where that is long."""
    first, point, rest = name.partition(".")
    several, one = point + rest, PurePath(name).suffix
    return next((end for end in (several, one) if first and len(end.encode()) <= _LONGEST_END), "")


def _cut(name: str, end: str) -> str:
    """A name with its end, cut before that to what a file system allows."""
    room = _LONGEST - len(end.encode())
    return name.encode()[: max(room, 1)].decode(errors="ignore") + end


def _may_be_taken(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return not (name.startswith(".") or name.lower().endswith(_UNDER_WAY) or entry.is_dir(follow_symlinks=False))


def _unusable(folder: Path, error: OSError) -> CallFailed:
    told = system_reason(error)
    return CallFailed(
        "folder.unusable", retriable=True, maybe_sent=False, folder=str(folder), reason=told["reason"], rule=told.get("rule", "")
    )
