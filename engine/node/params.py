"""A node's parameters: one pydantic model, from which come validation, form, documentation and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from engine.errors import NodeError, OrderloomError
from engine.expression import Expression, to_json_value
from engine.node.items import Item, Scope
from engine.node.paths import PATTERN, PLAIN_PATTERN
from engine.node.templates import TextTemplate
from engine.privacy.classes import FieldClass

FLOW_PATTERN = r"^[a-z][a-z0-9_]*$"
MONEY_PATTERN = r"^-?\d+(\.\d+)?$"


class Params(BaseModel):
    """Base of every node's parameters: unknown names are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)


def _exact(value: Any) -> Any:
    if isinstance(value, (float, bool)):
        raise PydanticCustomError("money_float", "write the amount as text, such as 50.00")
    return value


Money = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "money", "pattern": MONEY_PATTERN}),
]
"""An exact amount, a decimal string in JSON; floats are refused."""

Path = Annotated[
    str, StringConstraints(pattern=PATTERN, max_length=200), WithJsonSchema({"type": "string", "format": "path", "pattern": PATTERN})
]
"""A field path such as ``receiver.phone`` or ``lines[].sku_code``."""

PlainPath = Annotated[
    str,
    StringConstraints(pattern=PLAIN_PATTERN, max_length=200),
    WithJsonSchema({"type": "string", "format": "path", "pattern": PLAIN_PATTERN}),
]
"""A field path that leads to one place, so without ``[]``: where a value is put, or what a key is made of."""


class _FromText:
    """A parameter that is text in JSON and something better in memory."""

    format: ClassVar[str]

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def parse(cls, value: Any) -> Self:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Input should be a valid string")
        try:
            return cls(value)
        except OrderloomError as error:
            raise PydanticCustomError("orderloom", "{what}", {"what": str(error), "problem": error.problems[0]}) from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: value.text, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": cls.format, "minLength": 1}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.text == self.text  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self.text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Cel(_FromText):
    """An expression over ``item``, ``event`` and ``flow`` that yields any value."""

    format = "cel"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.expression = Expression(text)
        self._function: Callable[..., Any] | None = None

    def __call__(self, item: Item, scope: Scope) -> Any:
        """The value for an item. Raises ``ExpressionError``."""
        function = self._function
        if function is None:
            function = self._function = self.expression.function
        return function(item, scope.event, scope.flow)

    @property
    def expects(self) -> frozenset[str]:
        """The paths that must be there: those that it reads without asking by ``has`` first."""
        asked = self.text.replace(" ", "")
        return frozenset(path for path in self.expression.reads if not any(f"has({part})" in asked for part in _prefixes(path)))

    def json(self, item: Item, scope: Scope) -> Any:
        """The value as plain JSON, fit to be put into an item: times as RFC 3339 text, money as decimal text."""
        return to_json_value(self(item, scope))


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(2, len(parts) + 1)]


class Condition(Cel):
    """An expression that must yield true or false."""

    format = "cel-condition"

    def __call__(self, item: Item, scope: Scope) -> bool:
        answer = super().__call__(item, scope)
        if answer is True or answer is False:
            return answer
        raise NodeError("expression.not_boolean", type=type(answer).__name__)


class Template(_FromText):
    """Message text with ``{{ places }}`` (sandboxed Jinja2)."""

    format = "template"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._template = TextTemplate(text)

    @property
    def expects(self) -> frozenset[str]:
        """The paths that must be there, such as ``item.display_no``: those in places that have no ``default``."""
        return self._template.expects

    def render(self, **values: Any) -> str:
        """The text with its places filled. Raises ``NodeError``: ``template.failed``, ``template.too_long``, ``template.too_costly``."""
        return self._template.render(values)


class UrlTemplate(Template):
    """A template for a part of a URL: whatever is put in is percent-encoded."""

    format = "url-template"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._template = TextTemplate(text, encoded=True)


class ConnectionRef(BaseModel):
    """A connection by name: ``{"connection": "main_shop"}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    connection: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class SecretRef(BaseModel):
    """A connection whose secret is used without calling it: ``{"secret": "main_shop"}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    secret: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


@dataclass(frozen=True, slots=True)
class OfType:
    """Marks a ``ConnectionRef`` with the connection types that it may name."""

    types: tuple[str, ...]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler.resolve_ref_schema(handler(schema)), "connectionTypes": list(self.types)}


FlowName = Annotated[
    str,
    StringConstraints(pattern=FLOW_PATTERN, max_length=60),
    WithJsonSchema({"type": "string", "format": "flow", "pattern": FLOW_PATTERN, "maxLength": 60}),
]
"""The name of a flow that can be called: one that starts by being called."""


class Calling(Params):
    """Parameters of a node that calls another flow."""

    flow: FlowName = Field(title="Flow", description="The flow to call. It starts with a node of the kind “Called by a flow”.")
    version: Literal["published", "latest"] = Field(
        default="published",
        title="Version",
        description="published: the version that was published when this flow was published; latest: the newest when the item comes here.",
        json_schema_extra={"enumTitles": {"published": "as when this flow was published", "latest": "the newest"}},
    )

    def answer_fields(self, answer: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
        """The classes of what the node writes into its item, where the flow's answer has those of ``answer``."""
        del answer
        return {}


class Gathering(Params):
    """Parameters of a node that gathers several items into one."""

    def gathered_fields(self, fields: Mapping[str, FieldClass]) -> Mapping[str, FieldClass]:
        """The classes of what the node writes into the one item, where those that it gathers have ``fields``. What is not named is
        hidden.
        """
        del fields
        return {}


def non_empty(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("empty", "must not be empty")
    return value


NonEmpty = Annotated[str, AfterValidator(non_empty)]
