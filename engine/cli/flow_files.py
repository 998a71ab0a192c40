"""Finds and reads flow files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import InputInvalid, Problem
from engine.flow.check import check_reading
from engine.flow.document import Flow
from engine.flow.reader import inspect
from engine.registry import Registry

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
    if reading.flow is not None and reading.flow.name != file.stem:
        problems = [problem if problem.where[:1] == (file.name,) else problem.inside(file.name) for problem in problems]
    return Checked(file, reading.flow, tuple(problems))


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
