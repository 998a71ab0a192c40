"""Counts a run that had begun before: only what it did for the first time now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from engine.run.execution import Execution
from engine.run.facts import Spot
from engine.run.plan import Step
from engine.run.step import Keyed, StepResult, arrange
from engine.run.tally import NodeTally

Flags = Mapping[str, bool]
"""By item key: whether it came here for the first time."""


def count_again(nodes: Sequence[NodeTally], execution: Execution, fresh: AbstractSet[Spot]) -> None:
    """Count the items whose effects were not answered from the journal (``fresh``), and what became of them behind."""
    sent: dict[tuple[int, str], Flags] = {}
    for step in execution.plan.steps:
        result, box = execution.results[step.index], execution.inputs[step.index]
        if result is None or not box:
            continue
        new = _reached(step, box, _arrived(step, execution, sent), fresh)
        for port, items in result.outputs.items():
            sent[step.index, port] = {key: _is_new(step, key, result, new) for key, _ in items}
        _count(nodes[step.index], step, result, new, sent)


def _arrived(step: Step, execution: Execution, sent: Mapping[tuple[int, str], Flags]) -> Flags:
    """As the execution collects them: wires in declared order, keys made distinct."""
    flags: list[bool] = []
    box: list[Keyed] = []
    for source, port in step.incoming:
        result = execution.results[source]
        items = result.outputs.get(port, []) if result is not None else []
        box = box + items
        flags += [sent.get((source, port), {}).get(key, False) for key, _ in items]
    return {key: flag for (key, _), flag in zip(arrange(box), flags, strict=True)}


def _reached(step: Step, box: Sequence[Keyed], arrived: Flags, fresh: AbstractSet[Spot]) -> Flags:
    if step.type.is_batch and (step.slug, box[0][0]) in fresh:
        return {key: True for key, _ in box}
    return {key: arrived.get(key, False) or (step.slug, key) in fresh for key, _ in box}


def _is_new(step: Step, key: str, result: StepResult, new: Flags) -> bool:
    sources = result.sources.get(key)
    if sources is not None:
        return any(new.get(source, False) for source in sources)
    return new[key] if key in new else new.get(key.rpartition(f"/{step.slug}.")[0], False)


def _count(tally: NodeTally, step: Step, result: StepResult, new: Flags, sent: Mapping[tuple[int, str], Flags]) -> None:
    tally.items += sum(new.values())
    tally.failed += sum(new.get(failure.key, False) for failure in result.failures)
    for port in result.outputs:
        moved = sum(sent[step.index, port].values())
        if moved:
            tally.out[port] += moved
