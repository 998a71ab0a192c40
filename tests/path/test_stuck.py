"""Which orders are late at a stage, and why: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.connection.gates import GateState
from engine.errors import InputInvalid
from engine.path.stuck import Resting, late_stage, why
from engine.path.times import STANDARD, ExpectedTimes, parse_times
from engine.store.ports import Incident, Wait

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
CLOSED, OPEN = GateState(0, 0, 0, "closed", None), GateState(0, 0, 3, "open", 20.0)
ALL = ("canonical", "wms", "finance")


def incident(code: str, number: int = 1) -> Incident:
    return Incident(number, 7, "f", "to_wms", "k", code, (), {"status": 422}, "open", NOW)


def wait(kind: Any, step: str = "to_wms", number: int = 1) -> Wait:
    return Wait(number, 7, "f", step, "k", kind, "e", "d", None, (), "open", NOW)


@pytest.mark.parametrize(
    ("seconds", "reached", "expected"),
    [
        (60, (), None),
        (61, (), "canonical"),
        (299, ("canonical",), None),
        (301, ("canonical",), "wms"),
        (301, ("canonical", "wms"), "finance"),
        (9999, ALL, None),
    ],
)
def test_an_order_is_late_at_the_first_stage_that_it_should_have_reached(
    seconds: int, reached: tuple[str, ...], expected: str | None
) -> None:
    assert late_stage("jd", NOW - timedelta(seconds=seconds), NOW, ALL, reached, ExpectedTimes()) == expected


def test_a_channel_has_times_of_its_own_and_a_stage_that_its_run_never_reaches_is_not_waited_for() -> None:
    times = parse_times({"all": {"wms": 100}, "channels": {"jd": {"wms": 1000}}})
    since = NOW - timedelta(seconds=500)
    assert late_stage("jd", since, NOW, ("wms",), (), times) is None
    assert late_stage("taobao", since, NOW, ("wms",), (), times) == "wms"
    assert late_stage("taobao", since, NOW, (), (), times) is None
    assert times.least("wms") == 100
    assert times.of("jd", "finance") == STANDARD["finance"]


@pytest.mark.parametrize(
    "document", [{"all": {"wms": 0}}, {"channels": {"jd": {"lorry": 3}}}, {"all": {"wms": "soon"}}, [], {"channels": {"": {}}}]
)
def test_times_that_make_no_sense_are_refused(document: Any) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_times(document)
    assert {one.code for one in caught.value.problems} == {"path.invalid"}


@pytest.mark.parametrize(
    ("run", "cause"),
    [
        (Resting("parked", [incident("http.refused")]), "parked"),
        (Resting("parked", [incident("effect.unknown_outcome")]), "doubt"),
        (Resting("queued", [incident("run.stands_still")]), "stands_still"),
        (Resting("parked", [incident("run.stands_still", 1), incident("http.refused", 2)]), "parked"),
        (Resting("waiting", waits=[wait("hold")]), "held"),
        (Resting("waiting", waits=[wait("task")]), "person"),
        (Resting("waiting", waits=[wait("signal")]), "signal"),
        (Resting("waiting", waits=[wait("timer")]), "timer"),
        (Resting("waiting", waits=[wait("child")]), "called"),
        (Resting("waiting", waits=[wait("backoff")], attempts={"to_wms": 1}), "rate_limited"),
        (Resting("waiting", waits=[wait("backoff")], attempts={"to_wms": 3}), "retrying"),
        (Resting("waiting", waits=[wait("backoff", "book")], attempts={"book": 3}), "connection_down"),
        (Resting("waiting", waits=[wait("backoff"), wait("hold", number=2)]), "held"),
        (Resting("queued", waits=[wait("deadline")]), "in_line"),
        (Resting("queued", ahead=3), "behind"),
        (Resting("running", at_work=True, ahead=3), "at_work"),
    ],
)
def test_why_an_order_does_not_go_on(run: Resting, cause: str) -> None:
    found = why(run, {"to_wms": "wms", "book": "books"}, {"wms": CLOSED, "books": OPEN})
    assert found.cause == cause
