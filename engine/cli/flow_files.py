"""Finds and reads flow files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import FlowInvalid, InputInvalid, Problem
from engine.flow.calls import check_calls
from engine.flow.check import check_reading
from engine.flow.document import Flow
from engine.flow.reader import inspect, read_flow
from engine.registry import Registry
from engine.run.calls import FindPlan
from engine.run.plan import Plan

FLOW_SUFFIX = ".json"
SCHEMA_SUFFIX = ".schema.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """A flow file with all of its problems; ``flow`` as far as it could be read."""

    file: Path
    flow: Flow | None
    problems: tuple[Problem, ...]


def find_flows(paths: Iterable[str]) -> list[Path]:
    """The flow files among files and folders. In a folder, schemas are left out, and so is the folder ``NAME/`` beside ``NAME.json``,
    which holds samples. Raises ``InputInvalid`` for what is not there and for a folder without flows.
    """
    found: list[Path] = []
    problems: list[Problem] = []
    for text in paths:
        path = Path(text)
        files = sorted(_inside(path)) if path.is_dir() else [path] if path.is_file() else []
        if not files:
            problems.append(Problem("cli.no_flows" if path.is_dir() else "input.not_found", (text,)))
        problems.extend(_foreign(files))
        found.extend(files)
    if problems:
        raise InputInvalid(problems)
    return list(dict.fromkeys(found))


def check_file(file: Path, registry: Registry) -> Checked:
    """Every problem of a file; its name stands in front where it is not the flow's."""
    reading = inspect(file.read_bytes(), file.name)
    problems = check_reading(reading, registry)
    problems += _calls(file, reading.flow, registry) if reading.flow is not None else []
    if reading.flow is not None and reading.flow.name != file.stem:
        problems = [problem if problem.where[:1] == (file.name,) else problem.inside(file.name) for problem in problems]
    return Checked(file, reading.flow, tuple(problems))


def flows_beside(file: Path, registry: Registry) -> FindPlan:
    """The flows that stand in the folder of a file, by name. Finding one raises ``FlowInvalid`` with what is wrong with it."""

    @cache
    def find(name: str) -> Plan | None:
        other = file.parent / f"{name}{FLOW_SUFFIX}"
        return Plan(read_flow(other.read_bytes(), other.name), registry) if other.is_file() else None

    return find


def _calls(file: Path, flow: Flow, registry: Registry) -> list[Problem]:
    """What is wrong with its calls of flows beside it; what is not there may be published elsewhere."""
    find = flows_beside(file, registry)

    def sound(name: str) -> Plan | None:
        try:
            return find(name)
        except FlowInvalid:
            return None  # its own problems are its own

    return [problem for problem in check_calls(flow, registry, sound) if problem.code != "call.unknown_flow"]


def _foreign(files: Iterable[Path]) -> Iterator[Problem]:
    """Files that are called otherwise than flows are, such as a table of orders."""
    for file in files:
        if file.suffix.lower() != FLOW_SUFFIX:
            yield Problem("cli.not_a_flow", (str(file),), {"suffix": FLOW_SUFFIX})


def _inside(folder: Path) -> Iterator[Path]:
    flows = [file for file in folder.glob("*.json") if file.is_file() and not file.name.endswith(SCHEMA_SUFFIX)]
    yield from flows
    beside = {file.stem for file in flows}
    for inner in folder.iterdir():
        if inner.is_dir() and not inner.name.startswith((".", "_")) and inner.name not in beside:
            yield from _inside(inner)
