"""Back to an old version of a flow: it is published again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from designer.pages.flows import flow_page
from designer.pages.frame import PageRequest, loom
from engine.errors import FlowInvalid

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Again:
    """A form: the version that shall be published again, and why."""

    version: int
    note: str = ""


@post("/flows/{name:str}/publication", opt={"permission": "flow.publish"}, status_code=303)
async def publish_again(
    request: PageRequest, name: FromPath[str], data: Annotated[Again, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """Publishes the document of an old version as the newest. Where it no longer fits this program, the page says why (422)."""
    engine = loom(request)
    actor, old, before = request.state.actor, await engine.store.version(name, data.version), (await engine.store.flow(name)).published
    try:
        _, version = await engine.publish(old.document, note=data.note.strip()[:LONGEST_NOTE], actor=actor)
    except FlowInvalid as error:
        return await flow_page(request, name, refused=(data.version, error.problems), status=422)
    if version != before:
        await engine.store.audit(actor, "flow.roll_back", name, {"version": version, "from": data.version})
    return Redirect(path=f"/flows/{name}#versions", status_code=303)
