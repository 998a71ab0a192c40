"""What a journal tells of a run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.json_text import read_json, write_json
from engine.run.history import Happening, history
from engine.run.plan import Plan
from engine.store.ports import Event, Fact, Incident, IncidentFilter, Run
from tests.run.conftest import SYSTEM
from tests.run.test_journaled import NOW, House, crash_during_the_call, resume

MakePlan = Callable[..., Plan]
EVENT = Event(1, "flow", 1, "start", "k", "o", NOW, "hook:flow/start", passes=False, conflict=False)
CALL = {"use": "connector.call@1", "params": SYSTEM}


def run(state: str = "done", ended: datetime | None = NOW + timedelta(seconds=9)) -> Run:
    return Run(1, "flow", 1, state, "o", NOW, ended)  # type: ignore[arg-type]


def fact(kind: str, body: object, seconds: int = 1, actor: str = "system") -> Fact:
    return Fact(1, seconds, kind, write_json(body), actor, NOW + timedelta(seconds=seconds))


async def told(house: House) -> list[Happening]:
    assert house.event is not None
    number = house.event.id
    incidents = (await house.store.incidents(IncidentFilter(state=None, run_id=number))).items
    return history(house.event, await house.store.run(number), await house.store.facts(number), incidents)


async def test_a_run_is_told_from_its_arrival_to_its_end(make_plan: MakePlan) -> None:
    house = House(make_plan({"call": CALL}, "start -> call"), 503, 200)
    await house.run()
    happened = await told(house)
    assert [one.kind for one in happened] == ["accepted", "call", "ended"]
    accepted, call, end = happened
    assert (accepted.step, accepted.actor, call.step, call.item_key) == ("start", "hook", "call", "1")
    assert (call.status, call.attempts, end.detail) == (200, 2, "done")
    assert call.ms is not None


async def test_a_final_failure_a_decision_and_what_came_of_it_are_told(make_plan: MakePlan) -> None:
    house = House(make_plan({"call": CALL}, "start -> call"), 422, 200)
    await house.run()
    await resume(house, "again")
    happened = await told(house)
    assert [one.kind for one in happened] == ["accepted", "failed", "call", "parked", "decision", "ended"]  # all at one instant
    failed, parked, decision = happened[1], happened[3], happened[4]
    assert (failed.status, failed.problem and failed.problem.code) == (422, "effect.refused")
    assert (parked.step, parked.problem and parked.problem.code) == ("call", "effect.refused")
    assert (decision.actor, decision.detail, decision.step) == ("owner", "again", "call")


async def test_a_call_whose_outcome_nobody_knows_is_told_as_announced(make_plan: MakePlan) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"))
    await crash_during_the_call(house)
    await house.run()
    assert [one.kind for one in await told(house)] == ["accepted", "announced", "parked"]


async def test_an_announced_call_that_was_answered_is_told_once(make_plan: MakePlan) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"))
    await house.run()
    assert [one.kind for one in await told(house)] == ["accepted", "call", "ended"]


def test_facts_of_an_older_release_have_the_time_of_their_writing() -> None:
    entry = {"id": "x", "digest": "d", "step": "call", "key": "1", "ok": {"status": 201, "headers": {}, "body": None}}
    (_, call, _) = history(EVENT, run(), [fact("results", {"results": [entry]})], [])
    assert (call.at, call.ms, call.attempts, call.status) == (NOW + timedelta(seconds=1), None, 1, 201)


def test_results_have_their_own_times_when_they_are_written_together() -> None:
    entry = {"digest": "d", "key": "1", "ok": {"ok": True}, "ms": 12.5}
    late = {**entry, "id": "b", "step": "second", "at": NOW + timedelta(seconds=3)}
    early = {**entry, "id": "a", "step": "first", "at": NOW + timedelta(seconds=2)}
    happened = history(EVENT, run(), [fact("results", {"results": [late, early]}, 4)], [])
    assert [(one.step, one.kind, one.ms) for one in happened[1:3]] == [("first", "mail", 12.5), ("second", "mail", 12.5)]


def test_hub_outcomes_cancellations_and_unknown_facts_are_told() -> None:
    entry = {"id": "x", "digest": "d", "step": "hub", "key": "1", "ok": "stale"}
    facts = [
        fact("results", {"results": [entry]}, 1),
        fact("cancellation", {}, 2, "owner"),
        fact("edit", {"path": "/a"}, 3, "owner"),
    ]
    happened = history(EVENT, run("cancelled"), facts, [])
    assert [(one.kind, one.detail, one.actor) for one in happened[1:]] == [
        ("hub", "stale", "system"),
        ("cancelled", "", "owner"),
        ("other", "edit", "owner"),
        ("ended", "cancelled", None),
    ]


def test_a_run_that_is_parked_has_no_end() -> None:
    incident = Incident(5, 1, "flow", "call", "1", "effect.refused", ("call",), {"status": 422}, "open", NOW)
    assert [one.kind for one in history(EVENT, run("parked", None), [], [incident])] == ["accepted", "parked"]


def test_erased_runs_tell_what_survives() -> None:
    assert [one.kind for one in history(EVENT, run(), [], [])] == ["accepted", "ended"]


async def test_a_result_keeps_its_time_and_duration_in_its_entry(make_plan: MakePlan) -> None:
    house = House(make_plan({"call": CALL}, "start -> call"))
    await house.run()
    assert house.event is not None
    (only,) = await house.store.facts(house.event.id)
    (entry,) = read_json(only.body)["results"]
    assert set(entry) == {"id", "digest", "step", "key", "ms", "at", "ok"}
