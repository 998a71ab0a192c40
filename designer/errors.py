"""How errors are shown: a problem document for programs, a page for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final, cast

from litestar import Request, Response
from litestar.exceptions import HTTPException, NotFoundException

from designer.pages import page_error
from designer.problems import MEDIA_TYPE, MOST_BODY, Refused, encoded, headers_of, language_of, status_of
from designer.requests import Gone
from engine.errors import Problem

log = logging.getLogger("orderloom.http")
_CODES: Final[Mapping[int, str]] = {404: "request.unknown_path", 405: "request.method", 413: "body.too_large"}
_FAULT: Final = 500
_PROGRAMS: Final = ("/api/", "/hooks/", "/health/", "/metrics", "/schema", "/static/", "/assets/")


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The exception handler of the whole application."""
    error = in_our_words(error)
    status = status_of(error)
    headers = {**headers_of(error), "Cache-Control": "no-store"}
    if request.scope["path"].startswith(_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        language = language_of(request, request.app.state.orderloom.settings.language)
        return Response(encoded(error, status, language), status_code=status, media_type=MEDIA_TYPE, headers=headers)
    return _page(request, error, headers)


def in_our_words(error: Exception) -> Exception:
    """What the framework refuses, as we would; all else as it is."""
    if not isinstance(error, HTTPException) or error.status_code >= _FAULT:
        return error
    if isinstance(error, Gone):
        log.info("client gone")
    code = _CODES.get(error.status_code, "request.invalid")
    fields = {"limit": MOST_BODY} if code == "body.too_large" else {}
    return Refused(error.status_code, Problem(code, _parameters(error), fields), error.headers)


def _parameters(error: HTTPException) -> tuple[str, ...]:
    """The names of the parameters that are wrong, without their values."""
    extra = error.extra if isinstance(error.extra, list) else []
    names = [cast("dict[str, Any]", part).get("key") for part in extra if isinstance(part, dict)]
    return tuple(str(name).removesuffix("_filter") for name in names if name)[:1]


def no_html(response: Response[Any]) -> Response[Any]:
    """Below ``/schema`` the framework has a page of its own for unknown paths; ours is a problem document."""
    if (response.status_code or 200) >= 400:
        raise NotFoundException
    return response


def _page(request: Request[Any, Any, Any], error: Exception, headers: dict[str, str]) -> Response[Any]:
    page = page_error(request, error)
    page.headers.update(headers)
    return page
