"""A page, whole: the reader's language and colours, the navigation, and the page's own template."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Request, Response

from designer.pages.environment import environment, speech
from designer.pages.filters import Given
from designer.pages.flow_titles import untitled
from designer.pages.reader import Reader, reader_of

if TYPE_CHECKING:
    from engine.app import Orderloom

Entry = tuple[str, str, str]
"""Address, icon, name."""
NAVIGATION: Final[tuple[tuple[str, tuple[Entry, ...]], ...]] = (
    ("", (("/", "layout-dashboard", "Overview"),)),
    (
        "To do",
        (
            ("/incidents", "triangle-alert", "Incidents"),
            ("/tasks", "clipboard-list", "Tasks"),
            ("/holds", "lock", "Held orders"),
            ("/stuck", "hourglass", "Stuck orders"),
            ("/alarms", "bell", "Alarms"),
        ),
    ),
    (
        "Orders and goods",
        (
            ("/orders", "package", "Orders"),
            ("/order-path", "route", "Order path"),
            ("/cleansing", "sparkles", "Cleansing"),
            ("/parcels", "truck", "Parcels"),
            ("/stock", "layers", "Stock"),
            ("/reconciliation", "git-compare", "Reconciliation"),
        ),
    ),
    (
        "Flows and runs",
        (
            ("/flows", "workflow", "Flows"),
            ("/runs", "activity", "Runs"),
            ("/events", "inbox", "Events"),
            ("/recordings", "flask-conical", "Sandbox"),
            ("/nodes", "blocks", "Nodes"),
        ),
    ),
    (
        "Outside systems",
        (
            ("/systems", "server", "Systems"),
            ("/connections", "plug", "Connections"),
            ("/contracts", "file-check", "Channel forms"),
            ("/calls", "network", "Call log"),
        ),
    ),
    (
        "Service",
        (
            ("/delays", "timer", "Delays"),
            ("/audit", "scroll-text", "Audit log"),
        ),
    ),
)
"""Headings, each with its pages; what has no heading stands before all others."""
_HEADERS: Final = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
PageRequest = Request[Any, Any, Any]


def loom(request: PageRequest) -> Orderloom:
    """The running engine."""
    engine: Orderloom = request.app.state.orderloom
    return engine


def page(request: PageRequest, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """The answer with a rendered template."""
    headers = {**_HEADERS, **_address(request, values.get("given"))}
    return Response(content=render(request, template, **values), status_code=status, media_type=MediaType.HTML, headers=headers)


def _address(request: PageRequest, given: Given | None) -> dict[str, str]:
    """A form sends its empty fields too: htmx is told the address without them."""
    return {"HX-Push-Url": given.here} if given and "hx-request" in request.headers and "cursor" not in request.query_params else {}


def render(request: PageRequest, template: str, **values: Any) -> str:
    """The text of a template for this reader: a whole page, or a part of one."""
    reader = reader_for(request)
    path = request.url.path
    here = path + (f"?{request.url.query}" if request.url.query else "")
    zone = reader.clock.name if request.method == "GET" else ""  # a page that answers a form is not asked for again
    called = partial(_untitled, request, reader.language)
    common = {"reader": reader, "zone": zone, "navigation": _navigation(request), "path": path, "here": here, "untitled": called}
    return environment().get_template(template).render({**common, **speech(reader.language), **values})


def _untitled(request: PageRequest, language: str, slug: str, use: str) -> str:
    return untitled(slug, loom(request).registry.find(use), language)


def _navigation(request: PageRequest) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    scenes: str | None = getattr(request.app.state, "scenes", None)
    if scenes is None:
        return NAVIGATION
    *others, (heading, last) = NAVIGATION
    return (*others, (heading, (*last, (scenes, "play", "Demonstration"))))


def reader_for(request: PageRequest) -> Reader:
    engine = getattr(request.app.state, "orderloom", None)
    return reader_of(request, engine.settings.language if engine is not None else "en")
