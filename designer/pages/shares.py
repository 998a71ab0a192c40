"""The share of a flow's orders that goes through another version, with both sides compared live, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from designer.api.given import number
from designer.api.shares import WantedShare, wanted
from designer.pages.flow_cards import judged
from designer.pages.frame import PageRequest, loom, page
from engine.errors import InputInvalid, OrderloomError, Problem
from engine.replay import DRAFT
from engine.sharing import compare, go_back

STEPS = (1, 5, 10, 25, 50, 75)
"""Percent that are offered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The form: ``against`` is empty where a share grows; ``digest``: of the draft that was looked at."""

    percent: str = ""
    against: str = ""
    digest: str = ""


@get("/flows/{name:str}/share", opt={"permission": "flow.read"})
async def show_share(request: PageRequest, name: FromPath[str]) -> Response[str]:
    """The share with its comparison; where none stands, the form to begin one."""
    return await _shown(request, name)


@post("/flows/{name:str}/share", opt={"permission": "flow.publish"}, status_code=303)
async def set_share(
    request: PageRequest, name: FromPath[str], data: Annotated[Asked, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """Begins a share, lets it grow, or switches over."""
    try:
        if not (data.percent.isascii() and data.percent.isdigit() and len(data.percent) < 4):
            raise InputInvalid(Problem("share.percent", ("percent",)))
        against = None if not data.against else DRAFT if data.against == DRAFT else number(data.against, "flow.version_unknown")
        await wanted(loom(request), name, WantedShare(int(data.percent), against, data.digest or None), request.state.actor)
    except OrderloomError as error:
        return await _shown(request, name, refused=error.problems, status=422)
    return Redirect(path=f"/flows/{name}/share", status_code=303)


@post("/flows/{name:str}/share/return", opt={"permission": "flow.publish"}, status_code=303)
async def take_back(request: PageRequest, name: FromPath[str]) -> Response[str] | Redirect:
    """One click: all new orders go through the former version again."""
    try:
        await go_back(loom(request), name, request.state.actor)
    except OrderloomError as error:
        return await _shown(request, name, refused=error.problems, status=422)
    return Redirect(path=f"/flows/{name}/share", status_code=303)


async def _shown(request: PageRequest, name: str, *, refused: Sequence[Problem] = (), status: int = 200) -> Response[str]:
    engine = loom(request)
    record = await engine.store.flow(name)
    share = (await engine.store.shares()).get(name)
    document = (await engine.store.version(name, record.published)).document if record.published else record.draft
    return page(
        request, "flows/share.html", status=status,
        record=record, share=share, found=await compare(engine, share) if share else None, refused=refused,
        flow=judged(engine, document)[0], versions=await engine.store.versions(name), steps=STEPS,
    )  # fmt: skip


routes = (show_share, set_share, take_back)
