"""The flow document as data. Its JSON Schema is generated from these models."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema

from engine.node.durations import Duration
from engine.node.params import Cel

FORMAT = 1
SLUG_PATTERN = r"^[a-z][a-z0-9_]*$"
WIRE_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)? -> [a-z][a-z0-9_]*$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=60)]
Wire = Annotated[str, StringConstraints(pattern=WIRE_PATTERN, max_length=200)]


PRIORITIES = ("high", "normal", "low")


def _priority(value: Any) -> str | Cel:
    return value if value in PRIORITIES else Cel.parse(value)


Priority = Annotated[
    Any,
    PlainValidator(_priority),
    PlainSerializer(lambda value: value.text if isinstance(value, Cel) else value),
    WithJsonSchema({"anyOf": [{"enum": list(PRIORITIES)}, {"type": "string", "format": "cel", "minLength": 1}]}),
]
"""One of the three words, or an expression over ``item`` and ``event`` that gives one of them."""


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Retry(Document):
    """How often and when a failed call is repeated: ``backoff`` × ``factor``^n, at most ``max``, spread by ``jitter`` (0 to 1)."""

    attempts: int = Field(default=5, ge=1, le=100)
    backoff: Duration = timedelta(milliseconds=200)
    factor: float = Field(default=2.0, ge=1, le=10)
    jitter: float = Field(default=0.2, ge=0, le=1)
    max: Duration = timedelta(seconds=30)


class Policy(Document):
    """What happens when a node's work fails; on a trigger, whether later events of an order wait while one is parked or waiting,
    which runs go first where not all can be at work, how soon a run must have ended, and after how long without a movement it stands
    still."""

    retry: Retry | None = None
    timeout: Duration | None = None
    on_error: Literal["park", "route", "stop"] | None = None
    while_parked: Literal["hold", "pass"] | None = None
    while_waiting: Literal["hold", "pass"] | None = None
    priority: Priority | None = None
    deadline: Duration | None = None
    stands_still: Duration | None = None


class FlowNode(Document):
    """A node in a flow. ``use`` names type and version, ``params`` are checked against the type's own schema."""

    use: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*@[1-9][0-9]*$")]
    title: dict[str, str] | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    policy: Policy | None = None
    disabled: bool = False


class Expected(Document):
    """What a test expects at a node: the items that reach it, or the requests that it makes."""

    items: list[Any] | None = None
    requests: list[Any] | None = None
    match: Literal["exact", "subset"] = "exact"


class FlowTest(Document):
    """A test of the flow: items into a trigger, answers of the outside, what must come out."""

    name: str = Field(min_length=1, max_length=200)
    trigger: Slug
    input: list[Any] = Field(min_length=1)
    received_at: AwareDatetime | None = None
    answers: dict[Slug, list[Any]] = Field(default_factory=dict)
    expect: dict[Slug, Expected] | None = None


class Note(Document):
    text: str = Field(max_length=4000)
    at: str | None = None


class Group(Document):
    title: str = Field(max_length=200)
    nodes: list[Slug]


class TemplateParams(Document):
    params: dict[str, Any] = Field(default_factory=dict)


class Keep(Document):
    """How long runs of the flow are kept after their end, and how many; what is not set is as everywhere (``days``), or not limited."""

    days: int | None = Field(default=None, ge=1, le=3650)
    runs: int | None = Field(default=None, ge=1, le=1_000_000_000)


class Flow(Document):
    """A whole flow document."""

    schema_: str | None = Field(default=None, alias="$schema")
    format: Literal[1] = FORMAT
    name: Slug
    title: dict[str, str] = Field(default_factory=dict)
    description: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    keep: Keep | None = None
    template: TemplateParams | None = None
    nodes: dict[Slug, FlowNode]
    wires: list[Wire] = Field(default_factory=list)
    layout: dict[str, str] = Field(default_factory=dict)
    groups: list[Group] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)
    tests: list[FlowTest] = Field(default_factory=list)
