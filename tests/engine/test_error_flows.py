"""Flows that start on incidents and failures of others: once for each, whatever happens in between, and never in a circle."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from engine.app import Orderloom
from engine.node.triggers import Delivery
from engine.store.ports import Store
from tests.engine.waiting import SERVICE, House, flow, published

REFUSED = [(422, {})]
ALARM_CALL: dict[str, Any] = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/alarm"}}
STOP = {"use": "flow.stop@1", "params": {"state": "failed", "reason": "no warehouse has this"}}


class Still(House):
    """Nothing happens by itself: the test says when to look."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        async with super().open() as app:
            app._upkeep.stop()
            yield app


@pytest.fixture
def house(open_one: Callable[[], Store]) -> House:
    return Still(open_one)


def alarm(name: str = "alarm", **params: Any) -> bytes:
    document = {
        "name": name,
        "nodes": {"news": {"use": "flow.on_incident@1", "params": params}, "tell": ALARM_CALL},
        "wires": ["news -> tell"],
        "tests": [{"name": "t", "trigger": "news", "input": [{"flow": "f"}], "expect": {"news": {"items": [{}], "match": "subset"}}}],
    }
    return json.dumps(document).encode()


def failing() -> bytes:
    """Its one call is to ``service``."""
    return flow({"use": "transform.set_fields@1", "params": {"fields": {"seen": "true"}}})


async def told(house: House) -> int:
    count = await house.app.error_flows.tell()
    await house.settle()
    return count


async def test_an_incident_starts_an_error_flow_with_what_happened_and_nothing_personal(house: House) -> None:
    async with house.open() as app:
        await published(house, failing())
        await published(house, alarm())
        house.outside.script = list(REFUSED)
        run = await house.send("A-17", buyer="13800138000")
        (incident,) = (await app.store.incidents()).items
        assert await told(house) == 1
        news = house.outside.bodies[-1]
        assert {name: news[name] for name in ("kind", "incident", "run", "flow", "step", "code", "order", "link", "at")} == {
            "kind": "incident", "incident": str(incident.id), "run": str(run), "flow": "waiting", "step": "call", "code": "effect.refused",
            "order": "A-17", "link": f"/runs/{run}", "at": "2026-01-16T08:00:00Z",
        }  # fmt: skip
        assert "422" in news["text"]
        assert "13800138000" not in json.dumps(news)


async def test_the_texts_are_in_the_language_that_the_flow_asks_for(house: House) -> None:
    async with house.open():
        await published(house, failing())
        await published(house, alarm(language="zh"))
        house.outside.script = list(REFUSED)
        await house.send()
        await told(house)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in house.outside.bodies[-1]["text"])


async def test_each_incident_is_told_once_over_restarts(house: House) -> None:
    async with house.open():
        await published(house, failing())
        await published(house, alarm())
        house.outside.script = list(REFUSED)
        await house.send()
        assert await told(house) == 1
        assert await told(house) == 0
    async with house.open():
        assert await told(house) == 0
    assert len(house.outside.keys) == 2


async def test_what_was_not_told_before_a_restart_is_told_after_it(house: House) -> None:
    async with house.open():
        await published(house, failing())
        await published(house, alarm())
        house.outside.script = list(REFUSED)
        await house.send()
    async with house.open():
        await told(house)
    assert len(house.outside.keys) == 2


async def test_an_end_between_the_start_and_the_note_of_it_starts_nothing_twice(house: House) -> None:
    async with house.open() as app:
        await published(house, failing())
        await published(house, alarm())
        house.outside.script = list(REFUSED)
        await house.send()
        notices = await app.store.notices()
        assert await told(house) == 1

        async def kept(**_: Any) -> Any:
            return notices if not dropped else ()

        async def drop(ids: Any) -> None:
            dropped.extend(ids)

        dropped: list[int] = []
        app.store.notices, app.store.drop_notices = kept, drop  # type: ignore[method-assign]
        assert await told(house) == 0
        assert dropped
        assert len(house.outside.keys) == 2


async def test_incidents_of_error_flows_start_no_flow(house: House) -> None:
    async with house.open() as app:
        await published(house, failing())
        await published(house, alarm())
        await published(house, alarm("second"))
        house.outside.script = [*REFUSED, *REFUSED, *REFUSED]
        await house.send()
        assert await told(house) == 2
        assert len((await app.store.incidents()).items) == 3
        assert await told(house) == 0
        assert len(house.outside.keys) == 3


async def test_incidents_of_runs_that_an_error_flow_brought_about_start_no_flow(house: House) -> None:
    async with house.open() as app:
        await published(house, failing())
        await published(house, alarm())
        house.outside.script = list(REFUSED)
        await house.send()
        await told(house)
        (cause,) = [event for event in (await app.store.events()).items if event.flow == "alarm"]
        plan = await app.flows.newest("waiting")
        assert plan is not None
        house.outside.script = list(REFUSED)
        await app.intake.accept(plan, plan.by_slug["hook"], Delivery(b'{"id": "B"}'), house.clock(), actor=f"run:{cause.id}")
        await house.settle()
        assert len((await app.store.incidents()).items) == 2
        assert await told(house) == 0


@pytest.mark.parametrize(
    ("params", "starts"),
    [
        ({"flows": ["waiting"]}, 1),
        ({"flows": ["another"]}, 0),
        ({"codes": ["effect"]}, 1),
        ({"codes": ["effect.refused"]}, 1),
        ({"codes": ["effect.ref", "http"]}, 0),
        ({"kinds": ["incident"]}, 1),
        ({"kinds": ["failed"]}, 0),
    ],
)
async def test_an_error_flow_looks_after_what_it_names(house: House, params: dict[str, Any], starts: int) -> None:
    async with house.open():
        await published(house, failing())
        await published(house, alarm(**params))
        house.outside.script = list(REFUSED)
        await house.send()
        assert await told(house) == starts


async def test_a_run_that_a_node_failed_starts_an_error_flow_with_its_reason(house: House) -> None:
    async with house.open() as app:
        halting = flow(
            {"use": "transform.set_fields@1", "params": {"fields": {"seen": "true"}}},
            halt=STOP,
            wires=["hook -> rest", "rest -> halt", "hook -> call"],
        )
        await published(house, halting)
        await published(house, alarm(kinds=["failed"]))
        await house.send()
        assert await told(house) == 1
        news = house.outside.bodies[-1]
        assert (news["kind"], news["incident"], news["step"], news["code"]) == ("failed", None, "halt", "run.stopped")
        assert "no warehouse has this" in news["text"]
        assert await app.store.notices() == []


async def test_without_error_flows_nothing_gathers(house: House) -> None:
    async with house.open() as app:
        await published(house, failing())
        house.outside.script = list(REFUSED)
        await house.send()
        assert len(await app.store.notices()) == 1
        await told(house)
        assert list(await app.store.notices()) == []
        await published(house, alarm())
        assert await told(house) == 0
