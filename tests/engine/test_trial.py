"""Trials end in time, and what they say of keys is safe."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import InputInvalid
from engine.flow.document import Flow
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.trial import Sample, try_flow, try_tests

TEST = {"name": "it runs", "trigger": "start", "input": [{"id": "1"}], "expect": {"good": {"items": [{"id": "1"}]}}}
NODES = {
    "start": {"use": "connector.manual@1", "params": {"key_path": "id"}},
    "good": {"use": "rule.condition@1", "params": {"when": "true"}},
}


def flow(**more: Any) -> Flow:
    return Flow.model_validate({"name": "trial", "nodes": NODES, "wires": ["start -> good"], "tests": [TEST], **more})


@pytest.fixture
def app() -> Orderloom:
    return Orderloom(Settings(), MemoryStore())


async def test_what_takes_too_long_is_ended_and_says_so(app: Orderloom) -> None:
    for trial in (try_flow(app, "trial", flow(), "start", Sample("input", input={}), 0), try_tests(app, flow(), 0)):
        with pytest.raises(InputInvalid) as refused:
            await trial
        assert refused.value.problems[0].code == "trial.too_long"


async def test_each_item_of_a_list_is_an_event(app: Orderloom) -> None:
    runs = await try_flow(app, "trial", flow(), "start", Sample("input", input=[{"id": "1"}, {"id": "2"}]))
    assert [run.order_key for run in runs] == ["manual||1", "manual||2"]


async def test_a_number_that_identifies_somebody_is_masked_in_the_keys(app: Orderloom) -> None:
    (run,) = await try_flow(app, "trial", flow(), "start", Sample("input", input={"id": "19900001234"}))
    assert "19900001234" not in json.dumps([run.event_key, run.order_key])


async def test_rows_of_a_file_are_grouped_as_the_trigger_says(app: Orderloom) -> None:
    nodes = {**NODES, "start": {"use": "connector.file@1", "params": {"group_by": "no"}}}
    rows = [{"no": "1"}, {"no": "2"}, {"no": "1"}]
    runs = await try_flow(app, "trial", flow(nodes=nodes), "start", Sample("input", input=rows))
    assert [len(run.steps[0].outputs["out"]) for run in runs] == [2, 1]


async def test_rows_that_are_no_objects_are_refused(app: Orderloom) -> None:
    nodes = {**NODES, "start": {"use": "connector.file@1"}}
    with pytest.raises(InputInvalid) as refused:
        await try_flow(app, "trial", flow(nodes=nodes), "start", Sample("input", input=["a"]))
    assert refused.value.problems[0].code == "input.not_an_object"


async def test_the_tests_inside_a_flow_are_run(app: Orderloom) -> None:
    assert [(result.name, result.green) for result in await try_tests(app, flow())] == [("it runs", True)]


COSTLY = "item.l.all(a, item.l.all(b, item.l.all(c, item.l.all(d, a + b + c + d >= 0))))"


async def test_a_condition_without_end_is_a_problem_of_its_step_and_frees_its_place(app: Orderloom) -> None:
    nodes = {**NODES, "good": {"use": "rule.condition@1", "params": {"when": COSTLY}}}
    sample = Sample("input", input={"id": "1", "l": list(range(300))})
    trials = [try_flow(app, "trial", flow(nodes=nodes), "start", sample) for _ in range(4)]
    for (run,) in await asyncio.gather(*trials):
        assert [step.failures[0][1].code for step in run.steps if step.failures] == ["expression.too_costly"]
