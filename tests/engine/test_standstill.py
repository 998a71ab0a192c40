"""Runs that stand still without an error are incidents: one an episode, closed by themselves, whatever restarts in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from engine.errors import InputInvalid
from engine.node.triggers import Delivery
from engine.standstill import Standing, judge
from engine.store.ports import Incident, IncidentFilter
from engine.store.standing import Unmoved
from tests.engine.waiting import MORNING, REST, House, flow, published

RUN = Unmoved(7, "f", "hook", "k", "queued", passes=False, moved_at=MORNING)
CALL = {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/o"}}


def behind(state: str, *, passes: bool = False) -> Unmoved:
    return Unmoved(7, "f", "hook", "k", "queued", passes, MORNING, 3, state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "where", "held", "progress", "expected"),
    [
        (RUN, "at_work", False, True, (7, "at_work")),
        (RUN, "in_line", False, True, None),
        (RUN, "in_line", False, False, (7, "no_place")),
        (RUN, "nowhere", False, True, (7, "nobody")),
        (behind("waiting"), "in_line", True, True, (3, "holds_back")),
        (behind("waiting"), "nowhere", False, True, (7, "nobody")),
        (behind("parked"), "in_line", True, True, None),
        (behind("queued"), "in_line", True, False, None),
        (behind("parked", passes=True), "nowhere", True, True, (7, "nobody")),
    ],
)
def test_why_a_run_stands_still(one: Unmoved, where: str, held: bool, progress: bool, expected: tuple[int, str] | None) -> None:
    found = judge(one, where, held=held, progress=progress)  # type: ignore[arg-type]
    assert found == (None if expected is None else Standing(expected[0], expected[1], MORNING))  # type: ignore[arg-type]


async def standing(house: House) -> list[Incident]:
    return list((await house.app.store.incidents(IncidentFilter(code="run.stands_still"))).items)


async def look(house: House, **later: float) -> list[Incident]:
    house.clock.time += timedelta(**later)
    await house.app.standstill.look()
    return await standing(house)


async def test_a_run_that_hangs_at_its_node_is_one_incident_until_it_moves_on(house: House) -> None:
    async with house.open() as app:
        gate = asyncio.Event()
        answer = house.outside.http

        async def slow(*call: object) -> object:
            await gate.wait()
            return await answer(*call)  # type: ignore[arg-type]

        house.outside.http = slow  # type: ignore[method-assign,assignment]
        await published(house, flow(call=CALL, wires=["hook -> call"]))
        sending = asyncio.ensure_future(house.send())
        while not app.dispatcher.running:
            await asyncio.sleep(0)
        assert await look(house, minutes=9) == []
        (incident,) = await look(house, minutes=2)
        assert (incident.fields["rule"], incident.fields["minutes"], incident.step) == ("stands_at_work", 11, "hook")
        assert await look(house, minutes=30) == [incident]
        with pytest.raises(InputInvalid):
            await app.resume(incident.id, "skip", "li")
        gate.set()
        run = await sending
        assert await house.state(run) == "done"
        assert await standing(house) == []


async def test_events_behind_a_parked_one_count_on_its_incident_and_have_none_of_their_own(house: House) -> None:
    house.outside.script = [(422, {})]
    async with house.open() as app:
        await published(house, flow(call=CALL, wires=["hook -> call"]))
        first = await house.send()
        for version in (2, 3):
            await house.send(version=version)
        assert await look(house, minutes=20) == []
        assert app.standstill.last.blocked == 2
        assert await app.store.blocked_behind([first]) == {first: 2}
        await app.resume((await app.store.incidents()).items[0].id, "again", "li")
        await house.settle()
        await look(house)
        assert app.standstill.last.blocked == 0


async def test_a_waiting_run_that_holds_others_back_says_so_over_a_restart_and_only_once(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(REST, hook={"policy": {"while_waiting": "hold"}}))
        first = await house.send()
        assert await look(house, minutes=20) == [], "a wait alone is right"
        await house.send(version=2)
        (incident,) = await look(house, minutes=20)
        assert (incident.run_id, incident.fields["rule"]) == (first, "stands_holds_back")
        assert app.standstill.last.blocked == 1
    async with house.open() as app:
        assert await look(house, minutes=20) == [incident]
        await house.later(hours=3)
        await house.settle()
        assert await standing(house) == []
        assert await house.state(first) == "done"


async def test_a_wait_that_nobody_woke_is_named_until_somebody_does(house: House) -> None:
    async with house.open():
        await published(house, flow(REST))
        run = await house.send()
        (incident,) = await look(house, hours=3)
        assert (incident.run_id, incident.fields["rule"]) == (run, "stands_overdue")
        await house.later()
        assert await standing(house) == []
        assert await house.state(run) == "done"


async def test_a_run_that_no_process_has_is_taken_up_by_trying_again(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(call=CALL, wires=["hook -> call"]))
        object.__setattr__(app.dispatcher, "_limit", 0)
        run = await house.send("A")
        event = await app.store.event(run)
        app.dispatcher.forget(event.flow, event.order_key, run)
        object.__setattr__(app.dispatcher, "_limit", 9)
        (incident,) = await look(house, minutes=11)
        assert incident.fields["rule"] == "stands_nobody"
        await app.resume(incident.id, "again", "li")
        await house.settle()
        assert await house.state(run) == "done"
        assert await standing(house) == []


async def test_a_long_line_is_no_standstill_while_others_end(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(call=CALL, wires=["hook -> call"]))
        object.__setattr__(app.dispatcher, "_limit", 0)
        await house.send("A")
        await look(house)
        app.dispatcher.ended["waiting", "done"] += 1
        assert await look(house, minutes=11) == []
        (incident,) = await look(house, minutes=11)
        assert incident.fields["rule"] == "stands_no_place"


@pytest.mark.parametrize(
    ("own", "minutes", "stands"), [("2m", 3, True), (None, 3, False), (None, 12, True), ("1h", 12, False), ("1h", 61, True)]
)
async def test_a_trigger_has_a_limit_of_its_own_for_runs_and_for_waits_that_nobody_woke(
    house: House, own: str | None, minutes: float, stands: bool
) -> None:
    async with house.open() as app:
        policy = {} if own is None else {"policy": {"stands_still": own}}
        await published(house, flow(REST, hook=policy))
        waits = await house.send()
        house.clock.time += timedelta(hours=2)  # its time has come, and nobody wakes it
        app.dispatcher.accepted = lambda *_: None  # type: ignore[method-assign]  # nobody takes the next one up
        unmoved = await house.send("B")
        found = await look(house, minutes=minutes)
        assert {(one.run_id, one.fields["rule"]) for one in found} == (
            {(waits, "stands_overdue"), (unmoved, "stands_nobody")} if stands else set()
        )


async def test_the_limit_of_one_trigger_is_not_that_of_another(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(REST, hook={"policy": {"stands_still": "1m"}}, other={"use": "connector.webhook@1"}))
        app.dispatcher.accepted = lambda *_: None  # type: ignore[method-assign]
        first = await house.send()
        await app.intake.hook("waiting", "other", Delivery(b'{"id": "B"}'))
        assert [one.run_id for one in await look(house, minutes=5)] == [first]
