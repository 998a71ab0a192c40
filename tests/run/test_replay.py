"""A recorded event once more, through another plan: what is answered by the journal, what is captured, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.intake.parcel import pack
from engine.json_text import write_json
from engine.node.triggers import Arrival, Delivery
from engine.replay.cases import Case, outcome_of
from engine.run.changes import Change
from engine.run.effects import EffectRequest, effect_id, request_digest
from engine.run.facts import Recorded, read_facts
from engine.run.moving import unmatched
from engine.run.plan import Plan
from engine.run.replay import Looked, compared, look_back, run_onward, run_through
from engine.store.ports import Event, Fact, Recording, Wait
from tests.run.conftest import SYSTEM

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
EVENT = Event(1, "flow", 1, "start", "test|shop|1|1", "test|shop|1", NOW, "hook", passes=False, conflict=False)
MakePlan = Callable[..., Plan]
CALL = {"use": "connector.call@1", "params": SYSTEM}


def asked_for(slug: str, item: dict[str, Any], key: str = "1") -> tuple[str, str]:
    """Id and digest of the call that ``connector.call`` makes for an item."""
    content = {"method": "POST", "path": "/orders", "json": {"item": item, "n": 0}}
    return effect_id("flow", slug, EVENT.key, key, 1, 0), request_digest(EffectRequest("http", "system", content))


def result(slug: str, item: dict[str, Any], key: str = "1", **outcome: Any) -> dict[str, Any]:
    identity, digest = asked_for(slug, item, key)
    return {"id": identity, "digest": digest, "step": slug, "key": key, **(outcome or {"ok": {"status": 201, "headers": {}, "body": {}}})}


def facts(*results: dict[str, Any], **more: dict[str, Any]) -> list[Fact]:
    kept = [Fact(1, 1, "results", write_json({"results": list(results)}), "system", NOW)] if results else []
    return kept + [Fact(1, n, kind, write_json(body), "owner", NOW) for n, (kind, body) in enumerate(more.items(), 2)]


async def looks(before: Plan, after: Plan, item: dict[str, Any], kept: Sequence[Fact]) -> tuple[Looked, Looked]:
    arrival = Arrival((item,), "test", "shop")
    past = await look_back(before, EVENT, arrival, read_facts(kept))
    return past, await run_through(after, EVENT, arrival, read_facts(kept), past.asked)


async def replayed(before: Plan, after: Plan, item: dict[str, Any], kept: Sequence[Fact]) -> list[tuple[str, str, Any, Any]]:
    return [told(change) for change in compared(*await looks(before, after, item, kept))]


def told(change: Change) -> tuple[str, str, Any, Any]:
    return change.kind, change.path, change.before, change.after


async def test_the_same_request_is_answered_as_it_was(make_plan: MakePlan) -> None:
    plan = make_plan({"call": CALL}, "start -> call")
    _, after = await looks(plan, plan, {"n": 1}, facts(result("call", {"n": 1})))
    assert [(one.answer["status"], one.captured) for one in after.asked] == [(201, False)]


async def test_another_request_is_captured_and_is_a_difference_field_by_field(make_plan: MakePlan) -> None:
    before = make_plan({"call": CALL}, "start -> call")
    after = make_plan({"twice": "transform.double@1", "call": CALL}, "start -> twice", "twice -> call")
    kept = facts(result("call", {"n": 1}))
    past, now = await looks(before, after, {"n": 1}, kept)
    assert [(one.answer["status"], one.captured) for one in now.asked] == [(200, True)]
    found = [change for change in compared(past, now) if change.what == "request"]
    assert [(change.kind, change.path, change.masked) for change in found] == [("changed", "call.request[1].body.item.n", True)]


async def test_what_is_hidden_differs_all_the_same_and_is_not_told(make_plan: MakePlan) -> None:
    before = make_plan({"same": "transform.double@1"}, "start -> same")
    after = make_plan({"same": "transform.double@1", "more": "transform.double@1"}, "start -> same", "same -> more")
    (gone, new) = compared(*await looks(before, after, {"n": 31, "phone": "19900001234"}, facts()))
    assert (gone.kind, gone.path, new.kind, new.path) == ("missing", "same.end.out[1]", "added", "more.end.out[1]")
    assert gone.masked
    assert "19900001234" not in repr((gone, new))
    assert gone.before == {"n": "****", "phone": "***********"}


async def test_a_request_that_only_one_side_makes_is_told_whole(make_plan: MakePlan) -> None:
    before = make_plan({"call": CALL}, "start -> call")
    after = make_plan({"call": CALL, "other": CALL}, "start -> call", "start -> other")
    found = await replayed(before, after, {"n": 1}, facts(result("call", {"n": 1})))
    assert [(kind, path) for kind, path, *_ in found] == [("added", "other.request[1]"), ("added", "other.end.out[1]")]
    assert found[0][3]["url"] == "system:/orders"


async def test_an_item_that_parks_no_more_is_a_difference_with_its_reason(make_plan: MakePlan) -> None:
    before = make_plan({"picky": "rule.picky@1"}, "start -> picky")
    after = make_plan({"picky": {"use": "rule.picky@1", "disabled": True}}, "start -> picky")
    found = await replayed(before, after, {"n": 1, "bad": True}, facts())
    assert ("missing", "picky.parked[1]", {"code": "test.bad", "where": ["picky", "n"], "fields": {}}, None) in found


async def test_what_has_no_answer_yet_stays_without_one(make_plan: MakePlan) -> None:
    plan = make_plan({"call": CALL, "then": "transform.double@1"}, "start -> call", "call -> then")
    past, after = await looks(plan, plan, {"n": 1}, facts())
    assert compared(past, after) == []
    assert [one.slug for one in after.execution.waiting] == ["call"]


async def test_an_item_that_a_person_left_out_is_left_out_again(make_plan: MakePlan) -> None:
    plan = make_plan({"picky": "rule.picky@1"}, "start -> picky")
    kept = facts(resumption={"step": "picky", "key": "1", "action": "skip"})
    past, after = await looks(plan, plan, {"n": 1, "bad": True}, kept)
    assert compared(past, after) == []
    assert after.execution.parked == []


async def test_a_failure_that_was_recorded_fails_again(make_plan: MakePlan) -> None:
    plan = make_plan({"call": CALL}, "start -> call")
    kept = facts(result("call", {"n": 1}, failed={"code": "effect.refused", "where": [], "fields": {"status": 422}}))
    past, after = await looks(plan, plan, {"n": 1}, kept)
    assert compared(past, after) == []
    assert [one.problem.code for one in after.execution.parked] == ["effect.refused"]


async def test_a_run_goes_on_from_a_step_with_an_edited_item(make_plan: MakePlan) -> None:
    plan = make_plan({"first": "transform.double@1", "even": "rule.even@1"}, "start -> first", "first -> even")
    arrival = Arrival(({"n": 1},), "test", "shop")
    past = await look_back(plan, EVENT, arrival, Recorded())
    again = await run_onward(plan, "even", EVENT, arrival, Recorded(), past, {"1": {"n": 7}})
    assert [told(change)[:2] for change in compared(past, again)] == [("missing", "even.end.even[1]"), ("added", "even.end.odd[1]")]
    step = plan.by_slug["first"]
    assert again.execution.inputs[step.index] == past.execution.inputs[step.index]


def open_wait(effect: str, digest: str) -> Wait:
    return Wait(1, 1, "flow", "call", "1", "task", effect, digest, None, (), "open", NOW)


async def test_a_run_may_move_only_where_every_recorded_effect_is_asked_for_alike(make_plan: MakePlan) -> None:
    same = make_plan({"call": CALL, "more": "transform.double@1"}, "start -> call", "call -> more")
    other = make_plan({"twice": "transform.double@1", "call": CALL}, "start -> twice", "twice -> call")
    gone = make_plan({"twice": "transform.double@1"}, "start -> twice")
    kept = facts(result("call", {"n": 1}))
    identity, digest = asked_for("call", {"n": 1})

    async def found(plan: Plan, waits: Sequence[Wait] = (), facts_: Sequence[Fact] = kept) -> list[tuple[str, str]]:
        looked = await look_back(plan, EVENT, Arrival(({"n": 1},), "test", "shop"), read_facts(facts_))
        return [(one.effect, one.how) for one in unmatched(read_facts(facts_), waits, looked.asked)]

    assert await found(same) == []
    assert await found(other) == [(identity, "other")]
    assert await found(gone) == [(identity, "missing")]
    assert await found(same, [open_wait(f"{identity}/1", digest)], ()) == []
    assert await found(same, [open_wait(identity, "other")], ()) == [(identity, "other")]
    assert await found(same, [open_wait("unknown", digest)], ()) == [("unknown", "missing")]


async def test_a_run_whose_journal_cannot_be_read_is_passed_over(make_plan: MakePlan) -> None:
    plan = make_plan({"call": CALL}, "start -> call")
    kept = Recording(pack(Delivery(write_json({"n": 1})), ()), [Fact(1, 1, "results", b"{", "system", NOW)])
    assert (await outcome_of(Case(EVENT, plan, kept, ""), plan)).passed_over == "body.unreadable"
