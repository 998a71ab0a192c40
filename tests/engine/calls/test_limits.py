"""What calls are refused: circles, too deep, too large, declared less personal than it is."""

from __future__ import annotations

import pytest

import engine.app
import engine.calls
from engine.errors import FlowInvalid
from tests.engine.calling import ASK, House


async def test_flows_that_call_each_other_in_a_circle_are_refused(quick: House) -> None:
    async with quick.open():
        await quick.child(name="one")
        await quick.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": "one"}}), name="two")
        with pytest.raises(FlowInvalid) as refused:
            await quick.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": "two"}}), name="one")
        assert [(one.code, one.fields["way"]) for one in refused.value.problems] == [("flow.calls_itself", "one → two → one")]
        for wrong, code in (("nowhere", "call.unknown_flow"), ("self", "flow.calls_itself")):
            with pytest.raises(FlowInvalid) as refused:
                await quick.child(("call", {"use": "flow.sub_flow@1", "params": {"flow": wrong}}), name="self")
            assert [one.code for one in refused.value.problems] == [code]


async def test_calls_do_not_go_deeper_than_the_limit(quick: House) -> None:
    async with quick.open():
        await quick.child(name="level0")
        for level in range(1, 10):
            await quick.child(
                ("call", {"use": "flow.sub_flow@1", "params": {"flow": f"level{level - 1}"}}), name=f"level{level}", tested=False
            )
        await quick.parent({"use": "flow.sub_flow@1", "params": {"flow": "level7"}})
        assert await quick.state(await quick.send()) == "done"
        await quick.parent({"use": "flow.sub_flow@1", "params": {"flow": "level8"}}, tested=False)
        run = deepest = await quick.send(order="B")
        while children := await quick.children(deepest):
            deepest = children[0].id
        assert await quick.state(run) == "waiting"
        assert [one.code for one in await quick.incidents(deepest)] == ["call.too_deep"]


async def test_what_is_handed_over_and_answered_has_limits(quick: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.calls, "LARGEST", 100)
    monkeypatch.setattr(engine.calls, "SMALL", 50)
    async with quick.open():
        await quick.child(("ask", ASK))
        await quick.parent()
        large, answered = await quick.send(note="x" * 100), await quick.send(order="B", note="x" * 60)
        assert [[one.code for one in await quick.incidents(run)] for run in (large, answered)] == [
            ["call.too_large"],
            ["call.answer_too_large"],
        ]
        assert await quick.children(large) == []


async def test_a_field_is_not_declared_less_personal_than_it_comes(quick: House) -> None:
    async with quick.open():
        await quick.child(fields={"receiver.phone": "internal"})
        asked = {"use": "flow.called@1", "params": {"fields": {"receiver.phone": "restricted", "no": "internal"}}}
        call = {"use": "flow.sub_flow@1", "params": {"flow": "child"}}
        with pytest.raises(FlowInvalid) as refused:
            await quick.publish("parent", {"called": asked, "call": call}, "called -> call", trigger="called")
        assert [(one.code, one.fields["path"]) for one in refused.value.problems] == [("call.more_personal", "receiver.phone")]
