"""One event is erased by the interface; what is left of it is shown without anything personal."""

from __future__ import annotations

from typing import Any

from httpx import AsyncClient

from engine.app import Orderloom

HTML = {"Accept": "text/html"}


async def test_an_event_is_erased_and_its_pages_say_so(published: AsyncClient, orderloom: Orderloom) -> None:
    run: Any = (await published.post("/hooks/small/plain", json={"no": "A1", "phone": "13812345678"})).json()["event"]
    await orderloom.dispatcher.idle()
    answer = await published.post(f"/api/events/{run}/erasure")
    assert (answer.status_code, answer.json()["erased"]) == (200, True), answer.text
    assert (await published.get(f"/api/runs/{run}")).json()["state"] == "cancelled"
    assert (await published.get(f"/api/runs/{run}/steps")).status_code == 404
    for path in (f"/runs/{run}", "/events", "/incidents", "/"):
        page = await published.get(path, headers=HTML)
        assert page.status_code == 200, path
        assert "13812345678" not in page.text
    assert (await published.post("/hooks/small/plain", json={"no": "A1", "phone": "13812345678"})).json()["duplicate"]
    assert (await published.post("/api/events/7/erasure")).status_code == 404
