"""Masks: what may be shown of a personal value, by its kind and by where it is shown.

All rules fail closed: what a rule does not understand is hidden whole. Masking a masked value changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.privacy.addresses import HIDDEN, mask_address
from engine.privacy.classes import Kind
from engine.privacy.field_names import mask_path
from engine.privacy.identifiers import mask_email, mask_id_card
from engine.privacy.names import mask_name
from engine.privacy.phones import Profile, mask_phone
from engine.privacy.scrub import scrub

__all__ = ["HIDDEN", "PROFILES", "Profile", "mask"]

PROFILES: Final[tuple[Profile, ...]] = ("screen", "waybill")
_LONGEST_OPAQUE: Final = 64


def mask(value: object, kind: Kind, profile: Profile = "screen") -> str | None:
    """What may be shown of a value: ``199****0101``. ``None`` and blank text stay; what is no text becomes ``****``.

    ``screen`` is for people at work, ``waybill`` for a parcel's label (GB/T 41833: at least six digits of a phone hidden).
    """
    if value is None:
        return None
    if not isinstance(value, str):
        return HIDDEN
    if not value.strip():
        return value
    rule = _RULES.get(kind, _opaque) if profile in PROFILES else _opaque
    return rule(value, profile)


def _opaque(text: str, profile: Profile) -> str:
    del profile
    return "*" * min(len(text), _LONGEST_OPAQUE)


_RULES: Final[dict[Kind, Callable[[str, Profile], str]]] = {
    Kind.PHONE: mask_phone,
    Kind.NAME: lambda text, _: mask_name(text),
    Kind.ADDRESS: mask_address,
    Kind.EMAIL: lambda text, _: mask_email(text),
    Kind.ID_CARD: lambda text, _: mask_id_card(text),
    Kind.TEXT: scrub,
    Kind.PATH: lambda text, _: mask_path(text),
    Kind.OPAQUE: _opaque,
}
