"""What a page shows when there is no page: not found, not allowed, or our fault."""

from __future__ import annotations

from typing import Final

from litestar import Response

from designer.pages.frame import PageRequest, page
from designer.problems import problems_of, status_of

TITLES: Final = {
    400: ("This address says something that we do not understand", "Go back and choose again."),
    401: ("Please sign in", "Open the address with ?key=… that the server printed when it started, or give its key here."),
    403: ("You may not do this", "Start again from the overview. If it stays, ask the owner of this Orderloom."),
    404: ("There is nothing here", "It may have been removed, or the address has a typing error. Start again from the overview."),
    409: ("This cannot be done as things stand", "Somebody may have been quicker: go back and load the page again."),
    500: ("Something went wrong on our side", "No order was lost. Try again; if it stays, look for the number below in the server's log."),
}
WRONG_KEY: Final = (
    "This key is wrong",
    "Copy the whole address with ?key=… that the server printed when it last started: a new start may have brought a new key.",
)
_OURS: Final = frozenset({"request.invalid", "request.unknown_path", "request.method", "access.key_needed"})


def page_error(request: PageRequest, error: Exception) -> Response[str]:
    """An exception as a page in the reader's language. No detail of an unforeseen one is shown."""
    status = status_of(error)
    title, advice = _words(request, status)
    problems = [problem for problem in problems_of(error) if problem.code not in _OURS]
    menu = {"navigation": ()} if status == 401 else {}
    return page(request, "error.html", status=status, code=status, title=title, advice=advice, problems=problems, **menu)


def _words(request: PageRequest, status: int) -> tuple[str, str]:
    if status == 401 and "key" in request.query_params:
        return WRONG_KEY
    return TITLES.get(status) or TITLES[500 if status >= 500 else 400]
