"""Many incidents are decided on at once: oldest first, at a rate, and whatever cannot be decided stops nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.app import Orderloom
from engine.bulk import Bulk
from engine.errors import Conflict, NotFound
from engine.node.triggers import Delivery
from engine.store.memory import MemoryStore
from engine.store.ports import IncidentFilter
from tests.engine.waiting import SETTINGS, Outside, flow

COUNT = 30
CALL: dict[str, Any] = {
    "use": "connector.http_request@1",
    "params": {"service": {"connection": "service"}, "path": "/o"},
    "policy": {"retry": {"attempts": 1}},
}


class Sleeps:
    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
async def failed() -> AsyncIterator[tuple[Orderloom, Outside]]:
    """Thirty orders that their target refused for the moment."""
    async with Orderloom(SETTINGS, MemoryStore()) as app:
        outside = Outside()
        outside.script = [(503, {})] * COUNT
        object.__setattr__(app.world, "outside", outside)
        await app.publish(flow(wires=["hook -> call"], call=CALL), note="", actor="owner")
        for number in range(COUNT):
            await app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": f"o{number:02}", "v": 1}).encode()))
        await app.dispatcher.idle()
        assert await app.store.incident_counts() == {("waiting", "call"): COUNT}
        outside.bodies.clear()
        yield app, outside


async def ended(bulk: Bulk) -> None:
    while (last := bulk.last) is not None and not last.ended:
        await asyncio.sleep(0)


async def test_all_go_on_in_the_order_in_which_they_came_at_the_rate_that_was_asked_for(failed: tuple[Orderloom, Outside]) -> None:
    app, outside = failed
    sleeps = Sleeps()
    bulk = Bulk(app.store, app.resume, sleeps)
    started = await bulk.start(IncidentFilter(flow="waiting"), "again", 10, "owner")
    assert (started.total, started.ended) == (COUNT, False)
    with pytest.raises(Conflict):
        await bulk.start(IncidentFilter(), "again", 10, "owner")
    await ended(bulk)
    await app.dispatcher.idle()
    assert [body["id"] for body in outside.bodies] == [f"o{number:02}" for number in range(COUNT)]
    assert sleeps.slept == [0.1] * (COUNT - 1)
    assert (bulk.progress(1).decided, bulk.progress(1).passed_over) == (COUNT, 0)
    assert await app.store.run_counts() == {("waiting", "done"): COUNT}


async def test_of_two_that_begin_in_the_same_moment_one_is_refused(failed: tuple[Orderloom, Outside]) -> None:
    app, _ = failed
    bulk = Bulk(app.store, app.resume, Sleeps())
    both = await asyncio.gather(*(bulk.start(IncidentFilter(), "skip", 100, who) for who in ("one", "other")), return_exceptions=True)
    assert [type(answer) for answer in both].count(Conflict) == 1
    await ended(bulk)
    assert bulk.progress(1).decided == COUNT


async def test_one_that_fails_in_an_unforeseen_way_is_passed_over_and_stays_open(failed: tuple[Orderloom, Outside]) -> None:
    app, _ = failed
    oldest = (await app.store.incidents()).items[-1]

    async def resume(incident: int, action: str, actor: str) -> int:
        if incident == oldest.id:
            raise OSError("the disk is full")
        return await app.resume(incident, action, actor)

    bulk = Bulk(app.store, resume, Sleeps())
    await bulk.start(IncidentFilter(), "skip", 100, "owner")
    await ended(bulk)
    assert (bulk.progress(1).decided, bulk.progress(1).passed_over) == (COUNT - 1, 1)
    assert [one.id for one in (await app.store.incidents()).items] == [oldest.id]


async def test_when_the_incidents_cannot_be_read_the_next_one_may_begin(
    failed: tuple[Orderloom, Outside], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = failed
    bulk = Bulk(app.store, app.resume, Sleeps())
    with monkeypatch.context() as broken:
        broken.setattr(app.store, "incidents", unreadable)
        with pytest.raises(OSError, match="disk"):
            await bulk.start(IncidentFilter(), "skip", 100, "owner")
    assert (await bulk.start(IncidentFilter(), "skip", 100, "owner")).total == COUNT
    await bulk.close()


async def unreadable(*_: Any, **__: Any) -> None:
    raise OSError("the disk")


async def test_what_somebody_else_decided_meanwhile_is_passed_over(failed: tuple[Orderloom, Outside]) -> None:
    app, _ = failed
    bulk = Bulk(app.store, app.resume, Sleeps())
    newest = (await app.store.incidents()).items[0]
    await bulk.start(IncidentFilter(code="effect"), "skip", 100, "owner")
    await app.resume(newest.id, "skip", "somebody")
    await ended(bulk)
    assert (bulk.progress(1).decided, bulk.progress(1).passed_over) == (COUNT - 1, 1)


async def test_only_those_that_were_chosen_are_decided_on(failed: tuple[Orderloom, Outside]) -> None:
    app, _ = failed
    bulk = Bulk(app.store, app.resume, Sleeps())
    assert (await bulk.start(IncidentFilter(flow="another"), "again", 1, "owner")).ended
    assert (await bulk.start(IncidentFilter(code="http"), "again", 1, "owner")).total == 0
    with pytest.raises(NotFound):
        bulk.progress(9)


async def test_the_service_ends_in_the_middle_and_the_rest_stays_open(failed: tuple[Orderloom, Outside]) -> None:
    app, _ = failed
    bulk = Bulk(app.store, app.resume)
    await bulk.start(IncidentFilter(), "skip", 5, "owner")
    await asyncio.sleep(0)
    await bulk.close()
    assert bulk.progress(1).ended
    assert (await app.store.incident_counts())["waiting", "call"] >= COUNT - 2
