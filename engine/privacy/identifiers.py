"""Masks of e-mail addresses and identity-card numbers."""

from __future__ import annotations

import re
from typing import Final

from engine.privacy.plain import GAP, ascii_twin

_EMAIL: Final = re.compile(r"(?P<local>[^\s@<>\"(),:;]{1,64})@(?P<domain>[\w\-]+(?:\.[\w\-]+)+)")
_ID_CARD: Final = re.compile(rf"[0-9*](?:{GAP}[0-9*]){{13}}(?:(?:{GAP}[0-9*]){{3}})?{GAP}[0-9Xx*]")


def mask_email(text: str) -> str:
    """The first letter and the domain stay: ``z****@example.com``; a single letter before the ``@`` is hidden."""
    found = _EMAIL.fullmatch(ascii_twin(text).strip())
    if found is None:
        return "*" * len(text)
    local = found["local"]
    return f"{local[0] if len(local) > 1 else ''}{'*' * max(len(local) - 1, 1)}@{found['domain']}"


def mask_id_card(text: str) -> str:
    """The first and the last character of a number of 18 or 15 stay (GB 11643)."""
    twin = ascii_twin(text).strip()
    if _ID_CARD.fullmatch(twin) is None:
        return "*" * len(text)
    number = re.sub(r"[^0-9Xx*]", "", twin)
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"
