"""A run that rests moves to another version only if that did everything so far in just the same way (rule R12)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import Conflict
from engine.moves import move
from engine.replay import rerun
from engine.store.memory import MemoryStore
from tests.engine.waiting import APPROVE, House, flow

BEHIND = {"use": "rule.condition@1", "params": {"when": "item.big"}}


def behind() -> bytes:
    """As the flow was, with a node behind the task."""
    return flow(APPROVE, wires=["hook -> rest", "rest.approved -> call", "call -> more"], more=BEHIND)


@pytest.fixture
async def house() -> Any:
    store = MemoryStore()
    house = House(lambda: store)
    async with house.open():
        await house.app.publish(flow(APPROVE, wires=["hook -> rest", "rest.approved -> call"]), note="", actor="t")
        yield house


async def refused(house: Any, run: int, version: int) -> list[tuple[str, tuple[str, ...]]]:
    with pytest.raises(Conflict) as caught:
        await move(house.app, run, version, "owner")
    return [(problem.code, problem.where) for problem in caught.value.problems]


async def test_a_waiting_run_goes_on_in_the_version_that_it_was_moved_to(house: Any) -> None:
    run = await house.send(big=True)
    await house.app.publish(behind(), note="", actor="t")
    await move(house.app, run, 2, "owner")
    await house.settle()
    assert await house.state(run) == "waiting"
    assert (await house.app.store.run(run)).version == (await house.app.store.event(run)).version == 2
    await house.app.waits.end(await house.only_wait(), "answer", "owner", {"decision": "approved"})
    await house.settle()
    assert await house.state(run) == "done"
    assert len(house.outside.keys) == 1
    steps = (await rerun(house.app.store, house.app.registry, run, "hook")).steps
    assert "more" in {step.slug for step in steps}
    assert [fact.kind for fact in await house.app.store.facts(run)].count("move") == 1
    assert [row.action for row in (await house.app.store.audit_rows()).items].count("run.move") == 1


async def test_a_question_that_is_put_otherwise_refuses_the_move_and_names_it(house: Any) -> None:
    run = await house.send()
    other = {**APPROVE, "params": {**APPROVE["params"], "title": "Really release {{ item.id }}?"}}
    await house.app.publish(flow(other, wires=["hook -> rest", "rest.approved -> call"]), note="", actor="t")
    assert await refused(house, run, 2) == [("run.move_diverges", ("waiting", "rest", "1"))]
    assert (await house.app.store.run(run)).version == 1
    assert await house.state(run) == "waiting"


async def test_a_call_that_the_other_version_does_not_make_refuses_the_move(house: Any) -> None:
    house.outside.script = [(422, {})]
    run = await house.send()
    await house.app.waits.end(await house.only_wait(), "answer", "owner", {"decision": "approved"})
    await house.settle()
    assert await house.state(run) == "parked"
    document = json.loads(flow(APPROVE, wires=["hook -> rest", "rest.approved -> call"]))
    document["nodes"]["call"]["params"]["path"] = "/elsewhere"
    await house.app.publish(json.dumps(document).encode(), note="", actor="t")
    assert await refused(house, run, 2) == [("run.move_diverges", ("waiting", "call", "1"))]


async def test_a_run_that_has_ended_or_is_there_already_stays(house: Any) -> None:
    run = await house.send()
    assert await refused(house, run, 1) == [("run.same_version", (str(run),))]
    await house.app.publish(behind(), note="", actor="t")
    await house.app.cancel(run, "owner")
    assert await refused(house, run, 2) == [("run.not_movable", (str(run),))]


async def test_a_version_whose_trigger_is_another_is_refused(house: Any) -> None:
    run = await house.send()
    document = json.loads(behind())
    document["nodes"]["hook"] = {"use": "connector.manual@1", "params": {"key_path": "id"}}
    await house.app.publish(json.dumps(document).encode(), note="", actor="t")
    assert await refused(house, run, 2) == [("run.move_diverges", ("waiting", "hook"))]


async def test_a_run_whose_node_type_is_gone_moves_to_a_version_without_it(house: Any) -> None:
    run = await house.send(big=True)
    documents = house.app.store._versions["waiting"]
    gone = documents[0].document.replace(b"connector.http_request@1", b"connector.long_gone@1")
    documents[0] = replace(documents[0], document=gone)
    await house.app.publish(behind(), note="", actor="t")
    await move(house.app, run, 2, "owner")
    await house.settle()
    await house.app.waits.end(await house.only_wait(), "answer", "owner", {"decision": "approved"})
    await house.settle()
    assert await house.state(run) == "done"
