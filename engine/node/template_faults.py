"""Why a template could not be filled, in words of our own: the library's may repeat what stands in an item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jinja2 import UndefinedError

_NAMED: Final = re.compile(r"(?:attribute '([A-Za-z_]\w*)'$|^'([A-Za-z_]\w*)' is undefined)")
_KIND: Final = {"reason": "a value is of another kind than what is done with it needs", "rule": "template_kind"}
_ZERO: Final = {"reason": "it divides by zero", "rule": "template_zero"}
_OTHER: Final = {"reason": "a value does not fit what is done with it", "rule": "template_other"}


def why_not_filled(error: Exception, text: str) -> Mapping[str, str]:
    """Fields of a problem: ``reason`` in English, and the ``rule`` whose sentence takes its place in other languages.

    A field that is missing is named where the template itself names it; what an item holds is never repeated.
    """
    if isinstance(error, UndefinedError):
        return _missing(str(error), text)
    if isinstance(error, ZeroDivisionError):
        return _ZERO
    return _KIND if isinstance(error, TypeError) else _OTHER


def _missing(told: str, text: str) -> Mapping[str, str]:
    found = _NAMED.search(told)
    name = (found[1] or found[2]) if found else None
    if name is None or re.search(rf"\b{name}\b", text) is None:
        return {"reason": "a field that it reads is not there", "rule": "template_missing"}
    return {"reason": f'the field "{name}" is not there', "rule": "template_missing_field", "field": name}
