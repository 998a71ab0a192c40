"""What people mended, applied again at every execution: items as they reach a step, parameters of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from engine.json_text import canonical_json, read_kept
from engine.run.facts import Recorded, Spot
from engine.run.patch import apply_patch
from engine.run.plan import Plan
from engine.run.step import Failure, Keyed, problem_of

REMEMBERED = 64
"""Plans with mended parameters that stay compiled: the same mend in bulk compiles once."""


def mended_plan(plan: Plan, recorded: Recorded) -> Plan:
    """The plan by which a run is executed whose parameters somebody mended; what masks know of its wires follows.

    Raises ``FlowInvalid`` where a mended node has become invalid, for instance by another version of its code.
    """
    if not recorded.params:
        return plan
    return _compiled(plan, canonical_json({slug: patch for slug, patch in recorded.params.items() if slug in plan.flow.nodes}))


def mended_box(slug: str, box: Sequence[Keyed], patches: Mapping[Spot, Sequence[Any]]) -> tuple[list[Keyed], list[Failure]]:
    """The items of a step with the patches of people; those whose patch does not fit any more have failed."""
    mended: list[Keyed] = []
    failed: list[Failure] = []
    for key, item in box:
        try:
            mended.append((key, apply_patch(item, patches.get((slug, key), ()))))
        except Exception as error:  # noqa: BLE001 - a patch that does not fit is the item's fate, never the run's
            failed.append(Failure(slug, key, item, problem_of(error, slug)))
    return mended, failed


@lru_cache(maxsize=REMEMBERED)
def _compiled(plan: Plan, patches: bytes) -> Plan:
    changed: dict[str, Any] = read_kept(patches)
    return plan.with_params({slug: apply_patch(plan.flow.nodes[slug].params, patch) for slug, patch in changed.items()})
