"""Flows: the list, and one flow with its drawing, steps, versions and document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from designer.pages.drawing import draw
from designer.pages.flow_cards import differ, flow_cards, judged, published_document
from designer.pages.flow_history import MOST, SHOWN, draft_changes, past
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import links as links_to
from engine.app import now
from engine.errors import InputInvalid, Problem
from engine.flow.document import Flow
from engine.flow.graph import links, order
from engine.node.types import NodeType
from engine.node.validation import read_params
from engine.privacy.scrub import scrub
from engine.registry import Registry
from engine.schedules import Times, next_after


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A node of a flow with its type (``None`` where no package brings it) and the wires that leave it: (port, target)."""

    slug: str
    use: str
    title: Mapping[str, str]
    type: NodeType | None
    onward: Sequence[tuple[str, str]]
    disabled: bool


@dataclass(frozen=True, slots=True)
class ShownTimes:
    """When a trigger starts its flow; ``next``: ``None`` where this version starts nothing."""

    times: Times
    next: datetime | None


@get("/flows", opt={"permission": "flow.read"})
async def list_flows(request: PageRequest, cursor: FromQuery[str | None] = None) -> Response[str]:
    found = await flow_cards(loom(request), cursor)
    return page(request, "flows/list.html", flows=found.items, links=links_to("/flows", found, cursor, {}))


@get("/flows/{name:str}", opt={"permission": "flow.read"})
async def show_flow(
    request: PageRequest, name: FromPath[str], version: FromQuery[int | None] = None, history: FromQuery[bool] = False
) -> Response[str]:
    """A version, the published one if none is named, or the draft where nothing is published. Phone numbers in its samples are masked.

    ``history``: list all versions.
    """
    return await flow_page(request, name, version, listed=MOST if history else SHOWN)


async def flow_page(
    request: PageRequest,
    name: str,
    version: int | None = None,
    *,
    listed: int = SHOWN,
    refused: tuple[int, Sequence[Problem]] | None = None,
    status: int = 200,
) -> Response[str]:
    """``refused``: a version that could not be published again, and why."""
    engine, language = loom(request), reader_for(request).language
    record = await engine.store.flow(name)
    chosen = version or record.published
    document = (await engine.store.version(name, chosen)).document if chosen else record.draft or b""
    flow, problems = judged(engine, document)
    draft_problems = judged(engine, record.draft)[1] if chosen and record.draft is not None else problems
    published = await published_document(engine, record)
    versions = await engine.store.versions(name)
    return page(
        request, "flows/one.html", status=status,
        record=record, flow=flow, chosen=chosen, document=scrub(document.decode()), draft_problems=draft_problems, refused=refused,
        draft_differs=record.draft is not None and differ(record.draft, published),
        draft_changes=draft_changes(record, published, language),
        versions=past(versions, language, listed), older=max(0, len(versions) - listed), may_list_more=listed < MOST,
        noted=engine.world.noted.of(name, record.published),
        drawing=draw(flow) if flow else None,
        sources={state.trigger: state for state in engine.sources.states() if state.flow == name},
        steps=steps_in_order(flow, engine.registry) if flow else [],
        schedules=schedules_of(flow, engine.registry, now() if chosen and chosen == record.published else None) if flow else {},
    )  # fmt: skip


def steps_in_order(flow: Flow, registry: Registry) -> list[ShownStep]:
    """The nodes in the order of work; those on a cycle last."""
    wires = links(flow)
    ordered = order(list(flow.nodes), wires)
    rest = [slug for slug in flow.nodes if slug not in ordered]
    return [
        ShownStep(
            slug,
            node.use,
            node.title or {},
            registry.find(node.use),
            [(link.port, link.target) for link in wires if link.source == slug],
            node.disabled,
        )
        for slug in [*ordered, *rest]
        for node in [flow.nodes[slug]]
    ]


def schedules_of(flow: Flow, registry: Registry, after: datetime | None) -> dict[str, ShownTimes]:
    """By slug of the trigger. ``after``: the next time is looked for from then on."""
    found: dict[str, ShownTimes] = {}
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        if node_type is None or node_type.starts != "schedule":
            continue
        try:
            times = cast("Times", read_params(node_type.params, node.params))
        except InputInvalid:
            continue
        found[slug] = ShownTimes(times, next_after(times, after) if after and not node.disabled else None)
    return found
