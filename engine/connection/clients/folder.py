"""A folder on this machine: files are taken when they are complete, each by one rename, and end in ``done`` or ``failed``."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
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
        """The file, now out of everybody's way. Raises ``NodeError`` with ``folder.not_a_file`` for a symbolic link and the like."""
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
        file = self._folder / _TAKING / name
        if not file.is_symlink() and not file.exists():
            os.rename(self._folder / name, file)  # noqa: PTH104 - pathlib's does the same
        if not stat.S_ISREG(file.lstat().st_mode):
            raise NodeError("folder.not_a_file", name=name)
        return file

    def _fail(self, name: str, problem: Problem) -> None:
        target = self._move(name, _FAILED)
        told = explain(problem, "en"), explain(problem, "zh")
        text = "\n\n".join(f"{one['code']}\n{one['where']}\n{one['what']}\n{one['do']}" for one in told)
        target.with_name(target.name + ".problem.txt").write_text(text + "\n", encoding="utf-8")

    def _move(self, name: str, where: str) -> Path:
        """Nothing that lies there already is overwritten."""
        target = self._folder / where / name
        number = 1
        while target.is_symlink() or target.exists():
            number += 1
            first, dot, rest = name.partition(".")
            target = self._folder / where / f"{first}-{number}{dot}{rest}"
        os.rename(self._folder / _TAKING / name, target)  # noqa: PTH104
        return target


def _may_be_taken(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return not (name.startswith(".") or name.lower().endswith(_UNDER_WAY) or entry.is_dir(follow_symlinks=False))


def _unusable(folder: Path, error: OSError) -> CallFailed:
    told = system_reason(error)
    return CallFailed(
        "folder.unusable", retriable=True, maybe_sent=False, folder=str(folder), reason=told["reason"], rule=told.get("rule", "")
    )
