"""Mends what parked: a person edits the item, or the parameters of its node for this run, and the run goes on there (rules R1, R2).

An edit is a JSON Patch, kept as a fact; every recompute applies it. Nobody needs to see what is masked in order to change something
else, and no mask can be written back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from pydantic import ValidationError

from engine.errors import FlowInvalid, InputInvalid, NotFound, OrderloomError, Problem
from engine.flow.lineage import Carried
from engine.json_text import MAX_DEPTH, depth, write_json
from engine.node.items import Item
from engine.node.validation import reason_of
from engine.order import CanonicalOrder
from engine.privacy.classes import FieldClass
from engine.recompute import recompute
from engine.run.execution import Execution
from engine.run.facts import Recorded, tried
from engine.run.patch import Operation, apply_patch
from engine.run.patch_guard import Guard
from engine.run.plan import Plan, Step
from engine.run.recorded import RecordedEffects
from engine.run.shown_changes import Change, changes_of
from engine.run.view import told
from engine.store.ports import Fact, Incident

if TYPE_CHECKING:
    from engine.app import Orderloom

MOST_BYTES: Final = 1024 * 1024
ITEM, PARAMETERS = "item", "parameters"
_LAST: Final = 2**62
"""The number of a fact that is only tried."""
Attempt = Literal["sent", "not_sent"]


@dataclass(frozen=True, slots=True)
class Mend:
    """JSON Patches on the item and on the parameters of the node. ``attempt``: what became of the call that was made already, if any;
    the mended one goes out under a new key (rule R2)."""

    item: Sequence[Operation] = ()
    parameters: Sequence[Operation] = ()
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """What may be mended. ``item`` is as it reached the step, earlier mends applied: personal, only to be shown by ``classes``.

    ``called``: the key under which the step makes its calls; ``attempted``: it has called already; ``mark`` changes with each fact.
    """

    incident: Incident
    plan: Plan
    step: Step
    item: Item
    classes: Mapping[str, FieldClass]
    called: str
    attempted: bool
    mark: str
    astray: frozenset[tuple[str, str]] = field(default=frozenset[tuple[str, str]](), repr=False)

    @property
    def params(self) -> Mapping[str, Any]:
        return self.plan.flow.nodes[self.step.slug].params


async def parked_at(app: Orderloom, incident_id: int) -> Parked:
    """Raises ``NotFound``, ``Conflict`` (``incident.closed``) or ``InputInvalid`` (``mending.no_item``: no item stands at that place)."""
    incident = await app.open_incident(incident_id)
    try:
        found = await recompute(app.store, app.flows, incident.run_id)
        execution, effects, recorded = found.execution, found.effects, found.recorded
        step = execution.plan.by_slug[incident.step]
    except (KeyError, FlowInvalid, InputInvalid, NotFound):
        raise InputInvalid(Problem("mending.no_item", (incident.flow, incident.step))) from None
    box = execution.inputs[step.index]
    item = next((item for key, item in box if key == incident.item_key), None)
    if item is None or step.type.is_trigger:
        raise InputInvalid(Problem("mending.no_item", (incident.flow, incident.step)))
    called = box[0][0] if step.type.is_batch else incident.item_key
    carried = execution.plan.carried.get((step.slug, "in"), Carried())
    attempted = tried(recorded, (step.slug, called))
    astray = _astray(execution, effects, recorded)
    return Parked(incident, execution.plan, step, item, carried.fields, called, attempted, str(recorded.last), astray)


async def check_mend(app: Orderloom, parked: Parked, mend: Mend) -> list[Change]:
    """What a mend changes, masked. Raises ``InputInvalid`` with every fault; also with what the node would still refuse."""
    if not mend.item and not mend.parameters:
        raise InputInvalid(Problem("mending.nothing"))
    faults: list[Problem] = []
    changes = [*_of_item(parked, mend.item, faults), *_of_params(parked, mend.parameters, faults)]
    if parked.attempted and mend.attempt is None:
        faults.append(Problem("mending.attempted", ("attempt",)))
    if not faults:
        faults = await _tried(app, parked, mend)
    if faults:
        raise InputInvalid(faults)
    return changes


async def mend_incident(app: Orderloom, incident_id: int, mend: Mend, actor: str) -> list[Change]:
    """Check a mend, journal it, and let the run go on at the node. Raises as ``parked_at`` and ``check_mend``."""
    parked = await parked_at(app, incident_id)
    changes = await check_mend(app, parked, mend)
    counts = {"step": parked.step.slug, ITEM: len(mend.item), PARAMETERS: len(mend.parameters), "attempt": mend.attempt or ""}
    await app.close_incident(parked.incident, "mending", _body(parked, mend), actor, "resumed")
    await app.store.audit(actor, "incident.mend", f"incident:{incident_id}", counts)
    return changes


def _of_item(parked: Parked, patch: Sequence[Operation], faults: list[Problem]) -> list[Change]:
    guard = Guard(parked.classes, ITEM)
    try:
        item = apply_patch(parked.item, patch, guard, ITEM)
    except InputInvalid as error:
        faults += guard.faults or error.problems  # whether a refused test would have held is nobody's business
        return []
    faults += guard.faults or _unfit(parked, item, patch)
    return [] if faults else changes_of(ITEM, parked.item, patch, parked.classes)


def _unfit(parked: Parked, item: Any, patch: Sequence[Operation]) -> list[Problem]:
    if not isinstance(item, dict):
        return [Problem("mending.not_an_object", (ITEM,))]
    if depth(item) > MAX_DEPTH or len(write_json(item)) > MOST_BYTES:
        return [Problem("mending.too_large", (ITEM,), {"limit": MOST_BYTES, "depth": MAX_DEPTH})]
    carried = parked.plan.carried.get((parked.step.slug, "in"), Carried())
    return _unlike_an_order(item, [str(one["path"]) for one in patch]) if carried.type == "order" else []


def _unlike_an_order(item: Any, paths: Sequence[str]) -> list[Problem]:
    """Where a mended canonical order is none any more; what was wrong before is no fault of the mend."""
    try:
        CanonicalOrder.model_validate(item)
    except ValidationError as error:
        return [_misfit(one) for one in error.errors(include_url=False, include_input=False) if _touches(one["loc"], paths)]
    return []


def _touches(place: Sequence[int | str], paths: Sequence[str]) -> bool:
    pointer = "/" + "/".join(str(part) for part in place)
    return any(f"{pointer}/".startswith(f"{path}/") or f"{path}/".startswith(f"{pointer}/") for path in paths)


def _misfit(detail: Any) -> Problem:
    """Without the value, which may be personal."""
    place = tuple(str(part) for part in detail["loc"])
    return Problem("mending.unfit", (ITEM, *place), {**reason_of(detail), "name": place[-1]})


def _of_params(parked: Parked, patch: Sequence[Operation], faults: list[Problem]) -> list[Change]:
    if not patch:
        return []
    slug = parked.step.slug
    try:
        params = apply_patch(parked.params, patch, None, PARAMETERS)
        if not isinstance(params, dict):
            raise InputInvalid(Problem("mending.not_an_object", (PARAMETERS,)))
        parked.plan.with_params({slug: cast("dict[str, Any]", params)})
    except FlowInvalid as error:
        faults += [_at_params(problem, slug) for problem in error.problems]
    except OrderloomError as error:
        faults += error.problems
    return [] if faults else changes_of(PARAMETERS, dict(parked.params), patch, None)


def _at_params(problem: Problem, slug: str) -> Problem:
    """A problem of the flow, where it lies in the parameters of the node."""
    at = problem.at or ()
    inside = at[3:] if at[:3] == ("nodes", slug, "params") else ()
    return Problem(problem.code, (PARAMETERS, *(str(part) for part in inside)), problem.fields)


async def _tried(app: Orderloom, parked: Parked, mend: Mend) -> list[Problem]:
    """What is still wrong when the run is computed with the mend: at its place, or at others whose calls were made already."""
    incident = parked.incident
    fact = Fact(incident.run_id, _LAST, "mending", write_json(_body(parked, mend)), "", app.started_at)
    found = await recompute(app.store, app.flows, incident.run_id, fact)
    execution, effects, recorded = found.execution, found.effects, found.recorded
    spot = (incident.step, incident.item_key)
    left = [told(failure.problem) for failure in execution.parked if (failure.slug, failure.key) == spot]
    elsewhere = sorted({slug for slug, _ in _astray(execution, effects, recorded) - parked.astray})
    return left + [Problem("mending.already_done", (incident.flow, slug), {"step": slug}) for slug in elsewhere]


def _astray(execution: Execution, effects: RecordedEffects, recorded: Recorded) -> frozenset[tuple[str, str]]:
    """Places whose recorded calls are no longer those that the run asks for (rule R1)."""
    changed = {(failure.slug, failure.key) for failure in execution.parked if failure.problem.code == "run.diverged"}
    asked = {identity for _, _, identity, _ in effects.requests}
    left = [entry for identity, entry in recorded.results.items() if identity not in asked and identity not in recorded.superseded]
    return frozenset(changed | {(entry["step"], entry["key"]) for entry in left})


def _body(parked: Parked, mend: Mend) -> dict[str, Any]:
    incident = parked.incident
    return {
        "step": incident.step,
        "key": incident.item_key,
        "called": parked.called,
        ITEM: list(mend.item),
        PARAMETERS: list(mend.parameters),
        "attempt": mend.attempt if parked.attempted else None,
    }
