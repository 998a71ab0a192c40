"""One node at work on the items that reached it. Pure: no clock, no journal, no network.

The fast paths matter: an order passes here once for each of its pure nodes.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from engine.errors import OrderloomError, Problem
from engine.node.items import Item, Made, Scope, Sent, Stop
from engine.node.params import Params
from engine.node.types import NodeType
from engine.run.facts import Recorded, Seat
from engine.store.ports import NewWait

Keyed = tuple[str, Item]
"""An item with its item key (rule R1)."""

MAX_ITEMS = 10_000


class Failure(msgspec.Struct, frozen=True):
    """An item that its node could not handle. ``stop`` ends the whole run instead of parking the item."""

    slug: str
    key: str
    item: Item
    problem: Problem


class Pending(msgspec.Struct, frozen=True):
    """An item that goes on later, when one of the ``waits`` is over."""

    slug: str
    key: str
    item: Item
    waits: tuple[NewWait, ...]


class StepResult(msgspec.Struct):
    """What left a step by each port, in order, what failed and what waits.

    ``sources`` names the input keys of each output of a batch node; ``held``: a batch that is not complete yet (rule R3);
    ``stop``: the first item at which the node ended the run.
    """

    outputs: dict[str, list[Keyed]] = {}
    failures: list[Failure] = []
    dropped: list[Keyed] = []
    sources: dict[str, tuple[str, ...]] = {}
    waiting: list[Pending] = []
    held: bool = False
    stop: tuple[str, Stop] | None = None


def arrange(box: list[Keyed]) -> list[Keyed]:
    """Items as they reach a step: a key that arrives twice gets ``#2``, and so on, past those that arrived with such an end themselves."""
    if len(box) < 2 or len(taken := {key for key, _ in box}) == len(box):
        return box
    seen: dict[str, int] = {}
    arranged: list[Keyed] = []
    for key, item in box:
        seen[key] = n = seen.get(key, 0) + 1
        own = key
        while n > 1 and own in taken:
            own = f"{key}#{n}"
            n += 1
        taken.add(own)
        arranged.append((own, item))
    return arranged


def seated(arrived: Sequence[tuple[str, str, Item]], known: Mapping[Seat, str]) -> dict[Seat, tuple[str, Item]]:
    """The same for items by (wire, key, item), of which some have had their keys since others were still missing."""
    taken = {*known.values()}
    found: dict[Seat, tuple[str, Item]] = {}
    for wire, key, item in arrived:
        own, n = known.get((wire, key)), 1
        while own is None:
            wanted = key if n == 1 else f"{key}#{n}"
            own, n = None if wanted in taken else wanted, n + 1
        taken.add(own)
        found[wire, key] = (own, item)
    return found


def run_pure(slug: str, node: NodeType, params: Params, box: list[Keyed], scope: Scope, recorded: Recorded | None = None) -> StepResult:
    """What a pure node makes of the items; never raises for what an item does to it.

    A test run sets ``recorded.cancelled`` from another thread when its time is over: then the rest is left, for nobody will see it.
    """
    if len(box) > MAX_ITEMS:
        problem = Problem("run.too_many_items", (slug,), {"count": len(box), "limit": MAX_ITEMS})
        return StepResult(failures=[Failure(slug, key, item, problem) for key, item in box])
    if node.kind == "batch":
        return _run_batch(slug, node, params, box, scope)
    if len(box) == 1:
        return run_one(slug, node, params, *box[0], scope)
    function, call_scope, only = node.function, node.scope, node.only_port
    result, sent = StepResult(), list[Keyed]()
    for key, item in box:
        if recorded is not None and recorded.cancelled:
            break
        try:
            made = function(item, params, scope) if call_scope else function(item, params)
            if only is not None and isinstance(made, dict):
                sent.append((key, made))  # pyright: ignore[reportUnknownArgumentType]
            else:
                take(slug, node, key, item, made, result)
        except Exception as error:  # noqa: BLE001 - a node's fault is the item's fate, never the run's
            result.failures.append(Failure(slug, key, item, problem_of(error, slug)))
    if only is not None and sent:
        result.outputs[only] = sent
    return result


