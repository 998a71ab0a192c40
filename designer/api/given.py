"""What handlers are given besides their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import QueryParameter, SkipValidation

from designer.problems import language_of
from engine.app import Orderloom
from engine.errors import NotFound, Problem
from engine.store.times import EARLIEST, LATEST

LARGEST_ID = 2**63 - 1
AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many at most.")]
Since = Annotated[datetime | None, QueryParameter(description="From this time on (ISO 8601; UTC without an offset).")]
Until = Annotated[datetime | None, QueryParameter(description="Before this time.")]
Cursor = Annotated[str | None, QueryParameter(description="`next` of the page before.")]
Loom: TypeAlias = NamedDependency[SkipValidation[Orderloom]]
Language: TypeAlias = NamedDependency[str]
Actor: TypeAlias = NamedDependency[str]


@dataclass
class TakesJson(Operation):
    """The description of a handler that reads the raw body itself."""

    def __post_init__(self) -> None:
        schema = Schema(type=OpenAPIType.OBJECT)
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)}, required=True)


def give_orderloom(state: State) -> Orderloom:
    return state.orderloom


def give_language(request: AnyRequest) -> str:
    return language_of(request, request.app.state.orderloom.settings.language)


def give_actor(request: AnyRequest) -> str:
    """Whom the guard let in."""
    return request.state.actor


def aware(moment: datetime | None) -> datetime | None:
    """A time of the address in UTC, which it is where it names no zone; one beyond the calendar is its first or last moment."""
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return EARLIEST if moment.year == 1 else LATEST


def number(text: str, unknown: str) -> int:
    """An id of a path. Raises ``NotFound`` with ``unknown`` for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID):
        raise NotFound(Problem(unknown))
    return int(text)
