"""All figures of the runtime in one table, each beside its bar.

    make bench                    # about five minutes
    make bench ONLY=throughput
    make bench PEERS=1            # also Node-RED, from npm, into a folder outside the project
    python benchmarks/run.py --kept 100000 --runs 1000000 --rounds 9

A busy machine slows everything: trust ratios, and of times the lowest.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

import kills
import resting
import runtime
import scale
import throughput
from figures import Figure, table

PARTS: dict[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "throughput": throughput.measure,
    "runtime": runtime.measure,
    "kills": kills.measure,
    "resting": resting.measure,
    "scale": scale.measure,
}


def main() -> None:
    options = _options()
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    figures: list[Figure] = []
    for name in options.only or PARTS:
        found = PARTS[name](options)
        print(f"\n{name}\n{table(found)}", flush=True)
        figures += found
    short = [one.name for one in figures if one.verdict == "short"]
    print(f"\n{len(short)} short{': ' if short else ''}{', '.join(short)}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=PARTS, help="leave the other parts out")
    parser.add_argument("--orders", type=int, default=2_000, help="orders of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--kept", type=int, default=20_000, help="orders after which memory and bytes are measured")
    parser.add_argument("--runs", type=int, default=100_000, help="past runs that lists are measured with")
    parser.add_argument("--flows", type=int, default=1_000, help="published flows that a start is measured with")
    parser.add_argument("--peers", action="store_true", help="Node-RED beside it, from npm")
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir(), "orderloom-peers"), help="where peers are installed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
