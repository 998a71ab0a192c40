"""The register of outside systems: what each offers, its limits and who owns it. People keep it as sheets; connections fill it in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.connection.book import ConnectionBook
from engine.connection.types import Connection, connection_types
from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.json_text import read_json, write_json
from engine.node.validation import reason_of
from engine.store.ports import Store

KIND: Final = "system"
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
Offer = Literal["webhook", "api", "database", "file", "queue", "messages"]
OFFERS: Final[tuple[Offer, ...]] = ("webhook", "api", "database", "file", "queue", "messages")
_BY_TYPE: Final[Mapping[str, tuple[Offer, ...]]] = {
    "taobao": ("webhook", "api"), "shopify": ("webhook", "api"), "woocommerce": ("webhook", "api"), "own_shop": ("webhook", "api"),
    "jd": ("api",), "pinduoduo": ("api", "messages"), "wms": ("api",), "finance": ("api",), "http": ("api",),
    "database": ("database",), "folder": ("file",), "rabbitmq": ("queue",), "redis": ("queue",), "nats": ("queue",), "mqtt": ("queue",),
}  # fmt: skip


class SystemEntry(BaseModel):
    """``owner``: a post or a team. ``offers``: besides what its connections offer by their types. Limits as the system's people say."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=80)
    owner: str = Field(default="", max_length=80)
    connections: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")], ...] = Field(default=(), max_length=20)
    offers: tuple[Offer, ...] = Field(default=(), max_length=len(OFFERS))
    per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    limits: str = Field(default="", max_length=500)
    note: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class System:
    """``version`` 0: nobody wrote an entry, it is there for its connection. ``offers``: written, and those of its connections' types.

    ``unknown``: connections that it names and that are no more.
    """

    name: str
    entry: SystemEntry
    version: int
    offers: tuple[Offer, ...]
    types: Mapping[str, str]
    unknown: tuple[str, ...] = ()


class Systems:
    def __init__(self, store: Store, book: ConnectionBook) -> None:
        self._store, self._book = store, book

    async def all(self) -> Sequence[System]:
        """By name: those that people wrote, then one for each connection to a system that none of them names."""
        types = self._book.types()
        written = {name: (parse_entry(read_json(one.body)), one.version) for name, one in (await self._store.sheets(KIND)).items()}
        named = {name for entry, _ in written.values() for name in entry.connections}
        systems = [_system(name, entry, version, types) for name, (entry, version) in written.items()]
        alone = [name for name in types if name not in named and name not in written and _is_system(types[name])]
        systems += [_system(name, SystemEntry(title=name.replace("_", " "), connections=(name,)), 0, types) for name in alone]
        return sorted(systems, key=lambda one: one.name)

    async def one(self, name: str) -> System:
        """Raises ``NotFound`` (``system.unknown``)."""
        for system in await self.all():
            if system.name == name:
                return system
        raise NotFound(Problem("system.unknown", (name,), {"name": name}))

    def checked(self, name: str, document: object) -> SystemEntry:
        """What is written of a system. Raises ``InputInvalid`` with every problem of name and entry: as ``save`` and ``parse_entry``."""
        try:
            entry = parse_entry(document)
        except InputInvalid as error:
            raise InputInvalid([*_of_name(name), *self._of_connections(_named(document)), *error.problems]) from None
        if problems := [*_of_name(name), *self._of_connections(entry.connections)]:
            raise InputInvalid(problems)
        return entry

    async def save(self, name: str, entry: SystemEntry, *, expected: int | None, actor: str) -> int:
        """The new version. Raises ``InputInvalid`` (``system.bad_name``, ``system.no_connection``) or ``Conflict`` (``sheet.changed``)."""
        if problems := [*_of_name(name), *self._of_connections(entry.connections)]:
            raise InputInvalid(problems)
        return await self._store.save_sheet(KIND, name, write_json(entry.model_dump(mode="json")), expected=expected, actor=actor)

    def _of_connections(self, names: Sequence[str]) -> list[Problem]:
        known = self._book.names()
        return [Problem("system.no_connection", ("connections",), {"name": one}) for one in names if one not in known]

    async def remove(self, name: str, *, actor: str) -> None:
        """Raises ``NotFound`` (``system.unknown``) where nobody wrote an entry."""
        if not await self._store.delete_sheet(KIND, name, actor=actor):
            raise NotFound(Problem("system.unknown", (name,), {"name": name}))

    def connection(self, name: str) -> Connection | None:
        """``None`` for one that is gone or cannot be read."""
        try:
            return self._book.get(name)
        except OrderloomError:
            return None


def parse_entry(document: object) -> SystemEntry:
    """Raises ``InputInvalid`` with one ``path.invalid`` a field."""
    try:
        return SystemEntry.model_validate(document)
    except ValidationError as error:
        raise InputInvalid([_problem(one) for one in error.errors(include_url=False, include_input=False)]) from None


def _of_name(name: str) -> list[Problem]:
    return [] if NAME.fullmatch(name) and name != "new" else [Problem("system.bad_name", ("name",))]


def _named(document: object) -> Sequence[str]:
    """The connections of an entry with other faults, as far as they are names."""
    named = cast("Mapping[str, Any]", document).get("connections") if isinstance(document, Mapping) else None
    found = cast("Sequence[Any]", named) if isinstance(named, (list, tuple)) else ()
    return [one for one in found if isinstance(one, str) and NAME.fullmatch(one)]


def _system(name: str, entry: SystemEntry, version: int, types: Mapping[str, str]) -> System:
    own = {one: types[one] for one in entry.connections if one in types}
    found = {*entry.offers, *(offer for kind in own.values() for offer in _BY_TYPE.get(kind, ()))}
    unknown = tuple(one for one in entry.connections if one not in types)
    return System(name, entry, version, tuple(offer for offer in OFFERS if offer in found), own, unknown)


def _is_system(type_name: str) -> bool:
    model = connection_types().get(type_name)
    return model is not None and model.type_family != "message" and type_name != "smtp"


def _problem(one: Any) -> Problem:
    return Problem("path.invalid", tuple(str(part) for part in one["loc"]), reason_of(one))
