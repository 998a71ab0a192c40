"""First figures of the reference flow: Orderloom beside the plain function, both in one run on one machine.

    make bench
    python benchmarks/reference.py --orders 6000 --rounds 3

The machine is noisy: trust the ratios. Each round measures both, one after the other, and the medians are shown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATHS = {"plain": "/order", "engine": "/hooks/reference/hook"}


class Server:
    """One of the two programs as a process; ``cpu`` is its processor time in seconds, ``memory`` its resident MB."""

    def __init__(self, kind: str, targets: int, calls: bool) -> None:
        self.kind, self.port = kind, free_port()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        program = [str(HERE / f"{kind}_app.py"), str(self.port), str(targets), "calls" if calls else "none"]
        arguments = [*program, *([self._folder.name + "/data"] if kind == "engine" else [])]
        with Path(self._folder.name, "stderr").open("w") as log:
            self._process = subprocess.Popen([sys.executable, *arguments], stderr=log)
        self.start = self._until_ready()

    def _until_ready(self) -> float:
        began = time.perf_counter()
        while time.perf_counter() - began < 30:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.perf_counter() - began
            time.sleep(0.02)
        raise SystemExit(f"{self.kind} did not start")

    @property
    def cpu(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def load(server: Server, targets: int, **options: Any) -> dict[str, Any]:
    flags = [
        part for name, value in options.items() for part in ([f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)]))
    ]
    command = [
        sys.executable,
        str(HERE / "load.py"),
        "--port",
        str(server.port),
        "--path",
        PATHS[server.kind],
        "--targets",
        str(targets),
        *flags,
    ]
    before = server.cpu
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    result["cpu_us"] = round((server.cpu - before) / max(result["complete"], 1) * 1e6)
    result["memory_mb"] = round(server.memory, 1)
    return result


def measure(kind: str, orders: int, seed: int) -> dict[str, dict[str, Any]]:
    """End to end, at a light rate, and without the outgoing calls."""
    found: dict[str, dict[str, Any]] = {}
    targets = free_port()
    server = Server(kind, targets, calls=True)
    load(server, targets, orders=500, first=seed)
    found["end to end"] = load(server, targets, orders=orders, first=seed + 100_000)
    found["light"] = load(server, targets, orders=100, first=seed + 200_000, rate=20)
    server.end()
    server = Server(kind, targets, calls=False)
    load(server, targets, orders=500, first=seed + 300_000, no_calls=True)
    found["no calls"] = load(server, targets, orders=orders, first=seed + 400_000, no_calls=True)
    server.end()
    return found


def median(rounds: list[dict[str, dict[str, Any]]], part: str, figure: str) -> float:
    return statistics.median(one[part][figure] for one in rounds)


def report(plain: list[dict[str, Any]], engine: list[dict[str, Any]]) -> str:
    rows = [
        ("end to end, orders/s", "end to end", "per_second"), ("CPU an order, µs", "end to end", "cpu_us"),
        ("memory after it, MB", "end to end", "memory_mb"), ("light, p50 to WMS, ms", "light", "wms_p50_ms"),
        ("light, p99 to WMS, ms", "light", "wms_p99_ms"), ("no calls, orders/s", "no calls", "per_second"),
    ]  # fmt: skip
    lines = ["| figure | plain function, keeps nothing | Orderloom | ratio |", "| --- | --- | --- | --- |"]
    for title, part, figure in rows:
        left, right = median(plain, part, figure), median(engine, part, figure)
        lines.append(f"| {title} | {left:,.2f} | {right:,.2f} | {right / left if left else 0:.2f} |")
    lost = sum(one[part]["lost"] for one in engine for part in one)
    return "\n".join([*lines, "", f"Orders acknowledged and lost: {lost}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    plain, engine = [], []
    for turn in range(options.rounds):
        plain.append(measure("plain", options.orders, 1_000_000 * (turn + 1)))
        engine.append(measure("engine", options.orders, 1_000_000 * (turn + 1)))
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, medians of {options.rounds} rounds\n")
    print(report(plain, engine))


if __name__ == "__main__":
    main()
