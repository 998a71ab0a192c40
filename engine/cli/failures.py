"""What the user sees, and the exit code, when a command ends with an exception."""

from __future__ import annotations

import os
import sys
import traceback
from uuid import uuid4

import click

from engine.cli.report import show_problems
from engine.cli.usage import show_usage
from engine.errors import FlowInvalid, InputInvalid, NotFound, OrderloomError, Problem, SettingsInvalid, place_of

FAILED = 1
USAGE = 2
INTERRUPTED = 130
_USAGE_ERRORS = (FlowInvalid, InputInvalid, NotFound, SettingsInvalid)


class NobodyReads(Exception):
    """Standard output was closed by its reader."""


def exit_code_of(error: BaseException, *, debug: bool = False) -> int:
    """Explain an exception on standard error and say with which code the process ends."""
    match error:
        case SystemExit():
            code = error.code if isinstance(error.code, int) else FAILED
        case NobodyReads() | BrokenPipeError():
            code = _quiet()
        case click.Abort() | KeyboardInterrupt():
            code = INTERRUPTED
        case click.UsageError():
            show_usage(error)
            code = error.exit_code
        case click.ClickException():
            error.show()
            code = error.exit_code
        case OrderloomError():
            show_problems(error.problems)
            code = USAGE if isinstance(error, _USAGE_ERRORS) else FAILED
        case _:
            code = _unforeseen(error, debug=debug)
    return code


def _unforeseen(error: BaseException, *, debug: bool) -> int:
    """A fault of ours: type and place only, because its text may hold personal data."""
    show_problems([Problem("internal.error", fields={"type": type(error).__name__, "at": place_of(error), "id": uuid4().hex[:8]})])
    if debug:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    return FAILED


def _quiet() -> int:
    """Nobody reads any more (``orderloom … | head``): not worth a word; a later flush must not complain either."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(silence, stream.fileno())
    return 0
