"""What a reader of a JetStream consumer left behind, and what it is still working on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.source.feed import LiveFeed

from .house import arrived
from .servers import NatsStream, broker
from .test_brokers import bodies, names, publish, service

pytestmark = pytest.mark.slow


@pytest.fixture
async def place() -> AsyncIterator[NatsStream]:
    async with broker(NatsStream) as one:
        assert isinstance(one, NatsStream)
        yield one


async def test_what_a_reader_that_died_left_comes_before_anything_newer(place: NatsStream, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "orderloom.sources")
    await place.send(bodies(1, 3))
    assert await place.take(3, 1.0, again_after=5.0) == 3
    await place.send(bodies(4, 6))
    async with service(place).open() as app:
        await publish(app, place)
        assert await arrived(app, 6) == names(1, 6)
    assert "waits for messages that come again" in caplog.messages


async def test_what_is_being_worked_on_is_not_sent_again(place: NatsStream, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.hurry()
    begun = asyncio.Event()

    async def slow(self: LiveFeed, *_: Any, **__: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with service(place).open() as app:
        with monkeypatch.context() as patched:
            patched.setattr(LiveFeed, "take", slow)
            await publish(app, place)
            await place.send(bodies(1, 1))
            await asyncio.wait_for(begun.wait(), 10)
            assert await place.take(1, 2.0) == 0
