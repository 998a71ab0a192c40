"""The service on a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from designer.server import Service, bind
from engine.app import Orderloom


@pytest.fixture
async def service(orderloom: Orderloom, flow: dict[str, Any]) -> AsyncIterator[Service]:
    """Running, with the flow ``small`` in use; stopped afterwards."""
    service = Service(orderloom, bind("127.0.0.1", 0), key="the-key-of-the-tests")
    ready = asyncio.Event()
    running = asyncio.ensure_future(service.run(ready.set))
    await asyncio.wait({running, asyncio.ensure_future(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    await orderloom.publish(json.dumps(flow).encode(), note="", actor="test")
    yield service
    service.stop()
    await running


@pytest.fixture
async def sender(service: Service) -> AsyncIterator[ClientSession]:
    async with ClientSession(service.url) as session:
        yield session
