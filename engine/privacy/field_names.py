"""Names of fields, told from data that stand in their place: who knows somebody's number can write it as a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from engine.privacy.addresses import HIDDEN
from engine.privacy.scrub import scrub

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


def is_field_name(text: str) -> bool:
    """Whether it looks like the name of a field: a short ASCII word that holds no number of anybody."""
    return _NAME.fullmatch(text) is not None and (not any(map(str.isdigit, text)) or scrub(text) == text)


def shown_keys(keys: Iterable[str], shows: Callable[[str], bool] = is_field_name) -> dict[str, str]:
    """Each key of an object with what is shown in its place: itself, or its number among the hidden ones (``****1``)."""
    shown: dict[str, str] = {}
    hidden = 0
    for key in keys:
        if shows(key):
            shown[key] = key
        else:
            hidden += 1
            shown[key] = f"{HIDDEN}{hidden}"
    return shown


def mask_path(text: str) -> str:
    """A path into somebody's document, with its field names only: ``data.orders[].****``."""
    return ".".join(part if is_field_name(part.rstrip("[]")) else HIDDEN for part in text.split("."))
