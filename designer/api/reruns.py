"""One run once more from a chosen step on, in the sandbox; and its move to another version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta

from designer.api.given import Actor, Language, Loom, number
from designer.api.replays import ChangeShown, change_shown
from designer.api.shapes import RunShown, run_shown
from designer.api.steps import StepShown, step_shown
from engine.moves import move
from engine.replay import rerun

UNKNOWN = "run.unknown"


@dataclass(frozen=True, slots=True)
class NewRerun:
    """``against``: ``"draft"`` or a version; left out, the run's own. ``edits``: by item key, a JSON Merge Patch (RFC 7396) on the
    item that reached the step.
    """

    step: str
    against: Literal["draft"] | Annotated[int, Meta(ge=1)] | None = None
    edits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])


@dataclass(frozen=True, slots=True)
class RerunShown:
    """The chosen step and all behind it, masked, and what differs from the past run there."""

    steps: Sequence[StepShown]
    changes: Sequence[ChangeShown]


@dataclass(frozen=True, slots=True)
class NewMove:
    version: Annotated[int, Meta(ge=1)]


@post("/runs/{run_id:str}/reruns", opt={"permission": "run.read"}, status_code=HTTP_200_OK)
async def run_again(run_id: FromPath[str], data: JSONBody[NewRerun], orderloom: Loom, language: Language) -> RerunShown:
    """Run it from a step on. Nothing is sent or kept; recorded answers are used where a request is the same."""
    edits = {key: dict(patch) for key, patch in data.edits.items()}
    found = await rerun(orderloom.store, orderloom.registry, number(run_id, UNKNOWN), data.step, data.against, edits)
    return RerunShown([step_shown(step, language) for step in found.steps], [change_shown(change) for change in found.changes])


@post("/runs/{run_id:str}/move", opt={"permission": "run.write"}, status_code=HTTP_202_ACCEPTED)
async def move_run(run_id: FromPath[str], data: JSONBody[NewMove], orderloom: Loom, actor: Actor) -> RunShown:
    """Let a parked or waiting run go on in another version. 409 with every recorded effect that this version does not ask for alike."""
    identity = number(run_id, UNKNOWN)
    await move(orderloom, identity, data.version, actor)
    return run_shown(await orderloom.store.run(identity))


routes = [run_again, move_run]
