"""One web application for all tests of a process: making its routes takes longer than most of the tests, and is the same for all."""

from __future__ import annotations

from functools import cache

from litestar import Litestar

from designer.app import create_app, state_around
from engine.app import Orderloom
from engine.settings import Settings
from engine.store.memory import MemoryStore


def app_around(orderloom: Orderloom, key: str) -> Litestar:
    """As ``create_app`` makes it, without a lifespan; it belongs to the last one who asked, so a test has one at a time."""
    app = _app()
    app.state = state_around(orderloom, key)
    return app


@cache
def _app() -> Litestar:
    return create_app(Orderloom(Settings(), MemoryStore()), key="nobody's")
