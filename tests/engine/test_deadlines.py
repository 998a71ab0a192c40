"""A run that has not ended by its deadline becomes an incident, and goes on where it can (rule R12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

import engine.app
from engine.connection.failures import CallFailed
from engine.errors import InputInvalid
from engine.inspection import steps_of
from engine.sdk import ConnectionRef, Context, HttpCall, Item, Params, effect_node
from engine.store.ports import Store, WaitFilter
from tests.engine.calling import ASK, MORNING, House

REST = {"use": "flow.wait_for@1", "params": {"duration": "5h"}}
DEADLINE = {"deadline": "2h"}


@effect_node("notify.once", version=1, label="Once", promise="ask")
async def once(item: Item, params: Params, context: Context) -> Item:
    """Must not happen twice, and the target knows no key."""
    await context.http(ConnectionRef(connection="service"), HttpCall(path="/once"))
    return item


@pytest.fixture
def house(open_one: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(engine.app, "DRAIN_SECONDS", 0.05)
    return House(open_one, once)


async def test_a_run_in_time_leaves_nothing_behind(house: House) -> None:
    async with house.open() as app:
        await house.parent(ASK, DEADLINE)
        run = await house.send()
        assert await house.state(run) == "done"
        assert (await app.store.waits()).items == []
        await house.later(days=1)
        assert await house.incidents(run) == []


async def test_a_late_run_is_an_incident_over_restarts_and_still_goes_on(house: House) -> None:
    async with house.open() as app:
        await house.parent(REST, DEADLINE)
        run = await house.send()
        (deadline,) = (await app.store.waits(WaitFilter(kind="deadline"))).items
        assert deadline.due_at == MORNING + timedelta(hours=2)
        await house.later(hours=1, minutes=59)
        assert await house.incidents(run) == []
    house.time += timedelta(minutes=1)
    async with house.open() as app:
        await house.later()
        (incident,) = await house.incidents(run)
        assert (incident.code, incident.step, incident.fields["due_at"]) == ("run.overdue", "hook", "2026-01-16T10:00:00Z")
        assert await house.state(run) == "waiting"
        assert [fact.kind for fact in await app.store.facts(run)] == ["overdue"]
        await house.later(hours=3)
        assert await house.state(run) == "done"
        assert await house.incidents(run) == []
        assert len(house.outside.bodies()) == 1


async def test_a_person_may_put_the_incident_aside_and_it_does_not_come_again(house: House) -> None:
    async with house.open() as app:
        await house.parent(REST, DEADLINE)
        run = await house.send()
        await house.later(hours=2)
        (incident,) = await house.incidents(run)
        for other in ("again", "skip"):
            with pytest.raises(InputInvalid):
                await app.resume(incident.id, other, "owner")
        await house.resume(incident, "noted")
        assert await house.state(run) == "waiting"
        await house.later(hours=1)
        assert await house.incidents(run) == []
        await app.cancel(run, "owner")
        assert (await app.store.waits()).items == []


async def test_the_incident_outlasts_what_the_run_does_meanwhile(house: House) -> None:
    async with house.open():
        await house.child(("rest", REST), ("again", REST))
        await house.parent({"use": "flow.for_each@1", "params": {"flow": "child"}}, DEADLINE)
        run = await house.send()
        (child,) = await house.children(run)
        await house.later(hours=2)
        assert [one.code for one in await house.incidents(run)] == ["run.overdue"]
        await house.later(hours=3)
        assert [await house.state(child.id), [one.code for one in await house.incidents(child.id)]] == ["waiting", ["run.overdue"]]
        await house.later(hours=5)
        assert [await house.state(run), await house.incidents(run), await house.incidents(child.id)] == ["done", [], []]


async def test_a_child_is_never_due_later_than_its_parent(house: House) -> None:
    async with house.open() as app:
        called = {"use": "flow.called@1", "policy": {"deadline": "9h"}}
        await house.publish("child", {"called": called, "rest": REST}, "called -> rest", trigger="called")
        await house.parent(policy=DEADLINE)
        await house.parent(name="calm")
        hurried, calm = await house.send(), await house.send("calm")
        dues = [await app.store.deadline_of((await house.children(run))[0].id) for run in (hurried, calm)]
        assert dues == [MORNING + timedelta(hours=2), MORNING + timedelta(hours=9)]
        assert await app.store.deadline_of(calm) is None


async def test_of_a_cancelled_run_a_person_still_says_whether_a_call_happened(house: House) -> None:
    """A robot's message must not come twice, and nobody knows whether it came once (rule R12)."""
    async with house.open() as app:
        await house.parent({"use": "notify.once@1"})
        real = house.outside.http

        async def lost(*given: object, **more: object) -> object:
            await real(*given, **more)  # type: ignore[arg-type]
            raise CallFailed("http.lost", retriable=True, maybe_sent=True)

        house.outside.http = lost  # type: ignore[method-assign, assignment]
        run = await house.send()
        assert [one.code for one in await house.incidents(run)] == ["effect.unknown_outcome"]
        await app.cancel(run, "owner")
        await app.dispatcher.idle()
        assert (await house.state(run), [one.code for one in await house.incidents(run)]) == ("cancelled", ["effect.unknown_outcome"])
        await house.resume((await house.incidents(run))[0], "sent")
        assert (await house.state(run), await house.incidents(run)) == ("cancelled", [])
        assert len(house.outside.calls) == 1
        assert await steps_of(app, run)
