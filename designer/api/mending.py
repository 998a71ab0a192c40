"""Mending what parked: the item or the parameters of its node as JSON Patches, one incident or many of one node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from designer.api.documents import read_object
from designer.api.given import Actor, Loom, TakesJson, number
from designer.api.shapes import raw
from engine.app import Orderloom
from engine.bulk import Progress
from engine.errors import InputInvalid, Problem
from engine.mending import ITEM, PARAMETERS, Mend, check_mend, mend_incident, parked_at
from engine.privacy.item import mask_item
from engine.run.patch import read_patch
from engine.run.shown_changes import Change
from engine.store.ports import IncidentFilter

UNKNOWN: Final = "incident.unknown"
ATTEMPTS: Final = ("sent", "not_sent")


@dataclass(frozen=True, slots=True)
class Mendable:
    """What may be mended. ``item`` is masked; ``attempted``: a call was made already, so a mend must say what became of it."""

    item: Any
    parameters: Any
    attempted: bool


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """``part``: ``item`` or ``parameters``. Null before or after also stands for nothing."""

    part: str
    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Mended:
    changes: Sequence[ChangeShown]


@get("/incidents/{incident_id:str}/mending", opt={"permission": "incident.read"})
async def show_mendable(incident_id: FromPath[str], orderloom: Loom) -> Mendable:
    """The item as it reached the node, and the node's parameters. 422 where no item stands there, 409 where the incident is closed."""
    parked = await parked_at(orderloom, number(incident_id, UNKNOWN))
    return Mendable(raw(mask_item(parked.item, parked.classes)), raw(dict(parked.params)), parked.attempted)


@post("/incidents/{incident_id:str}/mending/check", opt={"permission": "incident.mend"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def check_mending(incident_id: FromPath[str], body: RawBody, orderloom: Loom) -> Mended:
    """What a mend would change, masked; nothing is kept. 422 with every fault, also with what the node would still refuse."""
    parked = await parked_at(orderloom, number(incident_id, UNKNOWN))
    return _mended(await check_mend(orderloom, parked, read_mend(read_object(body))))


@post("/incidents/{incident_id:str}/mending", opt={"permission": "incident.mend"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def mend(incident_id: FromPath[str], body: RawBody, orderloom: Loom, actor: Actor) -> Mended:
    """Mend and let the run go on at the node: ``{"item": [JSON Patch], "parameters": [JSON Patch], "attempt": "sent" or "not_sent"}``."""
    return _mended(await mend_incident(orderloom, number(incident_id, UNKNOWN), read_mend(read_object(body)), actor))


@post("/incidents/mendings", opt={"permission": "incident.mend"}, status_code=HTTP_202_ACCEPTED, operation_class=TakesJson)
async def mend_many(body: RawBody, orderloom: Loom, actor: Actor) -> Progress:
    """The same mend for all open incidents of one node, oldest first, in the background. 409 while another one is under way."""
    given = read_object(body)
    narrowed = {name: given[name] for name in ("flow", "step", "code", "order") if given.get(name) is not None}
    rate = given.get("per_second", 5)
    faults = [Problem("mending.which", (name,), {"name": name}) for name in ("flow", "step") if not narrowed.get(name)]
    faults += [Problem("mending.not_text", (name,), {"name": name}) for name, value in narrowed.items() if not isinstance(value, str)]
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate <= 1000:
        faults.append(Problem("mending.rate", ("per_second",)))
    mend = read_mend({name: value for name, value in given.items() if name not in (*narrowed, "per_second")}, *faults)
    return await start_many(orderloom, IncidentFilter(**narrowed), mend, float(rate), actor)


async def start_many(orderloom: Orderloom, chosen: IncidentFilter, mend: Mend, per_second: float, actor: str) -> Progress:
    """Raises ``Conflict`` (``bulk.running``)."""
    decide = partial(mend_incident, orderloom)
    return await orderloom.bulk.start(chosen, "mend", per_second, actor, lambda incident, _, who: decide(incident, mend, who))


def read_mend(given: Mapping[str, Any], *faults: Problem) -> Mend:
    """Raises ``InputInvalid`` with every fault of the form, those that were found before among them."""
    found = list(faults)
    unknown = sorted(given.keys() - {ITEM, PARAMETERS, "attempt"})
    found += [Problem("mending.unknown", (name,), {"name": name}) for name in unknown]
    attempt = given.get("attempt")
    if attempt is not None and attempt not in ATTEMPTS:
        found.append(Problem("mending.bad_attempt", ("attempt",), {"answers": ATTEMPTS}))
    patches: dict[str, Any] = {}
    for part in (ITEM, PARAMETERS):
        try:
            patches[part] = read_patch(given.get(part) or [], part)
        except InputInvalid as error:
            found += error.problems
    if found:
        raise InputInvalid(found)
    return Mend(patches[ITEM], patches[PARAMETERS], attempt)


def _mended(changes: Sequence[Change]) -> Mended:
    return Mended([ChangeShown(one.part, one.path, raw(one.before), raw(one.after)) for one in changes])


routes = [show_mendable, check_mending, mend, mend_many]
