"""Every code block of the README and the documentation does what it says."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import RUN, SHOWN, Block, blocks_of, commands_of, occurs
from tests.docs.overlay import Overlay

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")])
BLOCKS = [block for document in DOCUMENTS for block in blocks_of(document)]
RUNNING = [
    document
    for document in DOCUMENTS
    if any(block.document == document and block.language in RUN and block.not_run is None for block in BLOCKS)
]
BESIDE = ("flows", "plugins")
LONG = os.environ.get("PROOFS_LONG") == "1"
WRITTEN, SAMPLE = "nodes.md", 6
"""The reference is written from examples that have tests of their own: of its blocks every sixth is run, at length all."""
EACH_BLOCK = pytest.mark.parametrize("block", BLOCKS, ids=str)


@EACH_BLOCK
def test_a_block_names_a_language_that_is_run_or_known_to_be_shown_only(block: Block) -> None:
    assert block.language in (*RUN, *SHOWN)


@EACH_BLOCK
def test_a_block_that_is_not_run_says_why(block: Block) -> None:
    assert block.not_run != ""


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "json" and b.not_run is None], ids=str)
def test_json_can_be_read(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.slow
@pytest.mark.parametrize("document", RUNNING, ids=lambda document: str(document.relative_to(ROOT)))
def test_what_a_document_tells_to_do_works(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in BESIDE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    language = "zh" if "zh" in document.name else "en"
    with Overlay(tmp_path / "environment", folder, ORDERLOOM_LANGUAGE=language) as shell:
        for block in chosen(document):
            do(block, shell)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "assert 1 == 2\n"),
        ("sh", "false\n"),
        ("console", "$ echo one\ntwo\n"),
        ("console", "$ true  # exit 2\n"),
        ("json", '{"format": 1, "name": "block", "nodes": {}, "wires": ["a -> b"]}\n'),
    ],
)
def test_a_block_that_does_not_do_what_it_says_is_red(language: str, text: str, tmp_path: Path) -> None:
    shell = Overlay(tmp_path / "environment", tmp_path)
    with pytest.raises(AssertionError):
        do(Block(tmp_path / "page.md", 1, language, text), shell)


def chosen(document: Path) -> list[Block]:
    blocks = [block for block in blocks_of(document) if block.not_run is None]
    return blocks[::SAMPLE] if document.name == WRITTEN and not LONG else blocks


def do(block: Block, shell: Overlay) -> None:
    """Raises ``AssertionError`` where a block does not do what it says."""
    if block.file is not None:
        target = shell.folder / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
    elif block.language in WORK:
        WORK[block.language](block, shell)


def run_python(block: Block, shell: Overlay) -> None:
    (shell.folder / "block.py").write_text(block.text, encoding="utf-8")
    done = shell.run("python -W error block.py")
    assert done.returncode == 0, f"{block}\n{done.stdout}"


def check_flow(block: Block, shell: Overlay) -> None:
    document: Any = json.loads(block.text)
    if isinstance(document, dict) and {"nodes", "wires"} <= document.keys():
        (shell.folder / "block.json").write_text(block.text, encoding="utf-8")
        done = shell.run("orderloom check block.json")
        assert done.returncode == 0, f"{block}\n{done.stdout}"


def run_commands(block: Block, shell: Overlay) -> None:
    for command in commands_of(block.text):
        done = shell.run(command.text)
        assert done.returncode == command.code, f"{block}: {command.text} ended with {done.returncode}\n{done.stdout}"
        missing = [line for line in command.expected if not occurs(line, done.stdout)]
        assert missing == [], f"{block}: {command.text} said\n{done.stdout}"


WORK: Mapping[str, Callable[[Block, Overlay], None]] = {
    "python": run_python,
    "json": check_flow,
    "console": run_commands,
    "sh": run_commands,
}
