"""Masks over a whole item, by the declared classes of its fields.

A path is written in its general form: ``receiver.phone``, ``lines[].sku_code``; ``*`` stands for any key of an object, and a
last ``.*`` covers everything below. A field without a declared class is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.masks import Profile, mask
from engine.privacy.scrub import scrub

_UNDECLARED: Final = FieldClass(DataClass.RESTRICTED, Kind.OPAQUE)
_GONE: Final = object()
_Classes = Mapping[str, FieldClass]


def mask_item(item: dict[str, Any], classes: _Classes, profile: Profile = "screen") -> dict[str, Any]:
    """A copy in which public and internal fields are as they were and all others are masked by their kind.

    Keys belong to the form of an item and stay, but for those that look like a phone number or an e-mail address.
    """
    return {_key(key, profile): _masked(value, key, classes, profile) for key, value in item.items()}


def shown(item: dict[str, Any], classes: _Classes) -> dict[str, Any]:
    """A copy with the public and internal fields only: what may outlive the personal data of an order."""
    return {key: kept for key, value in item.items() if (kept := _open_part(value, key, classes)) is not _GONE}


def class_of(path: str, classes: _Classes) -> FieldClass | None:
    """The class that is declared for a leaf: by its own path, by one with ``*`` for a key, or by a ``.*`` above it."""
    if path in classes:
        return classes[path]
    parts = path.split(".")
    alike = [one for one in classes if "*" in one and _covers(one.split("."), parts)]
    return classes[max(alike, key=lambda one: (len(one.split(".")), -one.count("*")))] if alike else None


def _covers(pattern: list[str], parts: list[str]) -> bool:
    """Whether a pattern with ``*`` names this path; a last ``*`` takes in everything deeper."""
    if len(pattern) > len(parts) or (len(pattern) < len(parts) and pattern[-1] != "*"):
        return False
    return all(one == part or one.rstrip("[]") == "*" for one, part in zip(pattern, parts, strict=False))


def _masked(value: Any, path: str, classes: _Classes, profile: Profile) -> Any:
    if isinstance(value, dict):
        return {_key(key, profile): _masked(child, f"{path}.{key}", classes, profile) for key, child in _members(value)}
    if isinstance(value, list):
        return [_masked(child, f"{path}[]", classes, profile) for child in cast("list[Any]", value)]
    declared = class_of(path, classes)
    if value is None or (declared and declared.data_class <= DataClass.INTERNAL):
        return value
    if declared is None and isinstance(value, bool):
        return value
    return mask(value, (declared or _UNDECLARED).kind, profile)


def _open_part(value: Any, path: str, classes: _Classes) -> Any:
    if isinstance(value, dict):
        parts = ((key, _open_part(child, f"{path}.{key}", classes)) for key, child in _members(value))
        return {key: part for key, part in parts if part is not _GONE}
    if isinstance(value, list):
        elements = (_open_part(child, f"{path}[]", classes) for child in cast("list[Any]", value))
        return [part for part in elements if part is not _GONE]
    declared = class_of(path, classes)
    return value if declared and declared.data_class <= DataClass.INTERNAL else _GONE


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    for key, child in cast("dict[Any, Any]", value).items():
        yield str(key), child


def _key(key: str, profile: Profile) -> str:
    return key if key.isidentifier() and key.isascii() and not any(char.isdigit() for char in key) else scrub(key, profile)
