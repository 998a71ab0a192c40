"""The web application around a running engine: API, pages, static files, and hooks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from designer import api, assets, live
from designer.api import probes
from designer.compression import compressed
from designer.errors import answer_error, no_html
from designer.hooks.route import deliver
from designer.pages import routes as page_routes
from designer.problems import MOST_BODY
from designer.requests import OwnRequest
from designer.security import Gate, permitted, secure, sign_in
from engine.app import Orderloom


def create_app(
    orderloom: Orderloom, *, key: str, pages: Sequence[ControllerRouterHandler] = (), around: Mapping[str, Any] | None = None
) -> Litestar:
    """The application around an engine that somebody else opens and closes. ``key`` opens pages and API.

    ``pages``: more than there are anyway; ``around``: more of its state, see ``state_around``.
    """
    return Litestar(
        route_handlers=[
            deliver,
            api.router,
            live.router,
            probes.router,
            _pages(pages),
            assets.router,
        ],
        state=state_around(orderloom, key, around),
        exception_handlers={Exception: answer_error},
        before_send=[secure],
        request_class=OwnRequest,
        openapi_config=_openapi(),
        request_max_body_size=MOST_BODY,
        logging_config=None,
    )


def state_around(orderloom: Orderloom, key: str, around: Mapping[str, Any] | None = None) -> State:
    """What handlers find in the application.

    ``home``: where a browser begins; ``scenes``: the page of what a demonstration can let go wrong, ``None`` where there is none;
    ``deliveries`` counts hook deliveries by outcome; ``closing`` ends long answers.
    """
    return State(
        {
            "orderloom": orderloom,
            "gate": Gate(key),
            "home": "/",
            "scenes": None,
            "deliveries": Counter[str](),
            "flow_feeds": live.FlowFeeds(orderloom),
            "closing": asyncio.Event(),
            **(around or {}),
        }
    )


def _pages(more: Sequence[ControllerRouterHandler]) -> Router:
    return Router(
        path="/",
        route_handlers=[*page_routes, *more],
        guards=[permitted],
        middleware=[sign_in, compressed],
        include_in_schema=False,
    )


def _openapi() -> OpenAPIConfig:
    """The schema is the same everywhere and holds no secret: it is open."""
    scheme = SecurityScheme(type="http", scheme="bearer", description="The key that the server prints when it starts.")
    open_router: Any = Router(
        path="/schema",
        route_handlers=[],
        guards=[permitted],
        opt={"permission": "page.enter"},
        include_in_schema=False,
        after_request=no_html,
        middleware=[compressed],
    )
    return OpenAPIConfig(
        title="Orderloom",
        version=version("orderloom"),
        components=Components(security_schemes={"key": scheme}),
        openapi_router=open_router,
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )
