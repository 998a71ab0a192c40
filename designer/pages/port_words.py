"""What a port is called."""

from __future__ import annotations

import re

from designer.pages.words import PORTS
from engine.catalogue import text

_CASE = re.compile(r"case_([1-9][0-9]*)")


def port_title(name: str, language: str) -> str:
    """In the reader's language; a port that only its node knows has the title of that node's catalogue, else its name."""
    case = _CASE.fullmatch(name)
    if case:
        return text(PORTS["case"], language, number=case[1])
    return text(PORTS.get(name, name), language)
