"""``orderloom run``."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import click

from engine.access import requires
from engine.cli.data import data_option, settings_for
from engine.cli.input import input_option, objects, open_input
from engine.cli.language import counted, say
from engine.cli.lines import JsonLines, open_lines
from engine.cli.progress import Meter
from engine.cli.run_flow import document_of, load_plan, trigger_of
from engine.cli.run_lines import Line, lines_of
from engine.errors import InputInvalid, Problem
from engine.run.arrivals import arrivals_of
from engine.run.calls import FindPlan
from engine.run.captured import SandboxHub
from engine.run.plan import Plan, Step
from engine.run.sandbox import run_in_sandbox


@click.command("run")
@click.argument("flow", metavar="FLOW")
@click.option("--trigger", metavar="NODE", help="The trigger that the items come in by; may be left out if only one fits.")
@input_option
@click.option("--output", metavar="FILE", help="Where the lines go; standard output if left out.")
@click.option("--live", is_flag=True, help="Perform the effects instead of capturing them; the flow is published first.")
@data_option
@requires("flow.run")
def run(flow: str, trigger: str | None, source: str | None, output: str | None, live: bool, data: str | None) -> int:
    """Run a flow, a file or a published one, on items. Prints JSON Lines: what would be sent, what ends, what is parked."""
    started = time.monotonic()
    plan, flows = load_plan(flow, data)
    step = trigger_of(plan, trigger, from_file=source is not None)
    meter = Meter(open_input(source) if source else None)
    rows = Rows(_items(step, meter))
    counts: Counter[str] = Counter()
    with open_lines(output, source) as lines, meter.shown():
        if live:
            from engine.cli.run_live import run_live  # noqa: PLC0415 - a sandbox needs neither store nor network

            made = run_live(settings_for(data), document_of(flow), plan, step, rows.strict(), meter)
        else:
            made = _sandbox(plan, step, rows.tolerant(), meter, flows)
        asyncio.run(_write(made, lines, counts))
    if meter.source is not None and meter.read == 0 and rows.error is None:
        click.echo(say("{file} holds no rows.", file=meter.source.name), err=True)
    click.echo(_summary(meter.events, counts, time.monotonic() - started), err=True)
    if rows.error is not None:
        raise rows.error
    return 1 if counts["parked"] else 0


class Rows:
    """Items of a file. Where it becomes unreadable, ``tolerant`` ends and keeps the ``error`` for later; ``strict`` raises it at once."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = items
        self.error: InputInvalid | None = None

    def strict(self) -> Iterator[Any]:
        yield from self._items

    def tolerant(self) -> Iterator[Any]:
        try:
            yield from self._items
        except InputInvalid as error:
            self.error = error


async def _sandbox(plan: Plan, step: Step, items: Iterable[Any], meter: Meter, flows: FindPlan) -> AsyncIterator[Line]:
    hub = SandboxHub()
    for number, arrival in enumerate(arrivals_of(step, items), 1):
        for line in lines_of(await run_in_sandbox(plan, step, arrival, number=number, hub=hub, flows=flows)):
            yield line
        meter.event_done(len(arrival.items))


async def _write(made: AsyncIterator[Line], lines: JsonLines, counts: Counter[str]) -> None:
    async for line in made:
        lines.write(line)
        counts[line["kind"]] += 1


def _items(step: Step, meter: Meter) -> Iterable[Any]:
    if meter.source is not None:
        return meter.counting(objects(meter.source) if step.type.starts == "file" else meter.source)
    if step.type.starts == "manual":
        return meter.counting([{}])
    raise InputInvalid(Problem("run.input_needed", (step.slug,)))


def _summary(events: int, counts: Counter[str], seconds: float) -> str:
    return say(
        "{events}: {ends}, {effects}, {parked} parked, {dropped} dropped, in {seconds} s.",
        events=counted(events, "{count} event", "{count} events"),
        ends=counted(counts["end"], "{count} end", "{count} ends"),
        effects=counted(counts["effect"], "{count} effect", "{count} effects"),
        parked=counts["parked"],
        dropped=counts["dropped"],
        seconds=f"{seconds:.1f}",
    )
