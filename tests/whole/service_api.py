"""What the trial asks of the service, as anybody may who has its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from tests.crash.service import KEY

HEADERS = {"Authorization": f"Bearer {KEY}"}


class ServiceApi:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def get(self, path: str, **query: str) -> Any:
        async with self._session.get(self._url + path, params=query, headers=HEADERS) as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.json()

    async def all(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All entries of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: Mapping[str, str] = {}
        while True:
            page = await self.get(path, limit="500", **query, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    async def publish(self, name: str, flow: Mapping[str, Any]) -> None:
        draft, publication = f"{self._url}/api/flows/{name}/draft", f"{self._url}/api/flows/{name}/publication"
        async with self._session.put(draft, json=flow, headers={**HEADERS, "If-None-Match": "*"}) as answer:
            assert answer.status in (200, 201), await answer.text()
        async with self._session.post(publication, json={"note": ""}, headers=HEADERS) as answer:
            assert answer.status == 201, await answer.text()

    async def reconcile(self, day: str, channel: str) -> dict[str, Any]:
        async with self._session.post(f"{self._url}/api/reconciliations", json={"day": day, "channel": channel}, headers=HEADERS) as answer:
            assert answer.status == 201, answer.status
            return await answer.json()
