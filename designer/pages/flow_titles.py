"""What flows and their nodes are called in the reader's language."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from designer.pages.environment import said
from engine.app import Orderloom
from engine.errors import NotFound
from engine.node.types import NodeType

MOST: Final = 100
"""Of more flows the further ones are called by their names: each title is read from a document."""
Place = tuple[str, str]
"""A flow and the slug of a node in it."""
Titles = Mapping[str, str]


class _Node(msgspec.Struct):
    use: str = ""
    title: dict[str, str] | None = None


class _Titled(msgspec.Struct):
    title: dict[str, str] | None = None
    nodes: dict[str, _Node] = {}


async def flow_titles(engine: Orderloom, names: Iterable[str], language: str) -> dict[str, str]:
    """By name; the name itself where a flow has no title in this language. That of the published version counts, else the draft's."""
    wanted = list(dict.fromkeys(names))
    found = await asyncio.gather(*(_titled(engine, name) for name in wanted[:MOST]))
    titles = [(one.title or {}).get(language) or name for name, one in zip(wanted, found, strict=False)]
    return {**dict(zip(wanted, wanted, strict=True)), **dict(zip(wanted, titles, strict=False))}


async def node_titles(engine: Orderloom, places: Iterable[Place], language: str) -> dict[Place, str]:
    """By flow and slug: the title in this language, else in English, else as ``untitled`` says."""
    wanted = list(dict.fromkeys(places))
    flows = list(dict.fromkeys(flow for flow, _ in wanted))[:MOST]
    known = dict(zip(flows, await asyncio.gather(*(_titled(engine, flow) for flow in flows)), strict=True))
    nodes = {(flow, slug): known[flow].nodes.get(slug, _Node()) if flow in known else _Node() for flow, slug in wanted}
    return {place: node_title(node.title, place[1], engine.registry.find(node.use), language) for place, node in nodes.items()}


def node_title(title: Titles | None, slug: str, node_type: NodeType | None, language: str) -> str:
    """The title in a language, else in English, else as ``untitled`` says."""
    return (title or {}).get(language) or (title or {}).get("en") or untitled(slug, node_type, language)


def untitled(slug: str, node_type: NodeType | None, language: str) -> str:
    """By its type, as on the canvas, where the slug was made of that (``condition``, ``condition_2``); else the slug in words."""
    made = re.fullmatch(rf"{re.escape(node_type.name.partition('.')[2])}(?:_(\d+))?", slug) if node_type else None
    if node_type is None or made is None:
        return slug.replace("_", " ")
    label = said(language, node_type.label)
    return f"{label} {made[1]}" if made[1] else label


def title_in(title: Titles | None, slug: str, language: str) -> str:
    """The title in a language, else in English, else the slug in words."""
    return (title or {}).get(language) or (title or {}).get("en") or slug.replace("_", " ")


def choice_titles(places: Iterable[Place], titles: Mapping[Place, str]) -> dict[str, str]:
    """By slug, for a choice among the nodes of several flows: of the same title, or of the same slug with other titles, the slug tells."""
    by_slug: dict[str, set[str]] = {}
    for flow, slug in places:
        by_slug.setdefault(slug, set()).add(titles[flow, slug])
    shown = {slug: " / ".join(sorted(found)) for slug, found in by_slug.items()}
    seen = list(shown.values())
    return {slug: f"{title} ({slug})" if seen.count(title) > 1 else title for slug, title in shown.items()}


async def _titled(engine: Orderloom, name: str) -> _Titled:
    plan = engine.flows.newest_at_hand(name)
    if plan is None:
        return await _written(engine, name)
    return _Titled(plan.flow.title, {slug: _Node(node.use, node.title) for slug, node in plan.flow.nodes.items()})


async def _written(engine: Orderloom, name: str) -> _Titled:
    try:
        record = await engine.store.flow(name)
        document = record.draft if record.published is None else (await engine.store.version(name, record.published)).document
        return msgspec.json.decode(document or b"{}", type=_Titled)
    except (NotFound, msgspec.MsgspecError):
        return _Titled()
