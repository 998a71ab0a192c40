"""``orderloom check``."""

from __future__ import annotations

import click

from engine.access import requires
from engine.cli.flow_files import check_file, find_flows
from engine.cli.language import counted, say
from engine.cli.report import show_problems
from engine.registry import installed


@click.command("check")
@click.argument("paths", nargs=-1, required=True)
@requires("flow.read")
def check(paths: tuple[str, ...]) -> int:
    """All problems of flow files, or of the flows in folders."""
    registry = installed()
    files = [check_file(file, registry) for file in find_flows(paths)]
    count = sum(len(checked.problems) for checked in files)
    for checked in files:
        show_problems(checked.problems, err=False)
    flows = counted(len(files), "{count} flow", "{count} flows")
    click.echo(say("{flows} checked, {problems}.", flows=flows, problems=counted(count, "{count} problem", "{count} problems")))
    return 2 if count else 0
