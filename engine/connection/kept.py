"""Secrets that stay when a connection is changed in a form: a form never shows them, so an empty field means "as it was".

A kept secret never goes to another address: whoever may change an address could otherwise have it sent to himself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from yarl import URL

from engine.connection.types import Connection, secret_fields
from engine.errors import Problem


def with_kept(
    name: str, document: Mapping[str, Any], held: Connection, dropped: Collection[str] = ()
) -> tuple[dict[str, Any], list[Problem]]:
    """The document with the secrets that it leaves out, and ``connection.secret_again`` for each that may not be kept.

    Of an object of secrets the members named with ``None`` are kept; those that were not there are empty. ``dropped``: fields whose
    secret shall go.
    """
    before = held.fields()
    filled = dict(document)
    kept: list[str] = []
    for field in sorted(secret_fields(type(held)) - set(dropped)):
        value = _filled(document.get(field), before.get(field))
        if value != document.get(field):
            filled[field] = value
            kept.append(field)
    if _destination(filled) == _destination(before):
        return filled, []
    return filled, [Problem("connection.secret_again", (name, field)) for field in kept]


def _filled(given: Any, before: Any) -> Any:
    if isinstance(given, dict):
        earlier = cast("dict[str, Any]", before) if isinstance(before, dict) else {}
        return {key: earlier.get(key, "") if value is None else value for key, value in cast("dict[str, Any]", given).items()}
    return before if given is None and isinstance(before, str) else given


def _destination(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """Who gets the secrets, and whether others can listen."""
    url = document.get("url")
    return (
        document.get("type"),
        _origin(url),
        _origin(document.get("token_url")),
        *(document.get(field) for field in ("host", "port", "tls")),
    )


def _origin(url: Any) -> Any:
    try:
        return str(URL(url).origin())
    except (ValueError, TypeError):
        return url
