"""The decorators by which a node is declared. They hand back a ``NodeType``; the function stays reachable as ``.function``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_type_hints

from engine.errors import OrderloomError, Problem
from engine.node.day_lists import DayList
from engine.node.examples import Example
from engine.node.forms import Form
from engine.node.params import Params
from engine.node.ports import ANY, ERROR_PORT, Effect, Port, passes, unknown
from engine.node.sources import Consume
from engine.node.triggers import Read, Verify
from engine.node.types import FAMILIES, NodeKind, NodeType, Promise, Start

_NAME = re.compile(rf"^({'|'.join(FAMILIES)})\.[a-z][a-z0-9_]*$")
Outputs = Sequence[str] | Mapping[str, Effect]
Declare = Callable[[Callable[..., Any]], NodeType]


def node(
    name: str,
    *,
    version: int,
    label: str,
    outputs: Outputs = ("out",),
    examples: Sequence[Example] = (),
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    accepts: str = ANY,
    many: bool = False,
    drops: bool = False,
    stops: bool = False,
    taps: bool = False,
    scope: bool = False,
    answers: bool = False,
    icon: str = "box",
) -> Declare:
    """Declare a pure item node: ``(item, params)`` or, with ``scope=True``, ``(item, params, scope)``.

    It returns an item; ``(port, item)`` with several outputs; an iterable of those with ``many=True``; ``None`` only with
    ``drops=True``; a ``Stop`` only with ``stops=True``. ``outputs`` as a list of names means that all fields pass. ``taps``: whoever looks
    at the flow sees what passes, masked. ``answers``: what reaches it is the answer of its flow.
    """

    def declare(function: Callable[..., Any]) -> NodeType:
        return _build(
            function, "item", name, version, label, _ports(outputs, passes()), examples, reads, accepts, icon,
            writes=tuple(writes), many=many, drops=drops, stops=stops, taps=taps, scope=scope, answers=answers,
        )  # fmt: skip

    return declare


def batch_node(
    name: str,
    *,
    version: int,
    label: str,
    outputs: Outputs = ("out",),
    examples: Sequence[Example] = (),
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    accepts: str = ANY,
    scope: bool = False,
    icon: str = "layers",
) -> Declare:
    """Declare a pure batch node: ``(items, params[, scope])``, called once with all items of the step.

    It returns an iterable of ``Made(item, sources, port)``. It fails as one.
    """

    def declare(function: Callable[..., Any]) -> NodeType:
        return _build(
            function, "batch", name, version, label, _ports(outputs, unknown()), examples, reads, accepts, icon,
            writes=tuple(writes), scope=scope,
        )  # fmt: skip

    return declare


def effect_node(
    name: str,
    *,
    version: int,
    label: str,
    outputs: Outputs = ("out",),
    examples: Sequence[Example] = (),
    reads: Sequence[str] = (),
    writes: Sequence[str] = (),
    accepts: str = ANY,
    many: bool = False,
    drops: bool = False,
    batch: bool = False,
    promise: Promise = "idempotent",
    waits: bool = False,
    form: Form | None = None,
    icon: str = "send",
) -> Declare:
    """Declare a node that reaches the outside: ``async (item, params, context)``, or ``(items, params, context)`` with ``batch=True``.

    ``promise``: ``idempotent`` (repeated after a crash with the same key) or ``ask`` (must not happen twice and the target
    knows no key: after a crash in between a person is asked whether it happened). ``waits``: items may rest here.
    ``form``: of what an item node fetches from a channel, so that a change of it is noticed as it is where a trigger brings it.
    """

    def declare(function: Callable[..., Any]) -> NodeType:
        kind: NodeKind = "batch_effect" if batch else "effect"
        return _build(
            function, kind, name, version, label, _ports(outputs, passes()), examples, reads, accepts, icon,
            writes=tuple(writes), many=many, drops=drops, promise=promise, waits=waits, form=form,
        )  # fmt: skip

    return declare


def trigger(
    name: str,
    *,
    version: int,
    label: str,
    starts: Start,
    emits: Effect | None = None,
    examples: Sequence[Example] = (),
    verify: Verify | None = None,
    consume: Consume | None = None,
    keeps_headers: Sequence[str] = (),
    lists: DayList | None = None,
    form: Form | None = None,
    icon: str = "zap",
) -> Declare:
    """Declare a trigger by its reading function ``(delivery, params) -> Arrival``, which is pure.

    ``verify`` checks the signature first; ``consume`` fetches deliveries for as long as the flow is published (see
    ``engine.node.sources``); ``keeps_headers`` names (in lower case) the headers that reading needs, which are kept with the event;
    ``emits`` declares the classes of the fields of what arrives (undeclared ones count as restricted); ``form`` what is expected to
    arrive, so that a change of it is noticed; ``lists`` how the channel is asked for its orders of a day.
    """

    def declare(function: Read) -> NodeType:
        ports = (Port("out", emits or unknown()),)
        return _build(
            function, "trigger", name, version, label, ports, examples, (), ANY, icon,
            starts=starts, read=function, verify=verify, consume=consume, keeps_headers=tuple(keeps_headers), lists=lists, form=form,
        )  # fmt: skip

    return declare


def _build(
    function: Callable[..., Any], kind: NodeKind, name: str, version: int, label: str, ports: tuple[Port, ...],
    examples: Sequence[Example], reads: Sequence[str], accepts: str, icon: str, **more: Any,
) -> NodeType:  # fmt: skip
    if not _NAME.match(name):
        raise OrderloomError(Problem("node.bad_name", (name,), {"families": FAMILIES}))
    if any(port.name == ERROR_PORT for port in ports):
        raise OrderloomError(Problem("node.reserved_port", (name,), {"port": ERROR_PORT}))
    return NodeType(
        name=name, version=version, label=label, help=inspect.getdoc(function) or "", kind=kind, params=_params(function, name),
        outputs=ports, function=function, accepts=accepts, reads=tuple(reads), examples=tuple(examples), icon=icon, **more,
    )  # fmt: skip


def _params(function: Callable[..., Any], name: str) -> type[Params]:
    hints = get_type_hints(function, include_extras=True)
    found = hints.get("params")
    if not (isinstance(found, type) and issubclass(found, Params)):
        raise OrderloomError(Problem("node.no_params", (name,)))
    return found


def _ports(outputs: Outputs, default: Effect) -> tuple[Port, ...]:
    if isinstance(outputs, Mapping):
        return tuple(Port(name, effect) for name, effect in outputs.items())
    return tuple(Port(name, default) for name in outputs)
