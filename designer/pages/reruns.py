"""A past run once more from a chosen step on, with its items or an edited one; and its move to another version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Response

from designer.api.given import number
from designer.pages.frame import PageRequest, loom, page
from designer.pages.held import held
from designer.pages.replays import grouped, problem_in
from engine.errors import OrderloomError, Problem
from engine.json_text import read_json
from engine.moves import move
from engine.replay import DRAFT, Against, Rerun, rerun
from engine.store.ports import RESTING_STATES

OWN = "own"


@dataclass(frozen=True, slots=True)
class AskedRerun:
    """The form: ``against`` is ``own``, ``draft`` or the number of a version; ``edit`` a JSON Merge Patch on the item of that key."""

    step: str = ""
    against: str = OWN
    item: str = "1"
    edit: str = ""


@dataclass(frozen=True, slots=True)
class AskedMove:
    version: str = ""


@get("/runs/{run_id:int}/rerun", opt={"permission": "run.read"})
async def ask_for_rerun(
    request: PageRequest, run_id: FromPath[int], step: FromQuery[str] = "", against: FromQuery[str] = OWN
) -> Response[str]:
    """The step and all behind it, as they would be now; nothing edited."""
    return await _shown(request, run_id, AskedRerun(step, against))


@post("/runs/{run_id:int}/rerun", opt={"permission": "run.read"}, status_code=200)
async def run_again(
    request: PageRequest, run_id: FromPath[int], data: Annotated[AskedRerun, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """The same with an edited item, which must not stand in an address."""
    return await _shown(request, run_id, data)


@post("/runs/{run_id:int}/move", opt={"permission": "run.write"}, status_code=303)
async def move_run(
    request: PageRequest, run_id: FromPath[int], data: Annotated[AskedMove, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Back to the run. 409, with each effect that does not match, where it cannot be moved."""
    await move(loom(request), run_id, number(data.version, "flow.version_unknown"), request.state.actor)
    return Redirect(path=f"/runs/{run_id}", status_code=303)


async def movable_to(request: PageRequest, run_id: int) -> int | None:
    """The published version that a run at rest might be moved to."""
    store = loom(request).store
    run = await store.run(run_id)
    published = (await store.flow(run.flow)).published
    return published if run.state in RESTING_STATES and published != run.version else None


async def _shown(request: PageRequest, run_id: int, asked: AskedRerun) -> Response[str]:
    engine = loom(request)
    run = await engine.store.run(run_id)
    flow = (await engine.flows.plan_at(run.flow, run.version)).flow
    found: Rerun | None = None
    problems: tuple[Problem, ...] = ()
    try:
        if asked.step:
            edits: dict[str, Any] = {asked.item: read_json(asked.edit)} if asked.edit.strip() else {}
            found = await rerun(engine.store, engine.registry, run_id, asked.step, _against(asked.against), edits)
    except OrderloomError as error:
        problems = error.problems
    return page(
        request, "runs/rerun.html", status=422 if problems else 200,
        run=run, asked=asked, flow=flow, found=found, problems=problems, grouped=grouped, problem_in=problem_in,
        versions=await engine.store.versions(run.flow), has_draft=(await engine.store.flow(run.flow)).draft is not None,
        icons_of={slug: found_type.icon for slug, node in flow.nodes.items() if (found_type := engine.registry.find(node.use))},
        held=await held(engine.store, [run.order_key]),
    )  # fmt: skip


def _against(text: str) -> Against | None:
    if text in (OWN, DRAFT):
        return DRAFT if text == DRAFT else None
    return number(text, "flow.version_unknown")


routes = (ask_for_rerun, run_again, move_run)
