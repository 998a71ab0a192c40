"""Connection types: pydantic models with secret fields, under a registered name.

    @connection_type("courier_express", title="Courier Express")
    class CourierExpress(Connection):
        url: HttpUrl = Field(title="Address")
        account: str

A type says which fields a system needs and how a request to it is authenticated. Nodes never see the secrets.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.connection.addresses import literal_address, parse_url
from engine.connection.failures import CallFailed
from engine.connection.http import HttpRequest
from engine.errors import InputInvalid, Problem


def _http_url(text: str) -> str:
    try:
        literal_address(parse_url(text.strip()).raw_host or "")
    except CallFailed as failed:
        raise PydanticCustomError(failed.problem.fields["rule"], "{reason}", {"reason": failed.problem.fields["reason"]}) from None
    return text.strip()


def _secret(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise PydanticCustomError("empty", "it must not be empty")
    return value


def _secret_url(value: SecretStr) -> SecretStr:
    return SecretStr(_http_url(value.get_secret_value()))


_SECRET_SCHEMA = {"type": "string", "format": "password", "writeOnly": True, "secret": True}

Secret = Annotated[SecretStr, AfterValidator(_secret), WithJsonSchema(_SECRET_SCHEMA)]
"""A field that is encrypted at rest and never returned; ``"secret": true`` in the JSON Schema."""

SecretUrl = Annotated[SecretStr, AfterValidator(_secret_url), WithJsonSchema({**_SECRET_SCHEMA, "format": "uri"})]
"""An address that is a secret itself, because it holds the key."""

HttpUrl = Annotated[str, AfterValidator(_http_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""An ``http`` or ``https`` address without credentials."""


class Connection(BaseModel):
    """An outside system: its address, its secrets, and how it wants to be asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    type_name: ClassVar[str] = ""
    type_title: ClassVar[str] = ""
    type_icon: ClassVar[str] = "plug"
    type_family: ClassVar[str] = "system"
    over_http: ClassVar[bool] = True
    """Whether HTTP calls go to it."""

    secret: Secret | None = Field(default=None, title="Secret")

    @property
    def address(self) -> str:
        """The base URL in clear; empty for a system that only calls us."""
        url = getattr(self, "url", None)
        return url.get_secret_value() if isinstance(url, SecretStr) else str(url or "")

    def prepare(self, request: HttpRequest, now: datetime) -> HttpRequest:
        """The request with its authentication, made anew at each attempt; ``now`` is aware."""
        del now
        return request

    def fields(self) -> dict[str, Any]:
        """All fields with the secrets in clear: for storage and for checking signatures, never for an answer or a log."""
        return {
            "type": self.type_name,
            **_map_secrets(self.model_dump(exclude_none=True, by_alias=True), lambda one: one.get_secret_value()),
        }

    def public_view(self) -> dict[str, Any]:
        """What may be shown: of a secret only whether it is set, ``{"set": true}``."""
        view = _map_secrets(self.model_dump(by_alias=True), lambda _: {"set": True})
        view = {name: value for name, value in view.items() if value is not None or not _is_last(type(self), name)}
        unset = {name: {"set": False} for name, value in view.items() if value is None and name in secret_fields(type(self))}
        return {"type": self.type_name, **view, **unset}


LAST: Final[dict[str, Any]] = {"last": True}
"""Marks a field that stands behind all others in a form."""


class Called(Connection):
    """A system that we call, and how much of it is asked."""

    at_once: int | None = Field(
        default=None, ge=1, le=1000, title="Calls at once", description="Empty: as many as come.", json_schema_extra=LAST
    )
    per_minute: int | None = Field(
        default=None,
        ge=1,
        le=60_000,
        title="Calls a minute",
        description="The rest waits its turn. Empty: no limit.",
        json_schema_extra=LAST,
    )
    break_after: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        title="Pause after failures",
        description="After so many failures in a row it is left alone for a while; then one call tries whether it is back. Empty: never.",
        json_schema_extra=LAST,
    )
    pause_seconds: int | None = Field(
        default=None, ge=1, le=86_400, title="Pause in seconds", description="How long it is left alone. Empty: 30.", json_schema_extra=LAST
    )


_OWN: Final = ("name", "path", "reason", "rule")
_Declared = TypeVar("_Declared", bound=type[Connection])
_types: dict[str, type[Connection]] = {}


def connection_type(name: str, *, title: str, icon: str = "plug", family: str = "system") -> Callable[[_Declared], _Declared]:
    """Register a type under its name; the class's docstring is what people read when they choose it.

    ``icon``: a name of the icon sprite; ``family``: ``channel``, ``system`` or ``message``, under which it is offered.
    Raises ``ValueError`` where another class has the name.
    """

    def register(model: _Declared) -> _Declared:
        known = _types.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (model.__module__, model.__qualname__):
            raise ValueError(f"connection type {name} is declared twice: {known.__module__} and {model.__module__}")
        model.type_name = name
        model.type_title = title
        model.type_icon, model.type_family = icon, family
        _types[name] = model
        return model

    return register


def connection_types() -> Mapping[str, type[Connection]]:
    """All registered types by name."""
    return MappingProxyType(_types)


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a connection document of a type, with its ``type``; secrets are marked ``"secret": true``.

    A field that a class declares again stands where that class has it; one that it can only leave empty does not stand there.
    """
    model = _types[name]
    schema = model.model_json_schema(mode="validation")
    given = schema.get("properties", {})
    properties = {"type": {"const": name}, **{key: given[key] for key in _as_declared(model)}}
    return {**schema, "title": model.type_title, "properties": properties, "required": ["type", *schema.get("required", [])]}


