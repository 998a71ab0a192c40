"""The trial as a program: ``python -m tests.whole --orders 10000`` prints its figures; exit code 1 if anything is not where it belongs,
or came too late."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.whole.figures import bar_faults, table
from tests.whole.trial import Plan, run


def main() -> int:
    options = _parser().parse_args()
    plan = Plan(
        options.orders,
        options.rate,
        options.kills,
        options.every,
        away=options.away,
        failing=options.failing,
        patience=180.0,
        seed=options.seed,
    )
    with tempfile.TemporaryDirectory(prefix="orderloom-trial-") as folder:
        outcome = asyncio.run(run(plan, Path(folder)))
    sys.stdout.write(table(outcome.figures))
    for fault in outcome.found:
        sys.stdout.write(f"WRONG: {fault}\n")
    if not outcome.found:
        sys.stdout.write("Everything is where it belongs, once.\n")
    missed = bar_faults(outcome.figures)
    for bar in missed:
        sys.stdout.write(f"MISSED: {bar}\n")
    return 1 if outcome.found or missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.whole", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50.0, help="orders a second")
    parser.add_argument("--kills", type=int, default=5, help="of the server; targets are killed as often")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two looks at a platform")
    parser.add_argument("--away", type=float, default=3.0, help="seconds that a killed target stays away")
    parser.add_argument("--failing", type=float, default=10.0, help="seconds in which one platform answers nothing")
    parser.add_argument("--seed", type=int, default=1)
    return parser


sys.exit(main())
