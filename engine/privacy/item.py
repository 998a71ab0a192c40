"""Masks over a whole item, by the declared classes of its fields.

A path is written in its general form: ``receiver.phone``, ``lines[].sku_code``; ``*`` stands for any key of an object, and a
last ``.*`` covers everything below. A field without a declared class is hidden: of what lies in it only the structure is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.field_names import is_field_name, shown_keys
from engine.privacy.masks import Profile, mask
from engine.privacy.scrub import scrub

_UNDECLARED: Final = FieldClass(DataClass.RESTRICTED, Kind.OPAQUE)
_GONE: Final = object()
_NO_PATH: Final = str.maketrans(".[]*", "\0" * 4)
_Classes = Mapping[str, FieldClass]


def mask_item(item: dict[str, Any], classes: _Classes, profile: Profile = "screen") -> dict[str, Any]:
    """A copy in which public and internal fields are as they were and all others are masked by their kind.

    Keys stay where they are declared or look like names of fields; any other may be a datum, and its number stands for it.
    """
    return _object(item, "", classes, profile)


def shown(item: dict[str, Any], classes: _Classes) -> dict[str, Any]:
    """A copy with the public and internal fields only: what may outlive the personal data of an order."""
    return {key: kept for key, value in item.items() if (kept := _open_part(value, below("", key), classes)) is not _GONE}


def below(path: str, key: str) -> str:
    """The path of a member. A key that would read as a path of its own is given another form, so that it takes no other's class."""
    step = key.translate(_NO_PATH)
    return f"{path}.{step}" if path else step


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
    declared = class_of(path, classes)
    if declared and declared.data_class > DataClass.INTERNAL:
        return mask(value, declared.kind, profile)
    if isinstance(value, dict):
        return _object(cast("dict[str, Any]", value), path, classes, profile)
    if isinstance(value, list):
        return [_masked(child, f"{path}[]", classes, profile) for child in cast("list[Any]", value)]
    return value if declared else mask(value, _UNDECLARED.kind, profile)


def _object(members: dict[str, Any], path: str, classes: _Classes, profile: Profile) -> dict[str, Any]:
    keys = shown_keys(members, lambda key: is_field_name(key) or _is_known(below(path, key), key, classes))
    return {keys[key]: _masked(child, below(path, key), classes, profile) for key, child in members.items()}


def _is_known(path: str, key: str, classes: _Classes) -> bool:
    """Whether a key is declared, by itself or as open data; a number of somebody is hidden all the same."""
    declared = class_of(path, classes)
    is_open = declared is not None and declared.data_class <= DataClass.INTERNAL
    return scrub(key) == key and (is_open or any(one.startswith((f"{path}.", f"{path}[")) or one == path for one in classes))


def _open_part(value: Any, path: str, classes: _Classes) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        parts = ((key, _open_part(child, below(path, key), classes)) for key, child in members)
        return {key: part for key, part in parts if part is not _GONE}
    if isinstance(value, list):
        elements = (_open_part(child, f"{path}[]", classes) for child in cast("list[Any]", value))
        return [part for part in elements if part is not _GONE]
    declared = class_of(path, classes)
    return value if declared and declared.data_class <= DataClass.INTERNAL else _GONE
