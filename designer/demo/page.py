"""The page of the demonstration on which a person lets something go wrong and sees what becomes of it."""

from __future__ import annotations

from typing import Final

from litestar import Response, get, post
from litestar.response import Redirect

from designer.demo.slip import REASON, RULE, SOURCE, TimeSlip
from designer.pages.frame import PageRequest, loom, page
from engine.watch.message import problem_of

PATH: Final = "/demo"
WRITE: Final = {"permission": "service.run"}


@get(PATH, opt={"permission": "run.read"})
async def show_scene(request: PageRequest) -> Response[str]:
    scene = _scene(request)
    figures = await scene.figures(loom(request).store)
    return page(request, "demo/slip.html", scene=scene, figures=figures, rule=RULE, reason=REASON, source=SOURCE, problem_of=problem_of)


@post("/demo/slip", opt=WRITE, status_code=303)
async def begin_scene(request: PageRequest) -> Redirect:
    """The team chat is told of the alarm, unless somebody has said otherwise."""
    rules = loom(request).watch.rules
    if not rules.is_kept(RULE):
        await rules.put(RULE, {"kind": rules.rule(RULE).kind, "tell": ["team_chat"]}, actor=request.state.actor)
    _scene(request).begin()
    return Redirect(path=PATH, status_code=303)


@post("/demo/slip/end", opt=WRITE, status_code=303)
async def end_scene(request: PageRequest) -> Redirect:
    _scene(request).end()
    return Redirect(path=PATH, status_code=303)


def _scene(request: PageRequest) -> TimeSlip:
    scene: TimeSlip = request.app.state.scene
    return scene


routes: Final = (show_scene, begin_scene, end_scene)
