"""``orderloom test``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import click

from engine.access import requires
from engine.cli.flow_files import Checked, check_file, find_flows, flows_beside
from engine.cli.language import counted, say
from engine.cli.report import show_problems
from engine.errors import FlowInvalid, Problem
from engine.json_text import write_json
from engine.registry import Registry, installed
from engine.run.compare import ABSENT, Difference
from engine.run.tests import TestResult, run_tests

SHOWN = 400


@click.command("test")
@click.argument("paths", nargs=-1, required=True)
@requires("flow.read")
def test(paths: tuple[str, ...]) -> int:
    """Run the tests inside flow files. A flow without any test counts as red."""
    registry = installed()
    files = [check_file(file, registry) for file in find_flows(paths)]
    invalid = [problem for checked in files for problem in checked.problems]
    if invalid:
        raise FlowInvalid(invalid)
    green = red = bare = 0
    for checked in files:
        results = _results(checked, registry)
        bare += not results
        green += sum(result.green for result in results)
        red += sum(not result.green for result in results)
    click.echo(say("{green} passed, {red} failed.", green=counted(green, "{count} test", "{count} tests"), red=red))
    return 1 if red or bare else 0


def _results(checked: Checked, registry: Registry) -> Sequence[TestResult]:
    flow = checked.flow
    assert flow is not None  # noqa: S101 - a file without problems has a flow
    results = asyncio.run(run_tests(flow, registry, flows_beside(checked.file, registry)))
    if not results:
        show_problems([Problem("test.none", (flow.name,))], err=False)
    for result in results:
        click.echo(f"{say('passed') if result.green else say('FAILED')}  {flow.name} › {result.name}")
        for difference in result.differences:
            click.echo(_shown(difference))
    return results


def _shown(difference: Difference) -> str:
    place = " › ".join(difference.where)
    return f"  {place}\n    {say('expected')}: {_text(difference.expected)}\n    {say('actual')}:   {_text(difference.actual)}"


def _text(value: Any) -> str:
    text = say(ABSENT) if value == ABSENT else write_json(value).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
