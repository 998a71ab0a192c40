"""The flows as the list shows them: title, state, figures, and the drawing in small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from designer.pages.drawing import Drawing
from designer.pages.listing import PER_PAGE
from designer.pages.preview import preview
from engine.app import Orderloom, now
from engine.errors import Problem
from engine.flow.check import check_reading
from engine.flow.diff import diff
from engine.flow.document import Flow
from engine.flow.reader import inspect
from engine.store.ports import FlowRecord, Page

FIGURES_OF = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FlowCard:
    """``flow`` is ``None`` where the document cannot be read; ``problems``: those of the draft, else of the published version.

    ``changed``: the draft differs from what is published; ``runs``: accepted within the last 24 hours.
    """

    record: FlowRecord
    flow: Flow | None
    problems: Sequence[Problem]
    changed: bool
    runs: int
    incidents: int
    preview: Drawing | None


async def flow_cards(engine: Orderloom, cursor: str | None) -> Page[FlowCard]:
    """The one that was changed last comes first."""
    runs = await engine.store.run_counts_since(now() - FIGURES_OF)
    incidents: dict[str, int] = {}
    for (flow, _), number in (await engine.store.incident_counts()).items():
        incidents[flow] = incidents.get(flow, 0) + number
    found = await engine.store.flows(limit=PER_PAGE, cursor=cursor, newest_first=True)
    return Page([await _card(engine, record, runs, incidents) for record in found.items], found.next)


async def _card(engine: Orderloom, record: FlowRecord, runs: Mapping[str, int], incidents: Mapping[str, int]) -> FlowCard:
    published = await published_document(engine, record)
    document = record.draft if record.draft is not None else published
    flow, problems = judged(engine, document)
    return FlowCard(
        record=record,
        flow=flow,
        problems=problems,
        changed=record.draft is not None and differ(record.draft, published),
        runs=runs.get(record.name, 0),
        incidents=incidents.get(record.name, 0),
        preview=preview(flow) if flow else None,
    )


async def published_document(engine: Orderloom, record: FlowRecord) -> bytes | None:
    return (await engine.store.version(record.name, record.published)).document if record.published else None


def judged(engine: Orderloom, document: bytes | None) -> tuple[Flow | None, Sequence[Problem]]:
    """The flow as far as it can be read, and everything that is wrong with it."""
    if document is None:
        return None, ()
    reading = inspect(document)
    if reading.flow is None:
        return None, reading.problems
    return reading.flow, check_reading(reading, engine.registry, engine.book.types())


def differ(draft: bytes, published: bytes | None) -> bool:
    """Whether a draft says anything else than the published document; one that cannot be read does."""
    if published is None or draft == published:
        return published is None
    before, after = inspect(published).flow, inspect(draft).flow
    return before is None or after is None or bool(diff(before, after))
