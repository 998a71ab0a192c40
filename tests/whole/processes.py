"""The targets as processes that are killed and started again, and a note of who was away when."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.service import ROOT, free_port

Step = Callable[[], Awaitable[object]]


@dataclass
class Outages:
    """``spans``: who was away, from when until when (seconds since 1970)."""

    spans: list[tuple[str, float, float]] = field(default_factory=list[tuple[str, float, float]])

    def touches(self, start: float, end: float, *whose: str) -> bool:
        return any(name in whose and since < end and start < until for name, since, until in self.spans)

    def lengths(self) -> dict[str, list[float]]:
        """In seconds, by who was away."""
        found: dict[str, list[float]] = {}
        for name, since, until in self.spans:
            found.setdefault(name, []).append(until - since)
        return found


class TargetProcess:
    """``url`` stays the same over kills, and so does what it holds."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.file, self.port = name, folder / f"{name}.jsonl", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (sys.executable, "-m", "tests.whole.target", str(self.port), str(self.file))
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert self._process.stdout is not None
        assert await asyncio.wait_for(self._process.stdout.readline(), 60) == b"ready\n"

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()


async def away(outages: Outages, name: str, kill: Step, start: Step, seconds: float) -> None:
    """Killed, away for so long, and back."""
    since = time.time()
    await kill()
    await asyncio.sleep(seconds)
    await start()
    outages.spans.append((name, since, time.time()))
