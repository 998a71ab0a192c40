"""The group of all commands, each loaded when it is called. Other packages bring theirs by the entry point ``orderloom.commands``."""

from __future__ import annotations

import io
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, version
from typing import Any, Final, cast

import click

from engine.access import OWNER, may, permission_of, requires
from engine.cli.dress import dressed
from engine.cli.failures import NobodyReads, exit_code_of
from engine.cli.language import choose, speak
from engine.errors import InputInvalid, OrderloomError, Problem

GROUP: Final = "orderloom.commands"
COMMANDS: Final = {
    "audit": "engine.cli.audit:audit",
    "compact": "engine.cli.compact:compact",
    "check": "engine.cli.check:check",
    "eval": "engine.cli.eval:evaluate",
    "health": "engine.cli.health:health",
    "new-node": "engine.cli.new_node:new_node",
    "nodes": "engine.cli.nodes:nodes",
    "publish": "engine.cli.publish:publish",
    "replay": "engine.cli.replay:replay",
    "run": "engine.cli.run:run",
    "simulate": "engine.cli.simulate:simulate",
    "test": "engine.cli.test:test",
    "try": "engine.cli.try_node:try_node",
}


def run(arguments: list[str]) -> int:
    """Run a command. Returns the exit code and never raises: whatever happens is explained on standard error."""
    _write_utf8()
    speak(choose(arguments, os.environ))
    try:
        result: Any = dressed(program).main(arguments, prog_name="orderloom", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001 - the last place before the user, who must not see a traceback
        return exit_code_of(error, debug="--debug" in arguments)
    return result if isinstance(result, int) else 0


class Commands(click.Group):
    """A group whose commands are refused unless the actor may do what they declare."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name) or self.load(cmd_name)
        return dressed(found) if found else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        self._must_know(ctx, args[0])
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            permit(command)
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise NobodyReads from None  # click would end the process with 1

    def _must_know(self, ctx: click.Context, name: str) -> None:
        """Raises ``InputInvalid`` for what is no command: ``cli.misspelt_command`` where one is nearly it, else ``cli.unknown_command``."""
        if name.startswith("-") or self.get_command(ctx, name) is not None:
            return  # click says what is wrong with an option
        close = get_close_matches(name, self.list_commands(ctx), 1)
        code = "cli.misspelt_command" if close else "cli.unknown_command"
        raise InputInvalid(Problem(code, (name,), {"close": ", ".join(close), "group": ctx.command_path}))

    def load(self, name: str) -> click.Command | None:
        """A command that is not imported yet."""
        del name
        return None


class Program(Commands):
    """The root: our own commands and those of other packages, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS, *_points()})

    def load(self, name: str) -> click.Command | None:
        if name in COMMANDS:
            module, _, attribute = COMMANDS[name].partition(":")
            return cast("click.Command", getattr(import_module(module), attribute))
        point = _points().get(name)
        return _from(point) if point else None


def permit(command: click.Command) -> None:
    """Raises ``OrderloomError`` with ``access.denied`` for a command that the actor may not use, and for one that declares nothing."""
    if isinstance(command, click.Group):
        return
    action = permission_of(command.callback)
    if action is None or not may(OWNER, action, f"command:{command.name}"):
        raise OrderloomError(Problem("access.denied", (str(command.name),), {"action": action or "–"}))


@click.group("orderloom", cls=Program, help="Orderloom: flows that work on orders.")
@click.version_option(version("orderloom"), message="%(prog)s %(version)s")
def program() -> None:
    """The root of all commands."""


def _points() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _from(point: EntryPoint) -> click.Command:
    """The command of another package; one that cannot be loaded says so when it is called, and hinders no other."""
    try:
        return cast("click.Command", point.load())
    except (ImportError, AttributeError) as error:
        problem = Problem("cli.command_broken", (point.name,), {"target": point.value, "type": type(error).__name__})

    @requires("health.read")
    def broken() -> None:
        raise OrderloomError(problem)

    return click.Command(point.name, callback=broken, hidden=True)


def _write_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
