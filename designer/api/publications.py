"""Publishing the draft of a flow, and going back to a version that was in use before."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.params import FromPath, JSONBody

from designer.api.documents import examined, read_object
from designer.api.drafts import IfMatch, require_match
from designer.api.given import Actor, Loom
from designer.problems import FaultyFlow
from engine.app import Orderloom
from engine.errors import FlowInvalid, Problem


@dataclass(frozen=True, slots=True)
class Publication:
    """``note`` says what changed, for the history; ``version`` is published again, instead of the draft."""

    note: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The version in use now."""

    version: int


@post("/flows/{name:str}/publication", opt={"permission": "flow.publish"})
async def publish(
    name: FromPath[str],
    orderloom: Loom,
    actor: Actor,
    data: JSONBody[Publication | None] = None,
    if_match: IfMatch = None,
) -> Published:
    """Publish the draft, or a former version as the newest one: orders run through it at once. 422 with all problems where it has any.

    What is in use already keeps its number: then nothing is published.
    """
    given = data or Publication()
    if given.version is not None:
        return await _roll_back(orderloom, name, given.version, given.note, actor)
    record = await orderloom.store.flow(name)
    if record.draft is None:
        raise FlowInvalid(Problem("flow.no_draft", (name,)))
    await require_match(orderloom, name, if_match)
    return Published(await _publish(orderloom, name, record.draft, given.note, actor))


async def _roll_back(orderloom: Orderloom, name: str, version: int, note: str, actor: str) -> Published:
    former = await orderloom.store.version(name, version)
    before = (await orderloom.store.flow(name)).published
    now = await _publish(orderloom, name, former.document, note, actor)
    if now != before:
        await orderloom.store.audit(actor, "flow.roll_back", name, {"version": now, "from": version})
    return Published(now)


async def _publish(orderloom: Orderloom, name: str, text: bytes, note: str, actor: str) -> int:
    document = read_object(text)
    if isinstance(document.get("name"), str) and document["name"] != name:
        raise FaultyFlow((await examined(text, orderloom, name)).problems, document)
    try:
        return (await orderloom.publish(text, note=note, actor=actor))[1]
    except FlowInvalid as error:
        raise FaultyFlow(error.problems, document) from None


routes = [publish]
