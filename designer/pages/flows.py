"""Flows: the list, and one flow with its drawing, steps, versions and document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from designer.pages.drawing import draw
from designer.pages.frame import PageRequest, loom, page
from engine.errors import Problem
from engine.flow.check import check
from engine.flow.document import Flow
from engine.flow.graph import links, order
from engine.flow.reader import inspect
from engine.node.types import NodeType
from engine.privacy.scrub import scrub
from engine.registry import Registry
from engine.store.ports import FlowRecord


@dataclass(frozen=True, slots=True)
class ShownFlow:
    """``flow`` is ``None`` where the document cannot be read; ``problems``: those of the draft, else of the published version."""

    record: FlowRecord
    flow: Flow | None
    problems: Sequence[Problem]
    runs: int = 0


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A node of a flow with its type (``None`` where no package brings it) and the wires that leave it: (port, target)."""

    slug: str
    use: str
    title: Mapping[str, str]
    type: NodeType | None
    onward: Sequence[tuple[str, str]]
    disabled: bool


@get("/flows", opt={"permission": "flow.read"})
async def list_flows(request: PageRequest) -> Response[str]:
    engine = loom(request)
    counts = await engine.store.run_counts()
    shown: list[ShownFlow] = []
    for record in await engine.store.flows():
        document = record.draft if record.draft is not None else await _published(request, record)
        runs = sum(number for (flow, _), number in counts.items() if flow == record.name)
        shown.append(ShownFlow(record, *_judged(request, document), runs))
    return page(request, "flows/list.html", flows=shown)


@get("/flows/{name:str}", opt={"permission": "flow.read"})
async def show_flow(request: PageRequest, name: FromPath[str], version: FromQuery[int | None] = None) -> Response[str]:
    """A version, the published one if none is named, or the draft where nothing is published. Phone numbers in its samples are masked."""
    engine = loom(request)
    record = await engine.store.flow(name)
    chosen = version or record.published
    document = (await engine.store.version(name, chosen)).document if chosen else record.draft or b""
    flow, problems = _judged(request, document)
    draft_problems = _judged(request, record.draft)[1] if chosen and record.draft is not None else problems
    return page(
        request, "flows/one.html",
        record=record, flow=flow, chosen=chosen, document=scrub(document.decode()), draft_problems=draft_problems,
        versions=await engine.store.versions(name),
        drawing=draw(flow) if flow else None,
        steps=steps_in_order(flow, engine.registry) if flow else [],
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


async def _published(request: PageRequest, record: FlowRecord) -> bytes | None:
    return (await loom(request).store.version(record.name, record.published)).document if record.published else None


def _judged(request: PageRequest, document: bytes | None) -> tuple[Flow | None, Sequence[Problem]]:
    if document is None:
        return None, ()
    engine = loom(request)
    reading = inspect(document)
    if reading.flow is None:
        return None, reading.problems
    return reading.flow, [*reading.problems, *check(reading.flow, engine.registry, engine.book.types(), reading.broken)]
