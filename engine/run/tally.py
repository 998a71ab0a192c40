"""What moves at the nodes of live flows, counted in the running process and held in memory only.

A step is counted once in a run, however many items it has; the clock is read around calls, and around pure work only in one run
of many. The counters of a flow go on when another version is published: they belong to the node's slug.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from engine.run.plan import Plan

TIMED_AT_FIRST = 16
TIMED_EVERY = 31
"""Pure work is timed in the first runs of a version, so that figures appear early, then in one of so many. It is a prime number: a
flow whose triggers take turns must not have the same one timed each time. The very first run, which compiles, is left out."""
REMEMBERED = 100
"""Durations that a mean is made of."""
MOST_VERSIONS = 64


class NodeTally:
    """Counters of one node. ``items`` reached it; ``out`` left it by port; ``failed`` could not be handled; ``calls`` are attempts."""

    __slots__ = ("_took", "calls", "failed", "items", "out")

    def __init__(self) -> None:
        self.items = self.failed = self.calls = 0
        self.out: defaultdict[str, int] = defaultdict(int)
        self._took: deque[float] = deque(maxlen=REMEMBERED)

    def worked(self, seconds: float, items: int) -> None:
        self._took.append(seconds / items)

    def called(self, seconds: float) -> None:
        self.calls += 1
        self._took.append(seconds)

    @property
    def ms(self) -> float | None:
        """Mean duration in milliseconds, of a call for effect nodes and of an item otherwise; ``None`` before the first."""
        return 1000 * sum(self._took) / len(self._took) if self._took else None

    @property
    def moves(self) -> int:
        """A number that grows with whatever is counted here."""
        return self.items + self.failed + self.calls + sum(self.out.values())


class Counters:
    """Those of one version: ``nodes`` by the index of its steps."""

    __slots__ = ("_runs", "nodes")

    def __init__(self, nodes: Sequence[NodeTally]) -> None:
        self.nodes = nodes
        self._runs = 0

    def begin(self) -> bool:
        """Counts a run; whether pure work is timed in it."""
        self._runs += 1
        return 1 < self._runs <= TIMED_AT_FIRST or self._runs % TIMED_EVERY == 0


class Tally:
    """The counters of all flows of a process."""

    def __init__(self) -> None:
        self._flows: dict[str, dict[str, NodeTally]] = {}
        self._versions: dict[tuple[str, int], Counters] = {}

    def counters(self, plan: Plan) -> Counters:
        """The counters of a plan's steps."""
        found = self._versions.get((plan.flow.name, plan.version))
        return found if found is not None else self._take_up(plan)

    def nodes(self, flow: str) -> Mapping[str, NodeTally]:
        """By slug; nodes of earlier versions are among them."""
        return self._flows.get(flow, {})

    def moves(self, flow: str) -> int:
        """A number that grows whenever something moves in a flow."""
        return sum(node.moves for node in self.nodes(flow).values())

    def _take_up(self, plan: Plan) -> Counters:
        nodes = self._flows.setdefault(plan.name, {})
        if len(self._versions) >= MOST_VERSIONS:
            self._versions.clear()
        made = self._versions[plan.name, plan.version] = Counters([nodes.setdefault(step.slug, NodeTally()) for step in plan.steps])
        return made
