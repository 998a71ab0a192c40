"""Sources of events: what published flows listen to, and how that is going."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import get
from litestar.params import FromQuery

from designer.api.given import Language, Loom
from designer.api.shapes import Listed, ProblemShown, utc, utc_or_none
from engine.catalogue import explain
from engine.source import SourceState


@dataclass(frozen=True, slots=True)
class SourceShown:
    """``phase``: ``connecting``, ``connected``, ``held_back`` (the store or the runs cannot keep up), ``broken`` (until the next attempt),
    ``elsewhere`` (another process listens); ``taken``: deliveries kept since the start, duplicates among them; ``refused``: what could not
    become an event; ``problem``: what is wrong now, or what was refused last.
    """

    flow: str
    trigger: str
    use: str
    connections: Sequence[str]
    phase: str
    since: str
    taken: int
    refused: int
    last_at: str | None
    problem: ProblemShown | None


@get("/sources", opt={"permission": "connection.read"})
async def list_sources(orderloom: Loom, language: Language, flow: FromQuery[str | None] = None) -> Listed[SourceShown]:
    """Every trigger of a published flow that fetches what arrives, by flow and name."""
    return Listed([_shown(state, language) for state in orderloom.sources.states() if flow in (None, state.flow)])


def _shown(state: SourceState, language: str) -> SourceShown:
    problem = None if state.problem is None else ProblemShown(**explain(state.problem, language))
    return SourceShown(
        state.flow, state.trigger, state.use, state.connections, state.phase, utc(state.since),
        state.taken, state.refused, utc_or_none(state.last_at), problem,
    )  # fmt: skip


routes = [list_sources]
