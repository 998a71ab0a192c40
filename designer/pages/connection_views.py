"""Connections as they are shown: never with a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from designer.pages.connection_forms import KindShown, kind_shown
from engine.app import Orderloom
from engine.connection.book import Source
from engine.connection.channels import Channel
from engine.connection.robots import Robot
from engine.connection.types import Connection, connection_types, json_schema
from engine.connection.uses import Hook, Use, hooks_of, uses
from engine.errors import OrderloomError, Problem


@dataclass(frozen=True, slots=True)
class Fact:
    """A field that has a value. ``text`` is empty for a secret that is set; ``title``: a key of the catalogue."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A connection in the list. ``flows``: those that use it, true where the published version does."""

    name: str
    source: Source
    kind: KindShown | None
    facts: Sequence[Fact]
    flows: Mapping[str, bool]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class ConnectionPage:
    """``connection`` is ``None`` where the kept document no longer fits; ``problems`` then say why."""

    name: str
    source: Source
    connection: Connection | None
    kind: KindShown | None
    facts: Sequence[Fact]
    problems: Sequence[Problem]
    uses: Sequence[Use]
    hooks: Sequence[Hook]
    is_channel: bool
    is_robot: bool

    @property
    def published(self) -> list[str]:
        """The flows that stand against deleting it."""
        return sorted({use.flow for use in self.uses if not use.draft})


def entry(public: Mapping[str, Any], used: Sequence[Use]) -> Entry:
    """One of ``ConnectionBook.public()``."""
    flows: dict[str, bool] = {}
    for use in used:
        flows[use.flow] = flows.get(use.flow, False) or not use.draft
    problems = [Problem(code, (public["name"],)) for code in public.get("problems", ())]
    kind = public.get("type")
    return Entry(public["name"], public["source"], kind_shown(kind) if kind else None, facts(public) if kind else (), flows, problems)


def facts(public: Mapping[str, Any]) -> list[Fact]:
    """The fields of a connection that have a value, in the order of its form."""
    parts = json_schema(public["type"])["properties"]
    found = [_fact(parts[name], public[name]) for name in parts if name != "type" and public.get(name) not in (None, {}, [])]
    return [fact for fact in found if fact is not None]


async def page_of(engine: Orderloom, name: str, source: Source) -> ConnectionPage:
    connection, problems = None, ()
    try:
        connection = engine.book.get(name)
    except OrderloomError as error:
        problems = error.problems
    known = connection is not None and connection.type_name in connection_types()
    return ConnectionPage(
        name=name,
        source=source,
        connection=connection,
        kind=kind_shown(connection.type_name) if connection is not None and known else None,
        facts=facts(connection.public_view()) if connection is not None else (),
        problems=problems,
        uses=(await uses(engine.store, engine.registry)).get(name, ()),
        hooks=await hooks_of(engine.store, engine.registry, name),
        is_channel=isinstance(connection, Channel),
        is_robot=isinstance(connection, Robot),
    )


def _fact(part: Mapping[str, Any], value: Any) -> Fact | None:
    title = str(part.get("title", ""))
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        is_set = members.get("set")
        if isinstance(is_set, bool):
            return Fact(title, "") if is_set else None
        return Fact(title, ", ".join(members))
    titles = cast("dict[str, str]", part.get("enumTitles", {}))
    return Fact(title, titles.get(str(value), str(value)))
