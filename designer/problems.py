"""How errors leave the service: RFC 9457 problem documents with our code words, in the reader's language, never a traceback."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from engine.catalogue import LANGUAGES, explain
from engine.errors import Conflict, FlowInvalid, InputInvalid, NotFound, OrderloomError, Problem, place_of
from engine.flow.placed import placed
from engine.intake.accept import Busy
from engine.store.problems import StoreUnavailable

log = logging.getLogger("orderloom.http")
MEDIA_TYPE: Final = "application/problem+json"
LANGUAGE_COOKIE: Final = "language"
MOST_BODY: Final = 4 * 1024 * 1024
"""Bytes that the API takes at once."""
RETRY_AFTER_SECONDS: Final = 2

if TYPE_CHECKING:  # hooks are accepted before the framework is loaded
    from litestar.connection import ASGIConnection

Connection: TypeAlias = "ASGIConnection[Any, Any, Any, Any]"


class Refused(OrderloomError):
    """The request itself is refused; ``status`` says how (401, 403, 405, 412, 413, 421, 428)."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem)
        self.status = status
        self.headers = dict(headers or {})


class FaultyFlow(FlowInvalid):
    """A flow document cannot be used; each of its problems is shown with its exact place in the ``document`` (its JSON value)."""

    def __init__(self, problems: Iterable[Problem], document: object) -> None:
        super().__init__(problems)
        self.document = document


_BY_TYPE: Final[tuple[tuple[type[OrderloomError], int], ...]] = (
    (NotFound, 404),
    (FlowInvalid, 422),
    (InputInvalid, 422),
    (Conflict, 409),
    (Busy, 503),
    (StoreUnavailable, 503),
)
_BY_CODE: Final[Mapping[str, int]] = {
    "body.unreadable": 400,
    "body.too_deep": 400,
    "cursor.invalid": 400,
    "flow.changed": 412,
    "signature.invalid": 401,
}


def status_of(error: Exception) -> int:
    """The HTTP status that an exception stands for."""
    if isinstance(error, Refused):
        return error.status
    if not isinstance(error, OrderloomError):
        return 500
    by_code = _BY_CODE.get(error.problems[0].code) if error.problems else None
    return by_code or next((status for kind, status in _BY_TYPE if isinstance(error, kind)), 500)


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """The problems that an exception stands for; what is unforeseen is logged by type and place, and gets a number to ask about."""
    if isinstance(error, OrderloomError) and status_of(error) != 500:
        return error.problems
    return (_unforeseen(error),)


def headers_of(error: Exception) -> dict[str, str]:
    """The headers that belong to an exception's status."""
    given = dict(error.headers) if isinstance(error, Refused) else {}
    return {"Retry-After": str(RETRY_AFTER_SECONDS), **given} if status_of(error) == 503 else given


def document(problems: Iterable[Problem], status: int, language: str) -> dict[str, Any]:
    """``{type, title, status, detail, problems: [{code, where, what, do}]}``; title and detail are those of the first problem."""
    explained = [explain(problem, language) for problem in problems]
    first = explained[0]
    return {"type": first["code"], "title": first["what"], "status": status, "detail": first["do"], "problems": explained}


def encoded(error: Exception, status: int, language: str) -> bytes:
    """The problem document of an exception; problems of a flow's document carry their places in it."""
    told = document(problems_of(error), status, language)
    if isinstance(error, FaultyFlow):
        told["problems"] = [placed_problem(problem, error.document, language) for problem in error.problems]
    return msgspec.json.encode(told)


def placed_problem(problem: Problem, document: object, language: str) -> dict[str, Any]:
    """``{code, where, what, do, node, wire, path, position, test}``: explained, and placed in a flow's document."""
    return {**explain(problem, language), **asdict(placed(problem, document))}


def language_of(connection: Connection, default: str = "en") -> str:
    """``en`` or ``zh``: the reader's cookie before ``Accept-Language`` before ``default``."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else accepted_language(connection.headers.get("accept-language", ""), default)


def accepted_language(header: str, default: str = "en") -> str:
    """The best of ours by the weights of an ``Accept-Language`` header (RFC 9110, 12.5.4)."""
    best, weight = default, 0.0
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        found = _weight(parameter)
        if name in LANGUAGES and found > weight:
            best, weight = name, found
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _unforeseen(error: Exception) -> Problem:
    number = secrets.token_hex(4)
    codes = [problem.code for problem in error.problems] if isinstance(error, OrderloomError) else []
    log.error("request failed", extra={"number": number, "type": type(error).__name__, "place": place_of(error), "codes": codes})
    return Problem("request.failed", fields={"number": number})
