"""``orderloom publish``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from engine.access import OWNER, requires
from engine.app import Orderloom
from engine.cli.data import data_option, settings_for
from engine.cli.language import say
from engine.errors import InputInvalid, Problem
from engine.flow.reader import read_flow
from engine.settings import Settings


@click.command("publish")
@click.argument("flow", metavar="FLOW.json")
@click.option("--note", default="", metavar="TEXT", help="What is new, for the history.")
@data_option
@requires("flow.publish")
def publish(flow: str, note: str, data: str | None) -> None:
    """Check a flow file, run its tests, and make it the version that orders run through."""
    file = Path(flow)
    if not file.is_file():
        raise InputInvalid(Problem("input.not_found", (flow,)))
    document = file.read_bytes()
    read_flow(document, file.name)
    name, version = asyncio.run(_publish(settings_for(data), document, note))
    click.echo(say("Published {flow} as version {version}.", flow=name, version=version))


async def _publish(settings: Settings, document: bytes, note: str) -> tuple[str, int]:
    async with Orderloom.at(settings) as app:
        return await app.publish(document, note=note, actor=OWNER)
