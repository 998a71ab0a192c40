"""Which nodes of a flow a change touches, found out by trying it: on the samples that its source and the flow's tests bring along.

What a pure node does with a changed order is computed; of the others it is looked up what their expressions and declarations read.
Performs nothing, keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, Literal, cast

import msgspec

from engine.flow.check.expressions import expressions_in
from engine.node.examples import Example
from engine.node.items import Item, Scope
from engine.node.params import Cel
from engine.node.paths import MISSING, change, get, is_path, put
from engine.node.terms import inside
from engine.order.statuses import may_ship
from engine.run.plan import Plan, Step
from engine.watch.contract.findings import Finding
from engine.watch.contract.shape import type_of
from engine.watch.contract.traced import reads_of

How = Literal["needed", "read"]
MOST_SAMPLES: Final = 8
_NOTES: Final = frozenset({"drift", "version", "time_sources"})
"""What a canonical order says about its making, which is no outcome."""


class Touch(msgspec.Struct, frozen=True):
    """``needed``: without the field as it was, the node fails or holds the order back; ``read``: it goes on, perhaps otherwise."""

    flow: str
    node: str
    how: How


def touches(plan: Plan, source: str, finding: Finding) -> list[Touch]:
    """In the order of the steps. ``source``: the node that brings orders, a trigger or one that fetches them. One that is not in the plan
    any more touches nothing.
    """
    start = plan.by_slug.get(source)
    if start is None:
        return []
    samples = _samples(plan, start)
    found: list[Touch] = []
    for step in _raw_readers(plan, start):
        how = _in_pure(plan, step, start, samples, finding) if _can_be_tried(step) else None
        how = how or _in_texts(step, start, finding.path)
        if how is not None:
            found.append(Touch(plan.name, step.slug, how))
    return found


def _samples(plan: Plan, start: Step) -> list[Item]:
    """Orders that somebody invented: of the source's examples and the flow's own tests."""
    brings = [example.input if start.type.is_trigger else _sent(example) for example in start.type.examples]
    examples = [one for items in brings for one in items]
    tests = [one for test in plan.flow.tests if _is_like(plan, test.trigger, start) for one in test.input]
    return [cast("Item", one) for one in (*examples, *tests) if isinstance(one, dict)][:MOST_SAMPLES]


def _sent(example: Example) -> list[Item]:
    return [item for items in example.output.values() for item in items]


def _is_like(plan: Plan, trigger: str, start: Step) -> bool:
    """Whether a trigger gets orders as the source brings them."""
    form, own = plan.by_slug[trigger].type.form, start.type.form
    return trigger == start.slug or (form is not None and own is not None and form.name == own.name)


def _raw_readers(plan: Plan, start: Step) -> Iterator[Step]:
    """The steps that get the order as the channel sent it."""
    raw = {start.index}
    for index in plan.behind[start.slug][0]:
        step = plan.steps[index]
        if index == start.index or not any(source in raw for source, _ in step.incoming):
            continue
        if step.disabled or all(port.effect.change in ("passes", "adds") for port in step.type.outputs):
            raw.add(index)
        if not step.disabled:
            yield step


def _can_be_tried(step: Step) -> bool:
    return step.type.kind == "item"


def _in_pure(plan: Plan, step: Step, start: Step, samples: Sequence[Item], finding: Finding) -> How | None:
    scope = Scope({"id": "0", "channel": "", "shop_id": "", "key": "", "trigger": start.slug, "received_at": None}, plan.scope_flow)
    strongest: How | None = None
    for sample in samples:
        base = _outcome(step, sample, scope)
        if base is None:
            continue
        changed = inside(sample, _envelopes(start), lambda inner: _changed(inner, finding))
        if changed == sample and finding.kind != "new":
            continue
        after = _outcome(step, changed, scope)
        if after is None or _holds(base, after):
            return "needed"
        if _without_notes(base) != _without_notes(after) or finding.path in _traced(step, start, sample, scope):
            strongest = "read"
    return strongest


def _changed(inner: Item, finding: Finding) -> Item:
    if finding.kind == "new":
        return inner
    if finding.kind == "vanished":
        return change(inner, finding.path, _gone)
    if finding.kind == "word" and "[]" not in finding.path and get(inner, finding.path, None) is None:
        return put(inner, finding.path, finding.found)
    return change(inner, finding.path, partial(_otherwise, finding))


def _gone(value: object) -> object:  # noqa: ARG001 - whatever was there
    return MISSING


def _otherwise(finding: Finding, value: object) -> object:
    if value is None:
        return None
    if finding.kind == "word":
        return _strange(value, finding.found)
    if finding.kind == "format":
        return _in_format(finding.found)
    kind = finding.found.partition("|")[0]
    return value if type_of(value) == kind else _as_type(value, kind)


def _strange(value: object, word: str) -> object:
    return int(word) if isinstance(value, int) and word.isdigit() else word


def _in_format(name: str) -> str:
    return {"slashed_date": "16/01/2026 03:04", "digits": "1768532645", "word": "soon", "date": "2026-01-16"}.get(name, "changed form")


def _as_type(value: object, kind: str) -> Any:
    made: Mapping[str, Callable[[], Any]] = {
        "string": lambda: str(value),
        "number": lambda: _number(value),
        "integer": lambda: int(_number(value)),
        "boolean": lambda: bool(value),
        "array": lambda: [value],
        "object": lambda: {"value": value},
        "null": lambda: None,
    }
    return made[kind]()


def _number(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal(1)


def _outcome(step: Step, item: Item, scope: Scope) -> Any:
    """What the node makes of an order; ``None`` where it fails."""
    function = step.type.function
    try:
        made: Any = function(item, step.params, scope) if step.type.scope else function(item, step.params)
        return [_unless_same(one, item) for one in (made if step.type.many else (made,))]
    except Exception:  # noqa: BLE001 - how it fails is the answer
        return None


def _unless_same(made: Any, item: Item) -> Any:
    """An item that only passes is no outcome: where it goes is."""
    if isinstance(made, tuple):
        port, sent = cast("tuple[Any, Any]", made)
        return (port, None if sent == item else sent)
    return None if made == item else made


def _holds(base: Any, after: Any) -> bool:
    """Whether an order that might ship may no longer, or is held for one more reason."""
    before, now = _order_of(base), _order_of(after)
    if before is None or now is None:
        return False
    return bool(set(now["hold_reasons"]) - set(before["hold_reasons"])) or (may_ship(before) and not may_ship(now))


def _order_of(made: Any) -> Item | None:
    one: Any = made[0] if made else None
    item: Any = cast("tuple[Any, ...]", one)[-1] if isinstance(one, tuple) else one
    return cast("Item", item) if isinstance(item, dict) and "hold_reasons" in item and "status" in item else None


def _without_notes(made: Any) -> Any:
    order = _order_of(made)
    return made if order is None else {name: value for name, value in order.items() if name not in _NOTES}


def _traced(step: Step, start: Step, sample: Item, scope: Scope) -> frozenset[str]:
    return reads_of(lambda item: _outcome(step, item, scope), sample, _envelopes(start))


def _envelopes(start: Step) -> tuple[str, ...]:
    return start.type.form.envelopes if start.type.form is not None else ()


def _in_texts(step: Step, start: Step, path: str) -> How | None:
    """What expressions, templates and declarations of a node read; a wrapper around the order may stand before the path."""
    names = {path, *(f"{'.'.join(_envelopes(start)[number:])}.{path}" for number in range(len(_envelopes(start))))}
    declared = [one for one in step.type.reads if is_path(one) and not one.startswith("params.")]
    strongest: How | None = "read" if any(_meets(one, name) for one in declared for name in names) else None
    for _, text in expressions_in(step.params):
        read = text.expression.reads if isinstance(text, Cel) else text.expects
        if any(_meets(one.removeprefix("item."), name) for one in text.expects for name in names):
            return "needed"
        if any(_meets(one.removeprefix("item."), name) for one in read for name in names):
            strongest = "read"
    return strongest


def _meets(one: str, other: str) -> bool:
    """Whether one is the other or lies inside it."""
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return long == short or (long.startswith(short) and long[len(short)] in ".[")
