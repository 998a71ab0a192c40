"""``orderloom health``."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field

import click

from engine.access import requires
from engine.catalogue import explain
from engine.cli.data import data_option, existing_store, settings_for
from engine.cli.language import current, say
from engine.cli.report import show_problems
from engine.errors import OrderloomError, Problem
from engine.json_text import write_json
from engine.registry import installed
from engine.run.plan import compile_flow
from engine.settings import Settings
from engine.store.ports import Store
from engine.watch.skew import CheckState, fails_time, time_checks

ALARMS = 500


@dataclass(slots=True)
class Health:
    """``flows``: published version by name; ``runs``: count by state; ``checks``: ``ok``, ``warn`` or ``fail`` by name;
    ``problems``: whatever hinders work."""

    data: str
    flows: dict[str, int] = field(default_factory=dict[str, int])
    runs: dict[str, int] = field(default_factory=dict[str, int])
    checks: dict[str, CheckState] = field(default_factory=dict[str, CheckState])
    problems: list[Problem] = field(default_factory=list[Problem])


@click.command("health")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@data_option
@requires("health.read")
def health(as_json: bool, data: str | None) -> int:
    """Whether data folder, keys, database and published flows are in order."""
    found = asyncio.run(_look(settings_for(data)))
    if as_json:
        shown = [explain(problem, current()) for problem in found.problems]
        answer = {
            "ok": not found.problems,
            "data": found.data,
            "flows": found.flows,
            "runs": found.runs,
            "checks": found.checks,
            "problems": shown,
        }
        sys.stdout.buffer.write(write_json(answer) + b"\n")
    else:
        _print(found)
    return 1 if found.problems else 0


async def _look(settings: Settings) -> Health:
    found = Health(str(settings.data))
    try:
        async with existing_store(settings) as store:
            await _look_into(store, found)
    except OrderloomError as error:
        found.problems.extend(error.problems)
    return found


async def _look_into(store: Store, found: Health) -> None:
    registry = installed()
    for name, version in sorted((await store.published()).items()):
        found.flows[name] = version
        try:
            compile_flow((await store.version(name, version)).document, registry, version)
        except OrderloomError as error:
            found.problems.extend(error.problems)
    for (_, state), count in (await store.run_counts()).items():
        found.runs[state] = found.runs.get(state, 0) + count
    alarms = (await store.alarms(limit=ALARMS)).items
    found.checks = dict(time_checks(alarms))
    found.problems += [Problem(one.code, ("time",), one.fields) for one in alarms if fails_time(one.code)]
    broken = await store.audit_broken_at()
    if broken is not None:
        found.problems.append(Problem("audit.broken", ("audit",), {"row": broken}))


def _print(found: Health) -> None:
    click.echo(f"{say('Data folder')}: {found.data}")
    for name, version in found.flows.items():
        click.echo(f"{say('Published')}: {name} {version}")
    for state, count in found.runs.items():
        click.echo(f"{say('Runs')}: {state} {count}")
    for name, state in found.checks.items():
        if state != "ok":
            click.echo(f"{say('Check')}: {name} {state}")
    show_problems(found.problems, err=False)
    if not found.problems:
        click.echo(say("All is well."))
