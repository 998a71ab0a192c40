"""``orderloom run --live``: events kept in the store, run to their end, and shown.

What the caller brought is written plainly; behind a node that reads from a live system everything is masked as on pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any

from engine.access import OWNER
from engine.app import Orderloom, now
from engine.catalogue import explain
from engine.cli.language import current
from engine.cli.progress import Meter
from engine.cli.run_lines import Line
from engine.errors import InputInvalid, NotFound, Problem
from engine.inspection import StepView, steps_of
from engine.node.ports import ERROR_PORT
from engine.node.triggers import Delivery
from engine.run.arrivals import deliveries_of
from engine.run.plan import Plan, Step
from engine.settings import Settings

AT_ONCE = 200
NOTE = "run --live"
EARLIER = 0
"""Stands for the event that is parked: which one it is does not matter here, for nobody resumes it meanwhile."""


async def run_live(
    settings: Settings, document: bytes | None, plan: Plan, step: Step, items: Iterable[Any], meter: Meter
) -> AsyncIterator[Line]:
    """Accept the items as events and yield their lines in order. A ``document`` is published first, so that its runs have a version."""
    async with Orderloom.at(settings) as app:
        if document is not None:
            await app.publish(document, note=NOTE, actor=OWNER)
        published = await app.flows.newest(plan.name)
        if published is None:
            raise NotFound(Problem("flow.not_published", (plan.name,)))
        for name, order_key in await app.store.parked_order_keys():
            app.dispatcher.parked(name, order_key, EARLIER)
        deliveries = deliveries_of(step, items)
        while portion := list(islice(deliveries, AT_ONCE)):
            async for line in _run(app, published, published.by_slug[step.slug], portion):
                yield line
            for _, count in portion:
                meter.event_done(count)


def own_steps(plan: Plan) -> frozenset[str]:
    """The steps that hold nothing but what the caller brought: no live system has added to their items."""
    touched: set[int] = set()
    for step in plan.steps:
        reads = step.type.is_effect and (bool(step.type.writes) or any(port.effect.change != "passes" for port in step.type.outputs))
        if reads or any(source in touched for source, _ in step.incoming):
            touched.add(step.index)
    return frozenset(step.slug for step in plan.steps if step.index not in touched)


async def _run(app: Orderloom, plan: Plan, step: Step, portion: list[tuple[Delivery, int]]) -> AsyncIterator[Line]:
    accepted = await asyncio.gather(*(_accept(app, plan, step, delivery) for delivery, _ in portion))
    await app.dispatcher.idle()
    for event_id in accepted:
        if isinstance(event_id, int):
            run = await app.store.run(event_id)
            async for line in _lines(app, plan, event_id, held=run.state == "queued"):
                yield line
        else:
            yield {
                "event": None,
                "node": step.slug,
                "port": None,
                "kind": "parked",
                "item_key": "1",
                "problem": explain(event_id, current()),
            }


async def _accept(app: Orderloom, plan: Plan, step: Step, delivery: Delivery) -> int | Problem:
    try:
        return (await app.intake.accept(plan, step, delivery, now(), actor=OWNER)).id
    except InputInvalid as error:
        return error.problems[0]


async def _lines(app: Orderloom, plan: Plan, event_id: int, *, held: bool) -> AsyncIterator[Line]:
    event = {"event": str(event_id)}
    if held:
        problem = explain(Problem("run.blocked"), current())
        yield {**event, "node": None, "port": None, "kind": "parked", "item_key": "1", "problem": problem}
        return
    views = {view.slug: view for view in await steps_of(app, event_id, own_steps(plan))}
    for slug in plan.flow.nodes:
        for line in _of_step(views[slug], plan.by_slug[slug]) if slug in views else ():
            yield {**event, "node": slug, **line}


def _of_step(view: StepView, step: Step) -> Iterator[Line]:
    for request in view.requests:
        yield {"port": None, "kind": "effect", "item_key": request.item_key, "request": dict(request.request)}
    for port, sent in view.outputs.items():
        if port not in step.wired and port != ERROR_PORT:
            yield from ({"port": port, "kind": "end", "item_key": item.key, "item": item.item} for item in sent)
    if step.on_error != "route":
        for key, problem in view.failures:
            yield {"port": None, "kind": "parked", "item_key": key, "problem": explain(problem, current())}
