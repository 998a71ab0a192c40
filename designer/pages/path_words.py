"""Where a station of an order's path leads to, and by which icon it is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from designer.pages.connection_forms import KindShown
from designer.pages.words import WAY_ICONS
from engine.path.model import Station


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
