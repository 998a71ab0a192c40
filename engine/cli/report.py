"""Problems as people read them in a terminal: where and what, then what to do, then the code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import click

from engine.catalogue import explain
from engine.cli.language import current
from engine.errors import Problem

CODE_COLUMN = 68


def show_problems(problems: Iterable[Problem], *, err: bool = True) -> None:
    """Print problems, on standard error unless they are what was asked for."""
    for problem in problems:
        click.echo(lines_of(problem, current()), err=err)


def lines_of(problem: Problem, language: str) -> str:
    """Two lines: ``where: what`` and, indented, what to do with the code aligned after it."""
    shown = explain(problem, language)
    first = f"{shown['where']}: {shown['what']}" if shown["where"] else shown["what"]
    advice = f"  {shown['do']}"
    return f"{first}\n{advice}{' ' * max(2, CODE_COLUMN - width(advice))}{shown['code']}"


def width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
