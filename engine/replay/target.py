"""Against what a replay compares: a version, the draft, or a document; and what that gets of the flows that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.errors import NotFound, OrderloomError, Problem
from engine.flow.calls import Called, callees_of, calls_from, resolve_calls
from engine.flow.reader import read_flow
from engine.registry import Registry
from engine.run.plan import Plan
from engine.store.ports import Store

DRAFT: Final = "draft"
Against = int | str | bytes
"""The number of a version, ``draft``, or a document."""


async def target_of(store: Store, flow: str, against: Against) -> bytes:
    """The document. Raises ``NotFound``: ``flow.unknown``, ``flow.no_draft`` or ``flow.version_unknown``."""
    draft = (await store.flow(flow)).draft
    if isinstance(against, bytes):
        return against
    if isinstance(against, int):
        return (await store.version(flow, against)).document
    if draft is None:
        raise NotFound(Problem("flow.no_draft", (flow,)))
    return draft


async def calls_against(store: Store, registry: Registry, flow: str, against: Against) -> Mapping[str, Called]:
    """As they were when the version was published; else as they would be now. Raises as ``target_of``, or ``FlowInvalid``."""
    text = await target_of(store, flow, against)
    if isinstance(against, int):
        return calls_from((await store.version(flow, against)).calls)
    document = read_flow(text, flow)
    plans = {name: await _published(store, registry, name) for _, name, _ in callees_of(document, registry)}
    return resolve_calls(document, registry, plans.get)


async def _published(store: Store, registry: Registry, flow: str) -> Plan | None:
    try:
        version = (await store.flow(flow)).published
        kept = None if version is None else await store.version(flow, version)
        return None if kept is None else Plan(read_flow(kept.document), registry, kept.version, calls_from(kept.calls))
    except OrderloomError:
        return None
