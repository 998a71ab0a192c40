"""What ``orderloom run`` says about one event: a line for each effect, end, parked and dropped item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalogue import explain
from engine.cli.language import current
from engine.node.items import Item
from engine.node.ports import ERROR_PORT
from engine.run.plan import Step
from engine.run.sandbox import SandboxRun
from engine.run.shown import request_json

Line = dict[str, Any]


def lines_of(run: SandboxRun) -> Iterator[Line]:
    """Lines in the order in which the flow declares its nodes. An ``end`` is an item that left by a port without a wire."""
    plan, event = run.execution.plan, str(run.event.id)
    for slug in plan.flow.nodes:
        for line in _of_step(run, plan.by_slug[slug]):
            yield {"event": event, "node": slug, **line}


def _of_step(run: SandboxRun, step: Step) -> Iterator[Line]:
    for captured in run.effects.requests:
        if captured.slug.partition("/")[0] == step.slug:  # ``step/inner``: of a flow that the step called
            yield {**_line("effect", captured.key), "node": captured.slug, "request": request_json(captured.request, key=captured.id)}
    result = run.execution.results[step.index]
    if result is not None:
        for port, sent in result.outputs.items():
            if port not in step.wired and port != ERROR_PORT:
                for key, item in sent:
                    yield _line("end", key, port, item)
    for failure in run.execution.parked:
        if failure.slug == step.slug:
            yield {**_line("parked", failure.key, item=failure.item), "problem": explain(failure.problem, current())}
    for key, item in result.dropped if result is not None else ():
        yield _line("dropped", key, item=item)


def _line(kind: str, key: str, port: str | None = None, item: Item | None = None) -> Line:
    line: Line = {"port": port, "kind": kind, "item_key": key}
    return line if item is None else {**line, "item": item}
