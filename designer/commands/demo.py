"""``orderloom demo``: the service with an invented shop around it."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
import uvloop

from designer.commands.serve import alone
from designer.demo.report import report
from designer.demo.run import Plan, run
from designer.logging import log_to
from designer.server import Service
from engine.access import requires
from engine.cli.language import say
from engine.cli.numbers import Number
from engine.errors import InputInvalid, Problem
from engine.settings import load_settings


@click.command("demo", help="Run the service with an invented shop: orders from six channels, a warehouse, a finance system, a team chat.")
@click.option("--port", default=8420, show_default=True, type=Number(0, 65535), help="Port to listen on; 0 picks a free one.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep; without it a new one that goes at the end.")
@click.option("--rate", default=2.0, show_default=True, type=Number(0.1, 200, whole=False), help="New orders a second.")
@click.option("--orders", type=Number(1), help="Stop after this many orders.")
@click.option("--exit", "leave", is_flag=True, help="With --orders: wait until all have arrived, show where, and end.")
@requires("service.run")
def demo(port: int, data: Path | None, rate: float, orders: int | None, leave: bool) -> int:
    """Prints ``ready http://HOST:PORT key=KEY`` on stdout as ``serve`` does. Exit code 1: an order did not arrive."""
    if leave and orders is None:
        raise InputInvalid(Problem("demo.exit_needs_orders", ("--exit",)))
    with _folder(data) as folder, alone(folder), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        log_to(level=logging.WARNING)
        settings = load_settings(os.environ, Path.cwd(), data=folder)
        outcome = runner.run(run(Plan(settings, port, rate, orders, leave), _announce))
    if outcome is None:
        return 0
    report(outcome)
    return 1 if outcome.arrivals.missing else 0


def _announce(service: Service) -> None:
    click.echo(f"ready {service.url} key={service.key}")
    click.echo(say("Orders are flowing. Look at {url} and press Ctrl+C to stop.", url=f"{service.url}/?key={service.key}"), err=True)


@contextmanager
def _folder(data: Path | None) -> Generator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="orderloom-demo-") as made:
        yield Path(made)
