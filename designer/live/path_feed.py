"""What moves along an order's path: counts, delays and break-offs of each station. One reading serves everybody who watches."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Final

from engine.app import Orderloom
from engine.connection.channels import Channel
from engine.connection.gates import GateState
from engine.errors import Problem
from engine.path.model import OrderPath, Station
from engine.path.trace import places_of, trace
from engine.run.tally import NodeTally
from engine.source.state import SourceState
from engine.store.ports import OPEN_STATES, RunState, WaitKind
from engine.watch.delays import DelayLine

FRESH: Final = 0.9
WINDOW: Final = timedelta(minutes=60)
"""Over which delays are told."""
_NOTHING: Final = NodeTally()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a station. ``passed``: orders since the process started; ``in_work`` and ``waiting``: runs now, of flows and people.

    ``parked``: open incidents; ``p50``, ``p95``: seconds from arrival until a system had it, over the last hour, with ``count`` orders;
    ``troubles``: why nothing goes on here.
    """

    passed: int = 0
    in_work: int = 0
    waiting: int = 0
    parked: int = 0
    count: int = 0
    p50: float | None = None
    p95: float | None = None
    troubles: tuple[Problem, ...] = ()

    @property
    def broken(self) -> bool:
        return bool(self.parked or self.troubles)


@dataclass(frozen=True, slots=True)
class Reading:
    """The path with the figures of its stations; ``broken_flows``: published ones that cannot run."""

    path: OrderPath
    figures: Mapping[str, Figures]
    broken_flows: Sequence[str] = ()


@dataclass(slots=True)
class Counted:
    """All that figures are made of."""

    tallies: Mapping[tuple[str, str], NodeTally]
    runs: Mapping[tuple[str, RunState], int]
    waits: Mapping[tuple[str, WaitKind], int]
    incidents: Mapping[tuple[str, str], int]
    delays: Sequence[DelayLine] = ()
    gates: Mapping[str, GateState] = field(default_factory=dict[str, GateState])
    sources: Sequence[SourceState] = ()


class PathFeed:
    """One for each running engine."""

    def __init__(self, engine: Orderloom) -> None:
        self._engine = engine
        self._lock = asyncio.Lock()
        self._taken_at = float("-inf")
        self._last: Reading | None = None

    async def current(self) -> Reading:
        async with self._lock:
            if self._last is None or monotonic() - self._taken_at > FRESH:
                self._last = await self._take()
                self._taken_at = monotonic()
            return self._last

    async def _take(self) -> Reading:
        engine = self._engine
        names = sorted(await engine.store.published())
        plans = [plan for plan in [await engine.flows.newest(name) for name in names] if plan is not None]
        channels = [name for name in engine.book.types() if isinstance(engine.book.get(name), Channel)]
        path = trace(plans, engine.book.types(), sorted(channels))
        counted = Counted(
            {(plan.name, slug): one for plan in plans for slug, one in engine.world.tally.nodes(plan.name).items()},
            await engine.store.run_counts(), await engine.store.wait_counts(), await engine.store.incident_counts(),
            await engine.watch.delays.lines(WINDOW), engine.gates.states(), engine.sources.states(),
        )  # fmt: skip
        return Reading(path, figures_of(path, counted), sorted(engine.flows.broken))


def figures_of(path: OrderPath, counted: Counted) -> dict[str, Figures]:
    """By station. An incident at a node of no station of its own counts at its flow."""
    places = places_of(path)
    at: Counter[str] = Counter()
    for place, number in counted.incidents.items():
        at[places.get(place, f"flow:{place[0]}")] += number
    return {one.id: _figures(one, counted, at[one.id]) for one in path.stations}


def _figures(station: Station, counted: Counted, parked: int) -> Figures:
    if station.id.startswith("flow:"):
        runs = {state: number for (flow, state), number in counted.runs.items() if flow == station.name}
        backoffs = counted.waits.get((station.name, "backoff"), 0)
        return Figures(sum(runs.values()), sum(runs.get(state, 0) for state in OPEN_STATES), backoffs, parked)
    tallies = [counted.tallies.get(place, _NOTHING) for place in station.places]
    passed = sum(sum(one.out.values()) for one in tallies)
    waiting = 0
    if station.stage == "checked":
        flows = {place[0] for place in station.places}
        waiting = sum(counted.waits.get((flow, "hold"), 0) + counted.waits.get((flow, "task"), 0) for flow in flows)
    lines = [one for one in counted.delays if one.target == station.stage and one.since == "arrival"]
    return Figures(
        passed, 0, waiting, parked,
        count=sum(one.count for one in lines),
        p50=max((one.p50 for one in lines), default=None),
        p95=max((one.p95 for one in lines), default=None),
        troubles=tuple(_troubles(station, counted)),
    )  # fmt: skip


def _troubles(station: Station, counted: Counted) -> list[Problem]:
    found: list[Problem] = []
    gate = counted.gates.get(station.connection or "")
    if gate is not None and gate.breaker != "closed" and station.stage != "source":
        found.append(Problem("path.connection_paused", fields={"name": station.connection or ""}))
    broken = [one for one in counted.sources if (one.flow, one.trigger) in station.places and one.phase == "broken"]
    return found + [one.problem or Problem("path.source_broken", fields={"name": station.name}) for one in broken]
