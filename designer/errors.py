"""How errors are shown: a problem document for programs, a page for people."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import NotFoundException

from designer.pages import page_error
from designer.problems import MEDIA_TYPE, encoded, headers_of, language_of, status_of

_PROGRAMS: Final = ("/api/", "/hooks/", "/health/", "/metrics", "/schema", "/static/", "/assets/")


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The exception handler of the whole application."""
    status = status_of(error)
    headers = {**headers_of(error), "Cache-Control": "no-store"}
    if request.scope["path"].startswith(_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
        language = language_of(request, request.app.state.orderloom.settings.language)
        return Response(encoded(error, status, language), status_code=status, media_type=MEDIA_TYPE, headers=headers)
    return _page(request, error, headers)


def no_html(response: Response[Any]) -> Response[Any]:
    """Below ``/schema`` the framework has a page of its own for unknown paths; ours is a problem document."""
    if (response.status_code or 200) >= 400:
        raise NotFoundException
    return response


def _page(request: Request[Any, Any, Any], error: Exception, headers: dict[str, str]) -> Response[Any]:
    page = page_error(request, error)
    page.headers.update(headers)
    return page
