"""A command that was not written as it takes it: what is wrong with it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

import click

from engine.cli.report import show_problems
from engine.errors import Problem

_HELP_ASKED = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""A group without a command, which is told what there is; in older versions no error."""


def show_usage(error: click.UsageError) -> None:
    """How the command is written, and what was wrong, on standard error."""
    if isinstance(error, _HELP_ASKED):
        error.show()
        return
    if error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True, color=error.ctx.color)
    show_problems([usage_problem(error)])


def usage_problem(error: click.UsageError) -> Problem:
    """The problem that a mistake in the use of a command is."""
    code, place, fields = _mistake(error)
    command = error.ctx.command_path if error.ctx is not None else "orderloom"
    return Problem(code, (place,) if place else (), {"command": command, **fields})


def _mistake(error: click.UsageError) -> tuple[str, str, Mapping[str, object]]:
    """Code, place and what else is known."""
    found: tuple[str, str, Mapping[str, object]]
    match error:
        case click.NoSuchOption(possibilities=close, option_name=option):
            found = "cli.misspelt_option" if close else "cli.unknown_option", option, {"close": list(close or ())}
        case click.MissingParameter(param=parameter):
            found = "cli.missing", _name(parameter), {}
        case click.BadOptionUsage(option_name=option):
            found = "cli.option_use", option, {}
        case click.BadParameter(param=click.Parameter(type=click.Choice(choices=choices)) as parameter):
            found = "cli.choice", _name(parameter), {"choices": [str(one) for one in choices]}
        case click.BadParameter(param=parameter):
            found = "cli.bad_value", _name(parameter), {}
        case click.UsageError(ctx=click.Context(command=click.Group())):
            found = "cli.no_command", "", {}
        case _:
            found = "cli.usage", "", {}
    return found


def _name(parameter: click.Parameter | None) -> str:
    if parameter is None:
        return ""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
