"""Targets that ask for patience or are paused: a run rests meanwhile, and its attempts are counted over all rests."""

from __future__ import annotations

from datetime import timedelta

from engine.connection.failures import CallFailed
from tests.engine.waiting import SERVICE, House, flow, published


async def test_a_target_that_asks_for_patience_gets_it_and_the_run_rests_meanwhile(house: House) -> None:
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call={"use": "connector.http_request@1", "params": {**SERVICE, "path": "/o"}}))
        house.outside.script = [(503, {"retry-after": "60"}), (429, {"retry-after": "30"})]
        run = await house.send()
        assert await house.state(run) == "waiting"
        assert house.app.dispatcher.running == 0
        await house.later(seconds=59)
        assert len(house.outside.keys) == 1
    house.clock.time += timedelta(seconds=1)
    async with house.open():
        await house.later()
        assert (await house.state(run), len(house.outside.keys)) == ("waiting", 2)
        await house.later(seconds=30)
        assert await house.state(run) == "done"
    assert len(house.outside.keys) == 3
    assert len(set(house.outside.keys)) == 1


async def test_attempts_are_counted_over_waits_and_restarts_and_end_in_an_incident(house: House) -> None:
    call = {
        "use": "connector.http_request@1",
        "params": {**SERVICE, "path": "/o"},
        "policy": {"retry": {"attempts": 3, "backoff": "1m", "max": "1h", "jitter": 0}},
    }
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call=call))
        house.outside.script = [(503, {})] * 9
        run = await house.send()
        await house.later(minutes=1)
    async with house.open() as app:
        await house.later(minutes=2)
        assert await house.state(run) == "parked"
        (incident,) = (await app.store.incidents()).items
        assert (incident.code, incident.fields["attempts"]) == ("effect.gave_up", 3)
        assert len(house.outside.keys) == 3
        house.outside.script = [(503, {})]
        await app.resume(incident.id, "again", "owner")
        await house.settle()
        assert await house.state(run) == "waiting"
        await house.later(minutes=1)
        assert await house.state(run) == "done"
        assert len(set(house.outside.keys)) == 1


async def test_a_target_that_is_paused_costs_no_attempts_and_gets_every_order_once_it_is_back(house: House) -> None:
    call = {
        "use": "connector.http_request@1",
        "params": {**SERVICE, "path": "/o"},
        "policy": {"retry": {"attempts": 2, "backoff": "1m", "max": "1h", "jitter": 0}},
    }
    paused = CallFailed("connection.paused", retriable=True, maybe_sent=False, after=60.0, name="service", seconds=60)
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call=call))
        house.outside.script = [paused] * 5  # type: ignore[list-item]
        run = await house.send()
        for _ in range(4):
            assert await house.state(run) == "waiting"
            await house.later(minutes=2)
        assert len(house.outside.keys) == 5
    house.clock.time += timedelta(minutes=2)
    async with house.open():
        await house.later()
        assert await house.state(run) == "done"
    assert len(set(house.outside.keys)) == 1
