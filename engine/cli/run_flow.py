"""Which flow ``orderloom run`` runs, and by which trigger."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engine.cli.data import existing_store, settings_for
from engine.cli.flow_files import flows_beside
from engine.errors import InputInvalid, NotFound, Problem
from engine.flow.reader import read_flow
from engine.registry import installed
from engine.run.calls import FindPlan
from engine.run.plan import Plan, Step, compile_flow
from engine.store.ports import Store


def load_plan(flow: str, data: str | None) -> tuple[Plan, FindPlan]:
    """The plan of a flow file or, where there is no such file, of a published flow; and the flows that it may call.

    Raises ``FlowInvalid``, ``NotFound``.
    """
    file, document = Path(flow), document_of(flow)
    if document is not None:
        return Plan(read_flow(document, file.name), installed()), flows_beside(file, installed())
    if file.suffix or len(file.parts) != 1:
        raise InputInvalid(Problem("input.not_found", (flow,)))
    return asyncio.run(_published(flow, data))


def document_of(flow: str) -> bytes | None:
    """The content of a flow file; ``None`` for what is no file, and so perhaps the name of a published flow."""
    file = Path(flow)
    return file.read_bytes() if file.is_file() else None


def trigger_of(plan: Plan, name: str | None, *, from_file: bool) -> Step:
    """The trigger named; else the only one, or the only one for files if there is a file. Raises ``InputInvalid``."""
    usable = {slug: step for slug, step in plan.triggers.items() if not step.disabled}
    if name is not None:
        if name not in usable:
            raise InputInvalid(Problem("run.no_such_trigger", (plan.name, name), {"triggers": sorted(usable)}))
        return usable[name]
    for_files = [step for step in usable.values() if step.type.starts == "file"]
    fitting = for_files if from_file and for_files else list(usable.values())
    if len(fitting) != 1:
        raise InputInvalid(Problem("run.trigger_needed", (plan.name,), {"triggers": sorted(usable)}))
    return fitting[0]


async def _published(name: str, data: str | None) -> tuple[Plan, FindPlan]:
    try:
        async with existing_store(settings_for(data)) as store:
            plans = await _with_callees(store, name)
            if name in plans:
                return plans[name], plans.get
    except NotFound as error:
        if error.problems[0].code != "cli.no_data":
            raise
    raise NotFound(Problem("cli.no_such_flow", (name,)))


async def _with_callees(store: Store, name: str) -> dict[str, Plan]:
    """A published flow and all that it calls, by name; without those that are not published."""
    published, left, plans = await store.published(), [name], dict[str, Plan]()
    while left:
        one = left.pop()
        if one not in plans and one in published:
            kept = await store.version(one, published[one])
            plans[one] = compile_flow(kept.document, installed(), kept.version, kept.calls)
            left += plans[one].callees
    return plans
