"""Which flows use a connection, and what came through the hooks that verify with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from engine.connection.book import ConnectionBook
from engine.errors import Conflict, OrderloomError, Problem
from engine.flow.document import FlowNode
from engine.flow.reader import inspect
from engine.flow.references import named_in
from engine.registry import Registry
from engine.store.filters import EventFilter
from engine.store.ports import FlowRecord, Store

COUNTED: Final = 500
"""Deliveries are counted up to here."""
AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Use:
    """A node that names a connection, in the published version of a flow or, with ``draft``, only in its draft."""

    flow: str
    slug: str
    draft: bool
    is_hook: bool


@dataclass(frozen=True, slots=True)
class Hook:
    """``count`` deliveries were kept, ``more`` than that if so; ``last``: when the last one came."""

    path: str
    count: int
    more: bool
    last: datetime | None


async def uses(store: Store, registry: Registry) -> Mapping[str, Sequence[Use]]:
    """By connection, published flows first. A disabled node counts: it can be switched on again."""
    found: dict[str, list[Use]] = {}
    async for record in _every_flow(store):
        for name, use in await _of_flow(store, registry, record):
            found.setdefault(name, []).append(use)
    return {name: sorted(them, key=lambda use: (use.draft, use.flow, use.slug)) for name, them in found.items()}


async def hooks_of(store: Store, registry: Registry, name: str) -> list[Hook]:
    """The hooks of published flows that verify with a connection."""
    known = (await uses(store, registry)).get(name, ())
    return [await _heard(store, use) for use in known if use.is_hook and not use.draft]


async def delete(book: ConnectionBook, store: Store, registry: Registry, name: str, *, actor: str) -> None:
    """Forget a connection. Raises ``Conflict``: ``connection.in_use`` with the published flows that name it, ``connection.in_settings``."""
    flows = sorted({use.flow for use in (await uses(store, registry)).get(name, ()) if not use.draft})
    if flows and book.source(name) == "store":
        raise Conflict(Problem("connection.in_use", (name,), {"name": name, "flows": flows}))
    await book.remove(name, actor=actor)


async def _every_flow(store: Store) -> AsyncIterator[FlowRecord]:
    page = await store.flows(limit=AT_ONCE)
    while True:
        for record in page.items:
            yield record
        if page.next is None:
            return
        page = await store.flows(limit=AT_ONCE, cursor=page.next)


async def _of_flow(store: Store, registry: Registry, record: FlowRecord) -> list[tuple[str, Use]]:
    published = (await store.version(record.name, record.published)).document if record.published else None
    live = list(_in_document(record.name, published, registry, draft=False))
    known = {(name, use.slug) for name, use in live}
    drafted = _in_document(record.name, record.draft, registry, draft=True)
    return live + [(name, use) for name, use in drafted if (name, use.slug) not in known]


def _in_document(flow: str, document: bytes | None, registry: Registry, *, draft: bool) -> Iterator[tuple[str, Use]]:
    read = inspect(document).flow if document is not None else None
    for slug, node in read.nodes.items() if read else ():
        for name in sorted(set(named_in(node.params))):
            yield name, Use(flow, slug, draft, _is_hook(node, registry))


def _is_hook(node: FlowNode, registry: Registry) -> bool:
    try:
        return registry.get(node.use).starts == "hook" and not node.disabled
    except OrderloomError:
        return False


async def _heard(store: Store, use: Use) -> Hook:
    page = await store.events(EventFilter(flow=use.flow, trigger=use.slug), limit=COUNTED)
    last = max((event.received_at.astimezone(UTC) for event in page.items), default=None)
    return Hook(f"/hooks/{use.flow}/{use.slug}", len(page.items), page.next is not None, last)
