"""``orderloom new-node``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template
from typing import Final

import click

from engine.access import requires
from engine.cli.language import say
from engine.errors import InputInvalid, Problem, system_reason
from engine.registry import installed

FAMILIES: Final = ("rule", "transform", "connector", "notify")
_NAME: Final = re.compile(r"(?:([a-z]+)\.)?([a-z][a-z0-9]*(?:_[a-z0-9]+)*)")
_LONGEST: Final = 40
_SUFFIX: Final = ".tmpl"
_PLACES: Final[Mapping[str, str]] = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "__init__.py": "$package/__init__.py",
    "node.py": "$package/$name.py",
    "zh.po": "$package/locales/zh/$name.po",
    "test.py": "tests/test_$name.py",
    "flow.json": "flows/try_$name.json",
    "items.json": "flows/try_$name/items.json",
}
"""Where each template goes in the new package."""


@click.command("new-node")
@click.argument("name", metavar="NAME")
@click.option("--dir", "folder", default=".", metavar="DIR", help="Where the folder of the new package is made; here if left out.")
@requires("node.write")
def new_node(name: str, folder: str) -> None:
    """Make a package with a node of your own: code, examples, texts, tests, and a flow that uses it.

    NAME is such as hold_small_orders or transform.add_gift; without a family in front it becomes a rule.
    """
    words = words_of(name)
    made = make_package(words, Path(folder))
    click.echo(say("Made {folder}. What comes next:", folder=made))
    for line in next_steps(made, words["name"]):
        click.echo(f"  {line}")


def words_of(name: str) -> dict[str, str]:
    """What the templates need to know. Raises ``InputInvalid``: ``scaffold.bad_name``, ``scaffold.bad_family``, ``scaffold.taken``."""
    match = _NAME.fullmatch(name)
    if match is None or len(match[2]) > _LONGEST or keyword.iskeyword(match[2]):
        raise InputInvalid(Problem("scaffold.bad_name", (name,), {"limit": _LONGEST}))
    family, short = match[1] or FAMILIES[0], match[2]
    if family not in FAMILIES:
        raise InputInvalid(Problem("scaffold.bad_family", (name,), {"family": family, "families": FAMILIES}))
    use = f"{family}.{short}"
    if use in installed().names():
        raise InputInvalid(Problem("scaffold.taken", (name,), {"use": use}))
    return {
        "family": family,
        "name": short,
        "use": use,
        "label": short.replace("_", " ").capitalize(),
        "package": f"orderloom_{short}",
        "project": f"orderloom-{short.replace('_', '-')}",
        "params": "".join(part.capitalize() for part in short.split("_")) + "Params",
    }


def make_package(words: Mapping[str, str], parent: Path) -> Path:
    """Write the package into a new folder and return that. Overwrites nothing.

    Raises ``InputInvalid``: ``scaffold.exists``, ``scaffold.unwritable``.
    """
    folder = parent / words["name"]
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        for place, content in _files(words):
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")
    except FileExistsError:
        raise InputInvalid(Problem("scaffold.exists", (str(folder),))) from None
    except OSError as error:
        raise InputInvalid(Problem("scaffold.unwritable", (str(folder),), system_reason(error))) from None
    return folder


def next_steps(folder: Path, name: str) -> tuple[str, ...]:
    """The commands that take a new package into use."""
    flow = folder / "flows" / f"try_{name}"
    return (
        f"pip install --editable {folder}",
        "pip install pytest",
        f"pytest {folder}",
        f"orderloom test {folder / 'flows'}",
        f"orderloom run {flow}.json --input {flow / 'items.json'}",
    )


def _files(words: Mapping[str, str]) -> Iterator[tuple[PurePosixPath, str]]:
    root = files("engine.cli").joinpath("scaffold")
    for source in (root / "common", root / words["family"]):
        for file in _templates(source):
            place = _PLACES[file.name.removesuffix(_SUFFIX)]
            yield PurePosixPath(Template(place).substitute(words)), Template(file.read_text(encoding="utf-8")).substitute(words)


def _templates(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(_SUFFIX)), key=lambda file: file.name)
