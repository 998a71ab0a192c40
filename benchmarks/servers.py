"""The programs that are measured, each in a process of its own, and the load that is put on them."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TARGETS = 9100
"""Where the peers' flows send orders to."""


class Server:
    """A program that takes orders at ``path``; ``cpu`` is its processor time in seconds, ``memory`` its resident MB, each
    with the processes that it started."""

    def __init__(
        self, command: Sequence[str], path: str, port: int, folder: str, targets: int = TARGETS, more: Mapping[str, str] | None = None
    ) -> None:
        self.command, self.path, self.port, self.folder, self.targets = command, path, port, folder, targets
        self._given = {**environment(), **(more or {})}
        self.start()

    def start(self) -> None:
        with Path(self.folder, "output").open("a") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self._given, start_new_session=True)
        _until_answered(self.port, self._process)

    def kill(self) -> None:
        """As a power failure would, but for the disk."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)

    def end(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def cpu(self) -> float:
        return sum(map(cpu_of, family_of(self._process.pid)))

    @property
    def memory(self) -> float:
        return sum(map(memory_of, family_of(self._process.pid)))

    def load(self, **options: Any) -> dict[str, Any]:
        """What ``load.py`` reports, with ``cpu_us`` an order and ``memory_mb`` of this program."""
        before = self.cpu
        found = json.loads(load_process(self.port, self.path, self.targets, **options).communicate()[0])
        found["cpu_us"] = (self.cpu - before) / max(found["complete"], 1) * 1e6
        found["memory_mb"] = self.memory
        return found


def plain(folder: str, *, calls: bool = True) -> Server:
    """The plain function behind the same web framework and client; keeps nothing."""
    port, targets = free_port(), free_port()
    command = [sys.executable, str(HERE / "plain_app.py"), str(port), str(targets), _word(calls=calls)]
    return Server(command, "/order", port, folder, targets)


def engine(folder: str, *, calls: bool = True) -> Server:
    """Orderloom with the reference flow published; its data lie in the folder."""
    port, targets = free_port(), free_port()
    command = [sys.executable, str(HERE / "engine_app.py"), str(port), str(targets), _word(calls=calls), f"{folder}/data"]
    return Server(command, "/hooks/reference/hook", port, folder, targets)


def family_of(process: int) -> list[int]:
    """A process and those that it started."""
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [process, *(int(child) for file in found for child in file.read_text().split())]


def memory_of(process: int) -> float:
    """Resident MB; pages that several processes share (the interpreter, libraries) count for each of them in part."""
    [line] = [line for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
    return int(line.split()[1]) / 1024


def cpu_of(process: int) -> float:
    """Its processor time so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load_process(port: int, path: str, targets: int, **options: Any) -> subprocess.Popen[str]:
    flags = ["--port", str(port), "--path", path, "--targets", str(targets)]
    for name, value in options.items():
        flags += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
    return subprocess.Popen([sys.executable, str(HERE / "load.py"), *flags], stdout=subprocess.PIPE, text=True)


def _until_answered(port: int, process: subprocess.Popen[Any], most: float = 120) -> None:
    """A port that takes connections may belong to a program that is not ready yet: it has to answer."""
    until = time.perf_counter() + most
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=most)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args} did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _word(*, calls: bool) -> str:
    return "calls" if calls else "none"


def environment() -> dict[str, str]:
    """Ours, without settings of the service, and with compiled modules kept, as every installation has them."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_") and name != "PYTHONDONTWRITEBYTECODE"}


def folder(stack: contextlib.ExitStack) -> str:
    return stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
