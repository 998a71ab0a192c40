"""``orderloom eval``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import click

from engine.access import requires
from engine.cli.input import input_option, objects, open_input
from engine.cli.lines import open_lines
from engine.errors import InputInvalid
from engine.expression import Expression, ExpressionError, to_json_value

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@click.command("eval")
@click.argument("expression", metavar="EXPR")
@input_option
@requires("node.read")
def evaluate(expression: str, source: str | None) -> None:
    """Evaluate a CEL expression. The fields of the object given by --input are its variables; the result is JSON."""
    items: Iterable[dict[str, Any]] = objects(open_input(source)) if source else [{}]
    with open_lines(None) as lines:
        for item in items:
            variables = {name: value for name, value in item.items() if _NAME.fullmatch(name)}
            lines.write(to_json_value(_read(expression, variables).evaluate(variables)))


def _read(text: str, variables: dict[str, Any]) -> Expression:
    try:
        return Expression(text, tuple(variables))
    except ExpressionError as error:
        raise InputInvalid(error.problems) from None