def _as_declared(model: type[Connection]) -> list[str]:
    order: dict[str, None] = {}
    for part in reversed(model.__mro__):
        for name in inspect.get_annotations(part) if issubclass(part, Connection) else ():
            field = model.model_fields.get(name)
            if field is not None and field.annotation is not type(None):
                order.pop(field.alias or name, None)
                order[field.alias or name] = None
    last = [name for name in order if _is_last(model, name)]
    return [name for name in order if name not in last] + last


def _is_last(model: type[Connection], name: str) -> bool:
    extra: Any = model.model_fields[name].json_schema_extra if name in model.model_fields else None
    return isinstance(extra, dict) and cast("dict[str, Any]", extra).get("last") is True


@cache
def secret_fields(model: type[Connection]) -> frozenset[str]:
    """The names of the fields that are a secret or hold some."""
    properties = model.model_json_schema().get("properties", {})
    return frozenset(name for name, schema in properties.items() if _marked(schema))


def parse_connection(name: str, document: object) -> Connection:
    """A connection of its document ``{"type": …, …}``.

    Raises ``InputInvalid`` with every problem: ``connection.unknown_type`` or one ``connection.invalid`` a field. No value is repeated.
    """
    if not isinstance(document, Mapping):
        raise InputInvalid(_invalid(name, "", "it is not a JSON object"))
    values = {str(key): value for key, value in cast("Mapping[Any, Any]", document).items()}
    type_name = values.pop("type", None)
    model = _types.get(type_name) if isinstance(type_name, str) else None
    if model is None:
        shown = type_name if isinstance(type_name, str) and type_name.isidentifier() else ""
        raise InputInvalid(Problem("connection.unknown_type", (name,), {"type": shown, "known": sorted(_types)}))
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InputInvalid(_found(name, one) for one in found) from None


def _found(name: str, one: Any) -> Problem:
    """A finding of pydantic. A pattern says nothing to people: the field's description tells what is expected."""
    path, rule = ".".join(map(str, one["loc"])), one["type"]
    if rule == "string_pattern_mismatch":
        return _invalid(name, path, "it does not have the expected form", "form")
    context = cast("dict[str, Any]", one.get("ctx") or {})
    limits = {key: value for key, value in context.items() if isinstance(value, (str, int)) and key not in _OWN}
    return _invalid(name, path, one["msg"], rule, **limits)


def _invalid(name: str, path: str, reason: str, rule: str = "", **more: Any) -> Problem:
    """No value is repeated: ``more`` holds what the field allows."""
    return Problem("connection.invalid", (name, path) if path else (name,), {**more, "reason": reason, **({"rule": rule} if rule else {})})


def _map_secrets(value: Any, change: Callable[[SecretStr], Any]) -> Any:
    if isinstance(value, SecretStr):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_secrets(child, change) for key, child in cast("dict[str, Any]", value).items()}
    return value


def _marked(schema: object) -> bool:
    if isinstance(schema, dict):
        parts = cast("dict[str, Any]", schema)
        return parts.get("secret") is True or any(map(_marked, parts.values()))
    return isinstance(schema, list) and any(map(_marked, cast("list[Any]", schema)))
