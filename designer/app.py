"""The web application around a running engine: hooks, API, pages, static files."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import CacheControlHeader, State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from designer import api, hooks, live
from designer.api import probes
from designer.errors import answer_error, no_html
from designer.pages import routes as page_routes
from designer.problems import MOST_BODY
from designer.security import Gate, permitted, secure, sign_in
from engine.app import Orderloom

STATIC = Path(__file__).parent / "static"


def create_app(orderloom: Orderloom, *, key: str) -> Litestar:
    """The application; its lifespan opens the engine, takes up unfinished runs, and drains at the end. ``key`` opens pages and API."""
    return Litestar(
        route_handlers=[
            *hooks.routes,
            api.router,
            live.router,
            probes.router,
            Router(path="/", route_handlers=list(page_routes), guards=[permitted], middleware=[sign_in], include_in_schema=False),
            _static_files(),
        ],
        lifespan=[_alive(orderloom)],
        state=_state(orderloom, key),
        exception_handlers={Exception: answer_error},
        before_send=[secure],
        openapi_config=_openapi(),
        request_max_body_size=MOST_BODY,
        logging_config=None,
    )


def _state(orderloom: Orderloom, key: str) -> State:
    """``deliveries`` counts hook deliveries by outcome; ``closing`` and ``stopping`` tell long answers to end."""
    return State({"orderloom": orderloom, "gate": Gate(key), "deliveries": Counter[str](), "closing": asyncio.Event(), "stopping": False})


def _alive(orderloom: Orderloom) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def alive(app: Litestar) -> AsyncGenerator[None]:
        async with orderloom:
            await orderloom.start()
            try:
                yield
            finally:
                app.state.closing.set()

    return alive


def _static_files() -> Router:
    return create_static_files_router(
        path="/static",
        directories=[STATIC],
        opt={"permission": "page.enter"},
        guards=[permitted],
        cache_control=CacheControlHeader(max_age=300),
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
    )
    return OpenAPIConfig(
        title="Orderloom",
        version=version("orderloom"),
        components=Components(security_schemes={"key": scheme}),
        openapi_router=open_router,
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )
