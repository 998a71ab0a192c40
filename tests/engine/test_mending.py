"""A person mends what parked: the item or the parameters of its node. Every recompute applies it, and no mask is ever written back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import Conflict, InputInvalid
from engine.inspection import steps_of
from engine.json_text import read_json, write_json
from engine.mending import Mend, check_mend, mend_incident, parked_at
from engine.store.memory import MemoryStore
from tests.engine.waiting import SERVICE, House, flow, published

CALL: dict[str, Any] = {
    "use": "connector.http_request@1",
    "params": {**SERVICE, "path": "/orders"},
    "policy": {"retry": {"attempts": 1}},
}
CHECK: dict[str, Any] = {"use": "rule.condition@1", "params": {"when": "item.total > 10"}}
PHONE = "13812345678"


@pytest.fixture
async def memory() -> AsyncIterator[House]:
    kept = MemoryStore()
    house = House(lambda: kept)
    async with house.open():
        yield house


async def incident(app: Orderloom) -> int:
    (one,) = (await app.store.incidents()).items
    return one.id


def replaced(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


def codes(error: pytest.ExceptionInfo[InputInvalid]) -> Sequence[str]:
    return [problem.code for problem in error.value.problems]


async def test_a_mended_item_goes_on_at_its_node_and_every_recompute_applies_the_edit(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(check=CHECK, call=CALL, wires=["hook -> check", "check.yes -> call"]))
        run = await house.send(total="a lot", phone=PHONE)
        assert await house.state(run) == "parked"
        changes = await mend_incident(app, await incident(app), Mend(item=replaced("/total", 25)), "li")
        assert [(one.path, one.before, one.after) for one in changes] == [("total", "*****", "****")]
        await house.settle()
        assert await house.state(run) == "done"
        assert house.outside.bodies == [{"id": "A", "v": 1, "total": 25, "phone": PHONE}]
    async with house.open() as app:
        inputs = {step.slug: step.inputs for step in await steps_of(app, run, ["check"])}
        assert inputs["check"][0].item["total"] == 25
        fact = next(fact for fact in await app.store.facts(run) if fact.kind == "mending")
        assert (fact.actor, fact.at) == ("li", house.clock.time)


async def test_an_edit_after_an_attempt_asks_first_and_then_goes_out_under_a_new_key(house: House) -> None:
    house.outside.script = [(422, {})]
    async with house.open() as app:
        await published(house, flow(call=CALL, wires=["hook -> call"]))
        run = await house.send(total=1)
        mend = Mend(item=replaced("/total", 2))
        with pytest.raises(InputInvalid) as refused:
            await mend_incident(app, await incident(app), mend, "li")
        assert codes(refused) == ["mending.attempted"]
        await mend_incident(app, await incident(app), Mend(mend.item, attempt="not_sent"), "li")
        await house.settle()
        assert await house.state(run) == "done"
        first, second = house.outside.keys
        assert first != second
        assert [body["total"] for body in house.outside.bodies] == [1, 2]


async def test_a_parameter_is_mended_for_this_run_only(house: House) -> None:
    async with house.open() as app:
        await published(
            house, flow(check={**CHECK, "params": {"when": "item.sum > 10"}}, call=CALL, wires=["hook -> check", "check.yes -> call"])
        )
        run = await house.send(total=25)
        await mend_incident(app, await incident(app), Mend(parameters=replaced("/when", "item.total > 10")), "li")
        await house.settle()
        assert await house.state(run) == "done"
        assert await house.state(await house.send("B", total=25)) == "parked"


async def test_what_the_node_would_still_refuse_is_told_before_anything_is_kept(memory: House) -> None:
    await published(memory, flow(check=CHECK, wires=["hook -> check"]))
    run = await memory.send(total="a lot")
    for mend in (Mend(item=replaced("/id", "B")), Mend(parameters=replaced("/when", "item.nothing > 1"))):
        with pytest.raises(InputInvalid) as refused:
            await mend_incident(memory.app, await incident(memory.app), mend, "li")
        assert codes(refused)[0].startswith("expression.")
    assert [fact.kind for fact in await memory.app.store.facts(run)] == []


@pytest.mark.parametrize("value", ["", "item.total >", 5])
async def test_a_parameter_that_the_node_cannot_use_is_named_beside_its_field(memory: House, value: Any) -> None:
    await published(memory, flow(check=CHECK, wires=["hook -> check"]))
    await memory.send(total="a lot")
    with pytest.raises(InputInvalid) as refused:
        await mend_incident(memory.app, await incident(memory.app), Mend(parameters=replaced("/when", value)), "li")
    assert refused.value.problems[0].where[:2] == ("parameters", "when")


MASKS = ("138****0000", "138****5678", "*", "１３８＊＊＊＊００００")


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    ("path", "wrap"),
    [
        ("/phone", lambda mask: mask),
        ("/buyer", lambda mask: {"phone": mask}),
        ("/list/-", lambda mask: [mask]),
        ("/new", lambda mask: mask),
    ],
)
async def test_a_mask_is_never_saved_where_people_see_masks(memory: House, mask: str, path: str, wrap: Any) -> None:
    await published(memory, flow(check=CHECK, wires=["hook -> check"]))
    run = await memory.send(total="a lot", phone=PHONE, buyer={"phone": PHONE}, list=[])
    patch = [*replaced("/total", 5), {"op": "add", "path": path, "value": wrap(mask)}]
    with pytest.raises(InputInvalid) as refused:
        await mend_incident(memory.app, await incident(memory.app), Mend(item=patch), "li")
    assert codes(refused) == ["mending.masked"]
    assert await memory.state(run) == "parked"
    await mend_incident(memory.app, await incident(memory.app), Mend(item=replaced("/total", 5)), "li")
    await memory.settle()
    hidden = (await steps_of(memory.app, run, ["check"]))[1].inputs[0].item
    assert (hidden["phone"], hidden["buyer"]) == (PHONE, {"phone": PHONE})


async def test_a_hidden_field_cannot_be_asked_what_it_holds(memory: House) -> None:
    await published(memory, flow(check=CHECK, wires=["hook -> check"]))
    await memory.send(total="a lot", phone=PHONE)
    for guess in (PHONE, "13800000000"):
        with pytest.raises(InputInvalid) as refused:
            await mend_incident(memory.app, await incident(memory.app), Mend(item=[{"op": "test", "path": "/phone", "value": guess}]), "li")
        assert codes(refused) == ["mending.hidden_test"], "the same for a right guess and for a wrong one"


async def test_what_was_called_for_another_item_is_not_changed_by_a_mend(memory: House) -> None:
    """Two items of one event pass the mended node; one of them was sent already, with the parameters as they were."""
    split = {"use": "transform.split_lines@1", "params": {"lines": "lines"}}
    mark = {"use": "transform.set_fields@1", "params": {"fields": {"half": "item.line.qty / 2"}}}
    await published(memory, flow(split=split, mark=mark, call=CALL, wires=["hook -> split", "split -> mark", "mark -> call"]))
    run = await memory.send(lines=[{"qty": 4}, {"qty": "x"}])
    assert len(memory.outside.bodies) == 1
    number = await incident(memory.app)
    with pytest.raises(InputInvalid) as refused:
        await mend_incident(memory.app, number, Mend(parameters=replaced("/fields/half", "1")), "li")
    assert codes(refused) == ["mending.already_done"]
    await mend_incident(memory.app, number, Mend(item=replaced("/line/qty", 6)), "li")
    await memory.settle()
    assert await memory.state(run) == "done"
    assert [body["half"] for body in memory.outside.bodies] == [2, 3]


async def test_a_closed_incident_is_not_mended(memory: House) -> None:
    await published(memory, flow(check=CHECK, wires=["hook -> check"]))
    await memory.send(total="a lot")
    number = await incident(memory.app)
    parked = await parked_at(memory.app, number)
    await memory.app.resume(number, "skip", "li")
    with pytest.raises(Conflict):
        await parked_at(memory.app, number)
    with pytest.raises(InputInvalid) as refused:
        await check_mend(memory.app, parked, Mend())
    assert codes(refused) == ["mending.nothing"]


async def test_numbers_keep_their_digits(memory: House) -> None:
    await published(memory, flow(check=CHECK, call=CALL, wires=["hook -> check", "check.yes -> call"]))
    await memory.send(total="a lot")
    patch = read_json(
        '[{"op": "replace", "path": "/total", "value": 12.50}, {"op": "add", "path": "/big", "value": 123456789012345678901}]'
    )
    await mend_incident(memory.app, await incident(memory.app), Mend(item=patch), "li")
    await memory.settle()
    assert write_json(memory.outside.bodies[-1]) == b'{"id":"A","v":1,"total":12.50,"big":123456789012345678901}'


async def test_a_second_mend_comes_on_top_of_the_first(memory: House) -> None:
    memory.outside.script = [(422, {}), (422, {})]
    await published(memory, flow(call=CALL, wires=["hook -> call"]))
    run = await memory.send(total=1)
    for path in ("/total", "/note"):
        patch = [{"op": "add", "path": path, "value": 2}]
        await mend_incident(memory.app, await incident(memory.app), Mend(item=patch, attempt="not_sent"), "li")
        await memory.settle()
    assert await memory.state(run) == "done"
    assert [{**body, "id": 0, "v": 0} for body in memory.outside.bodies][-1] == {"id": 0, "v": 0, "total": 2, "note": 2}
    assert len(set(memory.outside.keys)) == 3
