"""Node types as the registry holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from engine.node.day_lists import DayList
from engine.node.durations import WithDurations
from engine.node.examples import Example
from engine.node.forms import Form
from engine.node.params import Params
from engine.node.ports import Port
from engine.node.sources import Consume
from engine.node.triggers import Read, Verify

NodeKind = Literal["trigger", "item", "batch", "effect", "batch_effect"]
Promise = Literal["idempotent", "ask"]
Start = Literal["hook", "file", "manual", "schedule", "incident", "alarm", "source", "call"]
FAMILIES = ("connector", "transform", "rule", "notify", "flow", "task")


@dataclass(frozen=True)
class NodeType:
    """All that is declared about a node, and the function that does its work.

    ``kind``: ``item`` and ``batch`` are pure; ``effect`` and ``batch_effect`` are async and get a ``Context``.
    ``many``: an item node returns an iterable; ``drops``: it may return nothing; ``stops``: it may return a ``Stop``;
    ``scope``: it also gets a ``Scope``; ``taps``: whoever looks sees what passes. With more than one output it returns ``(port, item)``.
    ``reads``: paths, or ``params.NAME`` for a parameter that holds them; ``answers``: what reaches it is the answer of its flow;
    ``writes``: likewise the paths that get new values (see ``engine.node.writes``). ``form``: the declared form of what
    a trigger gets, or a node fetches; ``lists``: how a trigger's channel is asked for its orders of a day.
    """

    name: str
    version: int
    label: str
    help: str
    kind: NodeKind
    params: type[Params]
    outputs: tuple[Port, ...]
    function: Callable[..., Any]
    accepts: str = "any"
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    many: bool = False
    drops: bool = False
    scope: bool = False
    stops: bool = False
    taps: bool = False
    promise: Promise = "idempotent"
    waits: bool = False
    answers: bool = False
    starts: Start | None = None
    verify: Verify | None = None
    read: Read | None = None
    consume: Consume | None = None
    keeps_headers: tuple[str, ...] = ()
    lists: DayList | None = field(default=None, compare=False)
    form: Form | None = field(default=None, compare=False)
    icon: str = "box"
    origin: str = field(default="", compare=False)

    @property
    def use(self) -> str:
        """The reference in a flow document, such as ``rule.condition@1``."""
        return f"{self.name}@{self.version}"

    @property
    def family(self) -> str:
        return self.name.partition(".")[0]

    @property
    def is_trigger(self) -> bool:
        return self.kind == "trigger"

    @property
    def is_effect(self) -> bool:
        return self.kind in ("effect", "batch_effect")

    @cached_property
    def is_batch(self) -> bool:
        return self.kind in ("batch", "batch_effect")

    @cached_property
    def by_port(self) -> bool:
        """Whether the function names the port of what it returns."""
        return len(self.outputs) > 1

    @cached_property
    def only_port(self) -> str | None:
        """The port of every item of a node that returns just the one item that becomes of each."""
        return self.outputs[0].name if self.kind in ("item", "effect") and not self.many and len(self.outputs) == 1 else None

    @cached_property
    def ports(self) -> Mapping[str, Port]:
        return {port.name: port for port in self.outputs}

    @cached_property
    def params_schema(self) -> dict[str, Any]:
        return self.params.model_json_schema(schema_generator=WithDurations)
