"""Test runs of a document in the sandbox, and the results of its own tests. Nothing is kept, performed or sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from litestar import post
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.documents import read_object, runnable
from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.shapes import Listed, raw
from designer.api.steps import StepShown, step_shown
from designer.problems import Refused
from engine.access import may
from engine.errors import Problem
from engine.json_text import write_json
from engine.privacy.scrub import scrubbed
from engine.run.compare import Difference
from engine.run.tests import TestResult
from engine.trial import Sample, try_flow, try_tests

EVENTS: Final = "event.read"
KINDS: Final = ("test", "example", "event", "input")


@dataclass(frozen=True, slots=True)
class TrialShown:
    """What became of one event of the sample."""

    event_key: str
    order_key: str
    steps: Sequence[StepShown]


@dataclass(frozen=True, slots=True)
class TrialsShown:
    runs: Sequence[TrialShown]


@dataclass(frozen=True, slots=True)
class DifferenceShown:
    """``where`` leads to the place, such as ``["to_wms", "requests", "1", "url"]``."""

    where: Sequence[str]
    expected: Any
    came: Any


@dataclass(frozen=True, slots=True)
class TestResultShown:
    name: str
    green: bool
    differences: Sequence[DifferenceShown]


@post("/flows/{name:str}/test-runs", opt={"permission": "flow.read"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def run_on_sample(name: FromPath[str], body: RawBody, orderloom: Loom, language: Language, actor: Actor) -> TrialsShown:
    """Run `{"document", "trigger", "sample": {"kind", "ref" | "input"}}` in the sandbox; connections need not be set.

    422 with all problems where the document cannot run.
    """
    asked = read_object(body)
    document, sample = _object(asked, "document"), _sample(_object(asked, "sample"))
    trigger = asked.get("trigger")
    if not isinstance(trigger, str):
        raise _invalid("trigger")
    if sample.kind == "event" and not may(actor, EVENTS, f"flow:{name}"):
        raise Refused(403, Problem("access.denied", fields={"action": EVENTS}))
    flow = await runnable(write_json(document), document, orderloom, name)
    runs = await try_flow(orderloom, name, flow, trigger, sample)
    return TrialsShown([TrialShown(one.event_key, one.order_key, [step_shown(step, language) for step in one.steps]) for one in runs])


@post("/flows/{name:str}/test-results", opt={"permission": "flow.read"}, status_code=HTTP_200_OK, operation_class=TakesJson)
async def run_own_tests(name: FromPath[str], body: RawBody, orderloom: Loom) -> Listed[TestResultShown]:
    """Run the tests inside a document. 422 with all problems where it cannot run."""
    flow = await runnable(body, read_object(body), orderloom, name)
    return Listed([_result(result) for result in await try_tests(orderloom, flow)])


def _result(result: TestResult) -> TestResultShown:
    return TestResultShown(result.name, result.green, [_difference(one) for one in result.differences])


def _difference(one: Difference) -> DifferenceShown:
    return DifferenceShown(scrubbed(list(one.where)), raw(scrubbed(one.expected)), raw(scrubbed(one.actual)))


def _sample(given: dict[str, Any]) -> Sample:
    kind, ref = given.get("kind"), given.get("ref", "")
    if kind not in KINDS:
        raise _invalid("sample.kind")
    if not isinstance(ref, str):
        raise _invalid("sample.ref")
    if kind == "input" and "input" not in given:
        raise _invalid("sample.input")
    return Sample(cast("Any", kind), ref, given.get("input"))


def _object(asked: dict[str, Any], name: str) -> dict[str, Any]:
    found = asked.get(name)
    if not isinstance(found, dict):
        raise _invalid(name)
    return cast("dict[str, Any]", found)


def _invalid(name: str) -> Refused:
    return Refused(400, Problem("request.invalid", (name,)))


routes = [run_on_sample, run_own_tests]
