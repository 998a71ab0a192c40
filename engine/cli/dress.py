"""Commands in the reader's language: help, headings, and the options that every one takes."""

from __future__ import annotations

from copy import copy
from inspect import cleandoc

import click

from engine.catalogue import LANGUAGES, text
from engine.cli.language import OPTION, current, say


class Formatter(click.HelpFormatter):
    """Usage and headings as the reader's language has them."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, say("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(text(heading, current()))


class Context(click.Context):
    formatter_class = Formatter


def dressed(command: click.Command) -> click.Command:
    """A copy that speaks the current language and takes ``--lang``, ``--debug`` and ``--help``."""
    shown = copy(command)
    shown.context_class = Context
    shown.add_help_option = False
    shown.help = text(cleandoc(command.help), current()) if command.help else None
    shown.params = [_translated(parameter) for parameter in (*command.params, *_common())]
    return shown


def _translated(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    shown = copy(parameter)
    shown.help = text(parameter.help, current())
    return shown


def _common() -> list[click.Parameter]:
    return [
        click.Option([OPTION], type=click.Choice(LANGUAGES), expose_value=False, help="Language of messages."),
        click.Option(["--debug"], is_flag=True, expose_value=False, help="Show more where something unforeseen happens."),
        click.Option(["--help"], is_flag=True, is_eager=True, expose_value=False, callback=_help, help="Show this message and exit."),
    ]


def _help(context: click.Context, option: click.Parameter, asked: bool) -> None:
    del option
    if asked and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()
