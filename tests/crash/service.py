"""``orderloom serve`` as a real process that can be killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SABOTEUR = Path(__file__).with_name("saboteur.py")
KEY = "test-key"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """One data folder, one port, and at most one process at a time. ``sabotage`` names a fault of ``saboteur.py`` to build in;
    ``database`` the address of another database than that of the data folder.
    """

    def __init__(
        self, data: Path, connections: Mapping[str, Mapping[str, Any]], sabotage: str | None = None, database: str | None = None
    ) -> None:
        self.data, self.port, self.sabotage = data, free_port(), sabotage
        self.url = f"http://127.0.0.1:{self.port}"
        own = {f"ORDERLOOM_CONNECTION_{name.upper()}": json.dumps(value) for name, value in connections.items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
        self.environment = {**kept, **own, "ORDERLOOM_DATA": str(data), "ORDERLOOM_KEY": KEY, "ORDERLOOM_ALLOW_PRIVATE": "127.0.0.0/8"}
        if sabotage is not None:  # what it breaks must lie within the one process
            self.environment["ORDERLOOM_WRITER"] = "thread"
        if database is not None:
            self.environment["ORDERLOOM_DATABASE_URL"] = database
        self._process: asyncio.subprocess.Process | None = None

    async def command(self, *arguments: str) -> str:
        """Runs another command on the same data folder; it must end well."""
        process = await self._spawn(*arguments)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def start(self) -> None:
        self._process = await self._spawn("serve", "--port", str(self.port))
        assert self._process.stdout is not None
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), 120)
        except TimeoutError:
            await self.kill()  # nobody else would
            raise
        if not line.startswith(b"ready "):
            _, err = await self._process.communicate()
            raise AssertionError(f"no ready line but {line!r}; {err.decode()[-2000:]}")

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def process_ids(self) -> list[int]:
        """With those that it started: the one that writes."""
        first = self.process_id
        found = Path(f"/proc/{first}/task").glob("*/children")
        return [first, *(int(number) for file in found for number in file.read_text(encoding="ascii").split())]

    async def kill(self) -> None:
        """kill -9: nothing gets a chance to finish."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        await asyncio.wait_for(process.communicate(), 60)
        return process.returncode or 0

    async def _spawn(self, *arguments: str) -> asyncio.subprocess.Process:
        program = [str(SABOTEUR), self.sabotage] if self.sabotage else [str(Path(sys.executable).with_name("orderloom"))]
        command = [sys.executable, *program, *arguments]
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=self.environment, stdout=pipe, stderr=pipe, limit=2**24)
