"""Numbers on the command line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from engine.errors import InputInvalid, Problem

if TYPE_CHECKING:
    _ParamType = click.ParamType[float]
else:
    _ParamType = click.ParamType  # no generic class in the older versions that we take


class Number(_ParamType):
    """From ``least`` to ``most`` (``None``: no end), both counted.

    Raises ``InputInvalid`` (``cli.number_between``, ``cli.number_from``), named by the option, so that it is told in the reader's language.
    """

    name = "number"

    def __init__(self, least: float, most: float | None = None, *, whole: bool = True) -> None:
        self._least, self._most, self._whole = least, most, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        del ctx
        number = _read(str(value), whole=self._whole)
        if number is not None and number >= self._least and (self._most is None or number <= self._most):
            return number
        where = (param.opts[0],) if param is not None else ()
        limits = {"least": self._least} if self._most is None else {"least": self._least, "most": self._most}
        raise InputInvalid(Problem("cli.number_from" if self._most is None else "cli.number_between", where, {"value": value, **limits}))


def _read(text: str, *, whole: bool) -> float | None:
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
