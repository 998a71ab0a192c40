"""The contract for targets: what is sent, and what each answer means."""

from __future__ import annotations

from typing import Any

import pytest

from engine.node.context import HttpAnswer
from engine.node.examples import Example
from engine.node.types import NodeType
from engine.testing import FakeContext, run_example
from nodes.connector.delivery import newer_is_fine
from nodes.connector.finance.to_finance import to_finance
from nodes.connector.hub.to_hub import to_hub
from nodes.connector.wms.to_wms import to_wms

ORDER = {"channel": "own_shop", "channel_order_id": "A1", "version": "2026-01-16T03:04:05Z"}
TARGETS = pytest.mark.parametrize(("node_type", "param"), [(to_wms, "wms"), (to_finance, "finance")], ids=["wms", "finance"])


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "done"),
        (204, "done"),
        (409, "done"),
        (408, "retry"),
        (429, "retry"),
        (500, "retry"),
        (503, "retry"),
        (400, "refused"),
        (422, "refused"),
    ],
)
def test_each_status_means_what_the_contract_says(status: int, verdict: str) -> None:
    assert newer_is_fine(HttpAnswer(status, {}, None)) == verdict


@TARGETS
async def test_an_order_is_posted_whole_with_its_version(node_type: NodeType, param: str) -> None:
    context = FakeContext()
    params = node_type.params.model_validate({param: {"connection": "target"}})
    assert await node_type.function(ORDER, params, context) == ORDER
    assert context.requests == [
        {
            "kind": "http",
            "connection": "target",
            "method": "POST",
            "path": "/orders",
            "query": {},
            "headers": {"Orderloom-Version": "2026-01-16T03:04:05Z"},
            "json": ORDER,
        }
    ]


@TARGETS
@pytest.mark.parametrize("version", ["a\r\nX-Evil: 1", "版本", " v", "x" * 300, 7])
def test_a_version_that_is_no_header_value_is_refused(node_type: NodeType, param: str, version: Any) -> None:
    outcome = run_example(node_type, Example({param: {"connection": "target"}}, [{**ORDER, "version": version}]))
    assert [problem.code for problem in outcome.problems] == ["order.bad_version"]
    assert outcome.requests == []


def test_a_target_that_stays_busy_parks_the_order_only() -> None:
    answers = [{"status": 503}] * 5 + [{"status": 200}]
    outcome = run_example(to_wms, Example({"wms": {"connection": "wms"}}, [ORDER, {**ORDER, "channel_order_id": "A2"}], answers=answers))
    assert [problem.code for problem in outcome.problems] == ["effect.gave_up"]
    assert [item["channel_order_id"] for item in outcome.output["out"]] == ["A2"]


def test_the_hub_names_the_port() -> None:
    changed = {**ORDER, "status": "shipped"}
    output = run_example(to_hub, Example({}, [ORDER, ORDER, changed])).output
    assert output == {"new": [ORDER], "unchanged": [ORDER], "changed": [changed]}
