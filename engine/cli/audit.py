"""``orderloom audit``."""

from __future__ import annotations

import asyncio

import click

from engine.access import requires
from engine.cli.data import data_option, existing_store, settings_for
from engine.cli.language import say
from engine.cli.program import Commands
from engine.errors import OrderloomError, Problem
from engine.settings import Settings


@click.group("audit", cls=Commands)
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@data_option
@requires("audit.read")
def verify(data: str | None) -> None:
    """Check that no row of the audit log was changed or removed."""
    broken = asyncio.run(_broken_at(settings_for(data)))
    if broken is not None:
        raise OrderloomError(Problem("audit.broken", ("audit",), {"row": broken}))
    click.echo(say("The audit log is intact."))


async def _broken_at(settings: Settings) -> int | None:
    async with existing_store(settings) as store:
        return await store.audit_broken_at()
