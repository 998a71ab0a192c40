"""The command line: ``orderloom``. Exit code 0: clean; 1: something parked, failed or red; 2: usage, or an invalid flow."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """The console entry: runs a command and ends the process with its exit code."""
    gc.set_threshold(100_000, 50, 50)  # what a command loads stays: looking through it again and again took a tenth of a start
    from engine.cli.program import run  # noqa: PLC0415 - nothing is loaded before it is needed

    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))
