"""``orderloom replay``."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from engine.access import requires
from engine.cli.data import data_option, existing_store, settings_for
from engine.cli.language import counted, say
from engine.cli.lines import JsonLines, open_lines
from engine.cli.moments import moment
from engine.cli.numbers import Number
from engine.cli.progress import bar
from engine.errors import InputInvalid, Problem
from engine.flow.reader import inspect
from engine.registry import installed
from engine.replay import DRAFT, MOST, USUAL, Against, Counts, OrderChanges, Replay, Span, Summary, calls_against, target_of
from engine.settings import Settings

DIFFERENT = 3


@click.command("replay")
@click.argument("flow", metavar="FLOW")
@click.option("--since", metavar="TIME", help="From this time on: a date, or ISO 8601; all there are if left out.")
@click.option("--until", metavar="TIME", help="Before this time; now if left out.")
@click.option("--recording", metavar="NUMBER", type=Number(1), help="The orders of a recording, instead of those of a span.")
@click.option("--against", metavar="VERSION|FILE", required=True, help="A version, `draft`, or a flow file.")
@click.option("--zone", metavar="ZONE", default="UTC", help="The time zone of dates and times that name none, such as Asia/Shanghai.")
@click.option("--limit", metavar="NUMBER", type=Number(1, MOST), default=USUAL, help="How many events at most.")
@click.option("--output", metavar="FILE", help="Where the lines go; standard output if left out.")
@data_option
@requires("event.read")
def replay(
    flow: str,
    since: str | None,
    until: str | None,
    recording: int | None,
    against: str,
    zone: str,
    limit: int,
    output: str | None,
    data: str | None,
) -> int:
    """Run recorded events through another version, a draft or a file, and print what would become of them otherwise. Sends nothing."""
    span = Span(moment(since, zone, "--since"), moment(until, zone, "--until"))
    if span.since and span.until and span.since >= span.until:
        raise InputInvalid(Problem("replay.empty_span", ("--until",)))
    if recording is not None and (span.since or span.until):
        raise InputInvalid(Problem("replay.recording_or_span", ("--recording",)))
    started = time.monotonic()
    with open_lines(output) as lines:
        counts, summary = asyncio.run(_replay(settings_for(data), flow, against, (span, recording), limit, lines))
    if recording is not None:
        _tell(summary)
    click.echo(_summary(counts, time.monotonic() - started), err=True)
    for code, count in sorted(counts.unreadable.items()):
        click.echo(say("Passed over: {count} × {code}", count=count, code=code), err=True)
    if counts.drifted:
        click.echo(
            counted(counts.drifted, "{count} run was recorded under other code.", "{count} runs were recorded under other code."), err=True
        )
    if counts.differing:
        return DIFFERENT
    return 1 if counts.unreadable else 0


async def _replay(
    settings: Settings, flow: str, file: str, which: tuple[Span, int | None], limit: int, lines: JsonLines
) -> tuple[Counts, Summary]:
    """``file``: what was asked for with ``--against``, whether it is one or not."""
    against = _against(file)
    async with existing_store(settings) as store:
        target = await target_of(store, flow, against)
        _require_same(flow, target, file)
        calls = await calls_against(store, installed(), flow, against)
        work = Replay(store, installed(), flow, target, which[0], limit, calls, which[1])
        with bar(say("Events")) as drawn:
            async for order in work.orders(lambda counts: drawn(counts.done, counts.total)):
                _write(order, lines)
        return work.counts, work.summary


def _require_same(flow: str, target: bytes, file: str) -> None:
    """Raises ``InputInvalid`` (``replay.other_flow``): orders of one flow say nothing about another."""
    other = inspect(target).flow
    if other is not None and other.name != flow:
        raise InputInvalid(Problem("replay.other_flow", ("--against", file, "name"), {"flow": flow, "other": other.name}))


def _tell(summary: Summary) -> None:
    """What changes over all orders, and what the other version cannot work off."""
    for group in summary.sorted_groups():
        place = ".".join(part for part in (group.key.step, group.key.what, group.key.detail, group.key.field) if part)
        click.echo(counted(group.orders, "{count} order: {place}", "{count} orders: {place}", place=place), err=True)
    for failure, count in summary.sorted_failures():
        where = {"step": failure.step, "code": failure.code}
        click.echo(counted(count, "{count} order parked at {step}: {code}", "{count} orders parked at {step}: {code}", **where), err=True)


def _write(order: OrderChanges, lines: JsonLines) -> None:
    for change in order.changes:
        lines.write(
            {
                "order": order.order_key,
                "path": change.path,
                "before": change.before,
                "after": change.after,
                "kind": change.kind,
                "masked": change.masked,
                "event": str(order.event),
            }
        )


def _against(text: str) -> Against:
    """A file wherever there is one; a number is a version."""
    file = Path(text)
    if file.is_file():
        return file.read_bytes()
    if text == DRAFT:
        return DRAFT
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise InputInvalid(Problem("input.not_found", ("--against", text)))


def _summary(counts: Counts, seconds: float) -> str:
    return say(
        "{events}: {same} the same, {differing} different, {erased} erased, in {seconds} s.",
        events=counted(counts.done, "{count} event", "{count} events"),
        same=counts.same,
        differing=counts.differing,
        erased=counts.erased,
        seconds=f"{seconds:.1f}",
    )
