"""How code blocks are found and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Block, Command, blocks_of, commands_of, occurs


def read(tmp_path: Path, text: str) -> list[Block]:
    document = tmp_path / "page.md"
    document.write_text(text, encoding="utf-8")
    return list(blocks_of(document))


def test_blocks_come_in_order_with_their_line_and_language(tmp_path: Path) -> None:
    found = read(tmp_path, "# A\n\n```python\nx = 1\n```\ntext\n\n```sh\nls\n```\n")
    assert [(block.line, block.language, block.text) for block in found] == [(3, "python", "x = 1\n"), (8, "sh", "ls\n")]


def test_a_block_in_a_longer_fence_is_text_of_the_outer_one(tmp_path: Path) -> None:
    assert [block.language for block in read(tmp_path, "````text\n```python\n```\n````\n")] == ["text"]


def test_a_block_that_does_not_end_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not end"):
        read(tmp_path, "```python\n")


def test_a_comment_directly_before_a_block_keeps_it_from_running(tmp_path: Path) -> None:
    assert read(tmp_path, "<!-- not run: needs a bank -->\n```sh\nrob\n```\n")[0].not_run == "needs a bank"


def test_a_comment_further_away_does_not(tmp_path: Path) -> None:
    assert read(tmp_path, "<!-- not run: needs a bank -->\n\n```sh\nrob\n```\n")[0].not_run is None


def test_a_comment_may_name_a_file(tmp_path: Path) -> None:
    assert read(tmp_path, "<!-- file: a/b.py -->\n```python\n```\n")[0].file == "a/b.py"


def test_lines_below_a_command_are_expected_of_it() -> None:
    assert list(commands_of("$ a\none\ntwo\n$ b\n")) == [Command("a", ("one", "two")), Command("b")]


def test_without_a_prompt_each_line_is_a_command() -> None:
    assert list(commands_of("# first\na\n\nb\n")) == [Command("a"), Command("b")]


def test_a_command_may_go_on_in_the_next_line() -> None:
    assert list(commands_of("$ a \\\n    b\n")) == [Command("a     b")]


def test_a_command_may_be_meant_to_fail() -> None:
    assert list(commands_of("$ a  # exit 2\n")) == [Command("a", code=2)]


def test_an_ellipsis_stands_for_anything_within_a_line() -> None:
    assert occurs("in … s.", "2 events, in 0.3 s.")
    assert not occurs("in … m.", "2 events, in 0.3 s.\nm.")
