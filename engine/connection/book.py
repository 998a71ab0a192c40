"""The book of connections: by name, from the settings and from the store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol

from engine.connection.types import Connection, parse_connection
from engine.errors import Conflict, InputInvalid, NotFound, OrderloomError, Problem, SettingsInvalid
from engine.json_text import read_json, write_json

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
Source = Literal["settings", "store"]


class ConnectionStore(Protocol):
    """Where connections are kept. The store seals each document with the master key before it writes it."""

    async def connection_names(self) -> Sequence[str]: ...
    async def connection(self, name: str) -> bytes | None: ...
    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None: ...
    async def delete_connection(self, name: str, *, actor: str) -> None: ...


class ConnectionBook:
    """``settings``: name → JSON text or object, as ``ORDERLOOM_CONNECTION_<NAME>`` gives it; these win over the store's.

    Raises ``SettingsInvalid`` with all problems of all settings. Call ``refresh`` before use and whenever the store changed.
    """

    def __init__(self, settings: Mapping[str, object] | None = None, store: ConnectionStore | None = None) -> None:
        self._store = store
        self._from_settings = _parse_settings(settings or {})
        self._from_store: dict[str, Connection] = {}
        self._broken: dict[str, OrderloomError] = {}

    async def refresh(self) -> None:
        """Read the store anew. A document that no longer fits its type is kept as a problem of that name, not of all."""
        found: dict[str, Connection] = {}
        broken: dict[str, OrderloomError] = {}
        for name in await self._store.connection_names() if self._store else ():
            document = await self._store.connection(name) if self._store else None
            if document is None:
                continue
            try:
                found[name] = parse_connection(name, read_json(document))
            except OrderloomError as error:
                broken[name] = error
        self._from_store, self._broken = found, broken

    def get(self, name: str) -> Connection:
        """Raises ``NotFound`` with ``connection.missing``, or what is wrong with the stored document."""
        found = self._from_settings.get(name) or self._from_store.get(name)
        if found is not None:
            return found
        raise self._broken.get(name) or NotFound(Problem("connection.missing", fields={"name": name}))

    def source(self, name: str) -> Source:
        """Where it is kept. Raises ``NotFound`` with ``connection.missing``."""
        if name in self._from_settings:
            return "settings"
        if name in self._from_store or name in self._broken:
            return "store"
        raise NotFound(Problem("connection.missing", fields={"name": name}))

    def names(self) -> list[str]:
        return sorted({*self._from_settings, *self._from_store, *self._broken})

    def types(self) -> dict[str, str]:
        """The type of each usable connection by name."""
        return {name: one.type_name for name, one in {**self._from_store, **self._from_settings}.items()}

    def public(self) -> list[dict[str, Any]]:
        """All connections as they may be shown, by name, with ``source``: ``settings`` or ``store``."""
        return [self._public(name) for name in self.names()]

    async def put(self, name: str, document: object, *, actor: str) -> Connection:
        """Keep a whole document. Secrets left out are unset: one that stayed while the address changed would go to a stranger.

        Raises ``InputInvalid`` with all problems, ``Conflict`` with ``connection.in_settings``.
        """
        check_name(name)
        if name in self._from_settings or self._store is None:
            raise Conflict(Problem("connection.in_settings", fields={"name": name}))
        connection = parse_connection(name, document)
        await self._store.save_connection(name, write_json(connection.fields()), actor=actor)
        self._from_store[name] = connection
        self._broken.pop(name, None)
        return connection

    async def remove(self, name: str, *, actor: str) -> None:
        """Forget a connection with its secrets. Raises ``NotFound``, ``Conflict`` with ``connection.in_settings``.

        Whether a flow still uses it is for the caller to know.
        """
        if name in self._from_settings or self._store is None:
            raise Conflict(Problem("connection.in_settings", fields={"name": name}))
        await self._store.delete_connection(name, actor=actor)
        self._from_store.pop(name, None)
        self._broken.pop(name, None)

    def _public(self, name: str) -> dict[str, Any]:
        source = "settings" if name in self._from_settings else "store"
        found = self._from_settings.get(name) or self._from_store.get(name)
        if found is None:
            return {"name": name, "source": source, "problems": [problem.code for problem in self._broken[name].problems]}
        return {"name": name, "source": source, **found.public_view()}


def check_name(name: str) -> None:
    """Raises ``InputInvalid`` with ``connection.bad_name``; ``new`` is the address of the form that makes one."""
    if not _NAME.fullmatch(name):
        raise InputInvalid(Problem("connection.bad_name"))
    if name == "new":
        raise InputInvalid(Problem("connection.reserved_name", fields={"name": name}))


def _parse_settings(settings: Mapping[str, object]) -> dict[str, Connection]:
    found: dict[str, Connection] = {}
    problems: list[Problem] = []
    for given, value in settings.items():
        name = given.lower()
        try:
            check_name(name)
            found[name] = parse_connection(name, _document(name, value))
        except OrderloomError as error:
            problems.extend(error.problems)
    if problems:
        raise SettingsInvalid(problems)
    return found


def _document(name: str, value: object) -> object:
    if not isinstance(value, (str, bytes)):
        return value
    try:
        return read_json(value)
    except InputInvalid:
        raise InputInvalid(Problem("connection.invalid", (name,), {"reason": "it is not a JSON object", "rule": "dict_type"})) from None
