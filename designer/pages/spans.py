"""The span of time that a list is narrowed to, as its handler is given it."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation

from designer.pages.filters import Period, period
from designer.pages.frame import PageRequest, reader_for
from engine.app import now

Span: TypeAlias = NamedDependency[SkipValidation[Period]]


def give_span(
    request: PageRequest, within: FromQuery[str | None] = None, since: FromQuery[str | None] = None, until: FromQuery[str | None] = None
) -> Period:
    """By the reader's clock."""
    return period(within, since, until, now=now(), clock=reader_for(request).clock)


WITH_SPAN: Final[dict[str, Any]] = {"span": Provide(give_span, sync_to_thread=False)}
"""Of a handler that has a parameter ``span: Span``."""
