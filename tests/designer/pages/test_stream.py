"""A live part of a page: sent at once, then whenever it changed, until the service stops."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from designer.pages import stream


async def test_a_part_is_sent_when_it_changed_and_not_otherwise(monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "EVERY_SECONDS", 0.001)
    closing, made = asyncio.Event(), iter(["<p>1</p>", "<p>1</p>", "<p>2</p>", "<p>2</p>"])
    request: Any = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(closing=closing)))

    async def make() -> str:
        found = next(made, None)
        if found is None:
            closing.set()
        return found or "<p>2</p>"

    assert [message.data async for message in stream._changes(request, make)] == ["<p>1</p>", "<p>2</p>"]
