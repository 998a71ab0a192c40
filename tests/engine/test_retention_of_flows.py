"""How long and how many runs are kept, beside a flow: in place of what holds everywhere, for its own runs alone."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from engine.app import Orderloom
from engine.errors import FlowInvalid
from engine.flow.document import Keep
from engine.retention import Rules, rules_for
from engine.store.ports import NewEvent, RunEnd, RunFilter
from engine.store.retention import Among
from tests.engine.waiting import House
from tests.store.conftest import event


def test_what_a_flow_says_stands_in_place_of_what_holds_everywhere() -> None:
    own = {"short": Keep(days=3), "few": Keep(runs=5)}
    assert rules_for(Rules(90, 100), own) == [
        (Among(besides=("few", "short")), Rules(90, 100)), (Among("few"), Rules(90, 5)), (Among("short"), Rules(3, None)),
    ]  # fmt: skip


def named(name: str, keep: object = None) -> bytes:
    hook = {"use": "connector.webhook@1"}
    test = {"name": "t", "trigger": "hook", "input": [{}], "expect": {"hook": {"items": [{}]}}}
    document = {"name": name, "nodes": {"hook": hook}, "wires": [], "tests": [test]}
    return json.dumps(document if keep is None else {**document, "keep": keep}).encode()


async def ended(app: Orderloom, flow: str, at: datetime, count: int) -> None:
    for number in range(count):
        one: NewEvent = event(flow=flow, version=1, trigger="hook", key=f"{at.isoformat()}/{number}", received_at=at)
        await app.store.journal.end_run((await app.store.journal.put_event(one)).id, RunEnd("done", at))


async def left(app: Orderloom) -> dict[str, int]:
    flows = [run.flow for run in (await app.store.runs(RunFilter(), limit=500)).items]
    return {flow: flows.count(flow) for flow in ("usual", "short", "long", "few")}


async def swept(house: House, keep: dict[str, object]) -> dict[str, int]:
    """What is left of four runs of each flow, two of which ended a week ago and two a hundred days ago."""
    async with house.open() as app:
        app.retainer._sleep = _at_once
        for name in ("usual", "short", "long", "few"):
            await app.publish(named(name, keep.get(name)), note="", actor="owner")
            await ended(app, name, house.clock.time - timedelta(days=100), 2)
        for name in ("usual", "short", "long", "few"):
            await ended(app, name, house.clock.time - timedelta(days=7), 2)
        await app.retainer.sweep()
        return await left(app)


async def _at_once(_: float) -> None:
    """No pause between two steps."""


OWN = {"short": {"days": 3}, "long": {"days": 365}, "few": {"days": 365, "runs": 3}}


async def test_each_flow_keeps_its_runs_as_long_as_it_says(house: House) -> None:
    house.clock.time = datetime.now(house.clock.time.tzinfo)
    assert await swept(house, OWN) == {"usual": 2, "short": 0, "long": 4, "few": 3}


async def test_without_what_the_flows_say_all_are_treated_alike(house: House) -> None:
    """Negative control of the test above."""
    house.clock.time = datetime.now(house.clock.time.tzinfo)
    assert await swept(house, {}) == dict.fromkeys(("usual", "short", "long", "few"), 2)


async def test_the_published_version_counts_at_once(house: House) -> None:
    house.clock.time = datetime.now(house.clock.time.tzinfo)
    async with house.open() as app:
        await app.publish(named("few", {"runs": 2}), note="", actor="owner")
        await ended(app, "few", house.clock.time - timedelta(days=1), 4)
        assert await app.retainer.sweep() == 2
        await app.publish(named("few", {"runs": 1}), note="", actor="owner")
        assert await app.retainer.sweep() == 1
        await app.publish(named("few"), note="", actor="owner")
        assert await app.retainer.sweep() == 0


@pytest.mark.parametrize("keep", [{"days": 0}, {"runs": 0}, {"days": "long"}, {"weeks": 2}])
async def test_what_makes_no_sense_is_refused_with_its_place(house: House, keep: dict[str, object]) -> None:
    async with house.open() as app:
        with pytest.raises(FlowInvalid) as caught:
            await app.publish(named("few", keep), note="", actor="owner")
        assert {problem.where[:2] for problem in caught.value.problems} == {("few", "keep")}