def run_one(slug: str, node: NodeType, params: Params, key: str, item: Item, scope: Scope) -> StepResult:
    """The same for a node that works on single items, and one item."""
    try:
        made = node.function(item, params, scope) if node.scope else node.function(item, params)
        if node.only_port is not None and isinstance(made, dict):
            return StepResult({node.only_port: [(key, made)]})  # pyright: ignore[reportUnknownArgumentType]
        result = StepResult()
        take(slug, node, key, item, made, result)
    except Exception as error:  # noqa: BLE001 - see run_pure
        return StepResult(failures=[Failure(slug, key, item, problem_of(error, slug))])
    return result


def take(slug: str, node: NodeType, key: str, item: Item, made: Any, result: StepResult) -> None:
    """Puts what an item node returned into the result, under its item keys. Raises ``OrderloomError`` for what it must not return."""
    if node.only_port is not None and made.__class__ is dict:  # most nodes, most of the time
        result.outputs.setdefault(node.only_port, []).append((key, made))
    elif node.many:
        sent = [_sent(node, each) for each in _iterable(made)]
        for n, (port, out) in enumerate(sent, 1):
            result.outputs.setdefault(port, []).append((key if n == 1 else f"{key}/{slug}.{n}", out))
        if not sent:
            _drop(node, key, item, result)
    elif made is None:
        _drop(node, key, item, result)
    elif made.__class__ is Stop and node.stops:
        result.dropped.append((key, item))
        if result.stop is None:
            result.stop = key, made
    else:
        port, out = _sent(node, made)
        result.outputs.setdefault(port, []).append((key, out))


def problem_of(error: Exception, slug: str) -> Problem:
    """The problem that an exception stands for. What is unforeseen is named by type and place only: its text may hold personal data."""
    if isinstance(error, OrderloomError):
        return error.problems[0].inside(slug)
    return Problem("node.failed", (slug,), {"type": type(error).__name__, "at": _place(error)})


def _drop(node: NodeType, key: str, item: Item, result: StepResult) -> None:
    if not node.drops:
        raise OrderloomError(Problem("node.lost_item", fields={"use": node.use}))
    result.dropped.append((key, item))


def _sent(node: NodeType, made: Any) -> Sent:
    if node.by_port:
        if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[1], dict)):  # pyright: ignore[reportUnknownArgumentType]
            raise OrderloomError(Problem("node.bad_result", fields={"use": node.use, "expected": "(port, item)"}))
        port, out = made  # pyright: ignore[reportUnknownVariableType]
        if port not in node.ports:
            raise OrderloomError(Problem("node.bad_port", fields={"use": node.use, "ports": list(node.ports)}))
        return port, out  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(made, dict):
        raise OrderloomError(Problem("node.bad_result", fields={"use": node.use, "expected": "item"}))
    return node.outputs[0].name, made  # pyright: ignore[reportUnknownVariableType]


def _iterable(made: Any) -> Iterable[Any]:
    return () if made is None else made


def _run_batch(slug: str, node: NodeType, params: Params, box: list[Keyed], scope: Scope) -> StepResult:
    items = [item for _, item in box]
    try:
        made = list(node.function(items, params, scope) if node.scope else node.function(items, params))
        return keyed_batch(slug, node, [key for key, _ in box], made)
    except Exception as error:  # noqa: BLE001 - see run_pure
        problem = problem_of(error, slug)
        return StepResult(failures=[Failure(slug, key, item, problem) for key, item in box])


def keyed_batch(slug: str, node: NodeType, keys: Sequence[str], made: Sequence[Made]) -> StepResult:
    """Item keys for the outputs of a batch: the first that comes from an input keeps that input's key, the nth appends ``/slug.n``."""
    result, counts = StepResult(), dict[str, int]()
    for each in made:
        if each.port not in node.ports:
            raise OrderloomError(Problem("node.bad_port", fields={"use": node.use, "ports": list(node.ports)}))
        sources = tuple(keys) if each.sources is None else tuple(keys[n] for n in each.sources)
        base = sources[0] if sources else "0"
        counts[base] = n = counts.get(base, 0) + 1
        key = base if n == 1 else f"{base}/{slug}.{n}"
        result.outputs.setdefault(each.port, []).append((key, each.item))
        result.sources[key] = sources
    return result


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
