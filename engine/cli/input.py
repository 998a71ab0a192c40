"""The option ``--input``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, cast

import click

from engine.errors import InputInvalid, Problem
from engine.intake.files import STDIN, InputFile
from engine.json_text import read_json

input_option = click.option(
    "--input", "source", metavar="FILE", help="Items: .json, .jsonl, .csv or .xlsx, each also as .gz; - is standard input."
)


def open_input(source: str) -> InputFile:
    return InputFile(source, sys.stdin.buffer if source == STDIN else None)


def objects(items: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """The items, which must be objects. Raises ``InputInvalid`` with ``input.not_an_object``."""
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise InputInvalid(Problem("input.not_an_object", (str(number),), {"type": type(item).__name__}))
        yield cast("dict[str, Any]", item)


def object_option(text: str, name: str) -> dict[str, Any]:
    """The JSON object that an option holds. Raises ``InputInvalid`` with ``cli.option_not_an_object``."""
    try:
        value = read_json(text)
    except InputInvalid:
        value = None
    if not isinstance(value, dict):
        raise InputInvalid(Problem("cli.option_not_an_object", (name,)))
    return cast("dict[str, Any]", value)
