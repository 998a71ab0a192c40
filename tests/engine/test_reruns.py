"""One past run from a step on: what may be edited, through which versions, and for how long."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import InputInvalid
from engine.node.triggers import Delivery
from engine.replay import Rerun, rerun
from engine.replay.merge import merged
from engine.settings import Settings
from engine.store.memory import MemoryStore

ORDERS = {
    "format": 1,
    "name": "orders",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "channel_order_id"}},
        "order": {"use": "transform.keep_fields@1", "params": {"fields": ["channel_order_id", "note"]}},
        "big": {"use": "rule.condition@1", "params": {"when": "item.note != ''"}},
    },
    "wires": ["hook -> order", "order -> big"],
    "tests": [{"name": "t", "trigger": "hook", "input": [{"note": "1"}], "expect": {"big": {"items": [{"note": "1"}]}}}],
}
SECRET = "call 19900001234"


@pytest.fixture
async def app() -> Any:
    async with Orderloom(Settings(), MemoryStore()) as app:
        await app.start()
        await app.publish(json.dumps(ORDERS).encode(), note="", actor="t")
        yield app


async def ran(app: Orderloom) -> int:
    accepted = await app.intake.hook("orders", "hook", Delivery(json.dumps({"channel_order_id": "1", "note": SECRET}).encode()))
    await app.dispatcher.idle()
    return accepted.id


async def again(app: Orderloom, run: int, step: str = "big", **more: Any) -> Rerun:
    return await rerun(app.store, app.registry, run, step, **more)


async def test_the_steps_are_those_from_the_chosen_one_on_and_masked(app: Orderloom) -> None:
    found = await again(app, await ran(app))
    assert [step.slug for step in found.steps] == ["big"]
    assert [one.key for one in found.steps[0].outputs["yes"]] == ["1"]
    assert SECRET not in repr(found)
    assert found.changes == []


async def test_an_edit_changes_what_the_step_makes_and_keeps_nothing(app: Orderloom) -> None:
    run = await ran(app)
    found = await again(app, run, edits={"1": {"note": ""}})
    assert [(one.kind, str(one.place)) for one in found.changes] == [("missing", "big.end.yes[1]"), ("added", "big.end.no[1]")]
    assert (await again(app, run)).changes == []


async def test_a_version_that_would_show_what_the_runs_own_hides_is_refused(app: Orderloom) -> None:
    """An editor could draw a node that calls a personal field an open one, and run recorded items through what lies behind it."""
    opened = json.loads(json.dumps(ORDERS))
    opened["nodes"]["order"] = {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}}
    with pytest.raises(InputInvalid) as refused:
        await again(app, await ran(app), against=json.dumps(opened).encode())
    assert refused.value.problems[0].code == "rerun.other_fields"


async def test_it_ends_in_time(app: Orderloom) -> None:
    with pytest.raises(InputInvalid) as refused:
        await again(app, await ran(app), seconds=0)
    assert refused.value.problems[0].code == "replay.too_long"


@pytest.mark.parametrize(
    ("value", "patch", "becomes"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        (["a"], {"a": "b"}, {"a": "b"}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_edits_are_merged_as_rfc_7396_says(value: Any, patch: Any, becomes: Any) -> None:
    """Examples of its appendix A."""
    assert merged(value, patch) == becomes
