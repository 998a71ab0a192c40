"""What a station of an order's path is called, where it leads to, and by which icon it is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from designer.pages.connection_forms import KindShown
from designer.pages.environment import said
from designer.pages.flow_titles import title_in
from designer.pages.words import SENTENCES, WAY_ICONS
from engine.catalogue import text
from engine.path.model import Station


def name_of(station: Station, kinds: Mapping[str, KindShown], language: str) -> str:
    """As people called it; a connection that is named like its kind, such as ``taobao``, by what that kind is called."""
    if station.id == "hub":
        return text(SENTENCES["hub"], language)
    kind = kinds.get(station.system or "")
    if kind is not None and station.connection == station.system:
        return said(language, kind.title)
    return title_in(station.titles, station.name, language)


def symbol_of(station: Station, kinds: Mapping[str, KindShown]) -> str:
    if station.id.startswith("flow:"):
        return "workflow"
    kind = kinds.get(station.system or "")
    return {"canonical": "package", "checked": "user-check", "shipped": "truck"}.get(station.stage) or (
        kind.icon if kind is not None else WAY_ICONS.get(station.way or "", "box")
    )


def link_of(station: Station) -> str:
    """A page of ours."""
    if station.id.startswith("flow:"):
        return f"/flows/{station.name}"
    if station.stage == "canonical":
        return "/orders"
    if station.connection is not None:
        return f"/connections/{station.connection}"
    return f"/flows/{station.places[0][0]}"
