"""How the service is doing, for its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import get

from designer.api.given import Loom
from designer.api.shapes import utc
from engine.store.ports import RunState


@dataclass(frozen=True, slots=True)
class Health:
    """``runs`` by flow and state; ``broken``: published flows that cannot run, with their problem codes; ``backlog``: writes that wait."""

    status: str
    started_at: str
    running: int
    waiting: int
    backlog: int
    flows: Sequence[str]
    broken: Mapping[str, Sequence[str]]
    runs: Mapping[str, Mapping[str, int]]


@get("/health", opt={"permission": "run.read"})
async def show_health(orderloom: Loom) -> Health:
    """The state of the service: ``ok``, or ``degraded`` while a published flow cannot run."""
    broken = {name: [problem.code for problem in error.problems] for name, error in orderloom.flows.broken.items()}
    return Health(
        status="degraded" if broken else "ok",
        started_at=utc(orderloom.started_at),
        running=orderloom.dispatcher.running,
        waiting=orderloom.dispatcher.waiting,
        backlog=orderloom.store.journal.backlog(),
        flows=sorted(orderloom.flows.running()),
        broken=broken,
        runs=_by_flow(await orderloom.store.run_counts()),
    )


def _by_flow(counts: Mapping[tuple[str, RunState], int]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (flow, state), count in sorted(counts.items()):
        found.setdefault(flow, {})[state] = count
    return found


routes = [show_health]
