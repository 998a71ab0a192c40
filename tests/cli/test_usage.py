"""Commands that are not written as they take it: the mistake is told in the reader's language, with what to do."""

from __future__ import annotations

import re

import pytest

MISTAKES = [
    (("fly",), "fly", "cli.unknown_command"),
    (("chek",), "chek", "cli.misspelt_command"),
    (("audit", "fly"), "fly", "cli.unknown_command"),
    (("--lang", "zh"), "", "cli.no_command"),
    (("nodes", "--yaml"), "--yaml", "cli.unknown_option"),
    (("nodes", "--jsno"), "--jsno", "cli.misspelt_option"),
    (("check",), "PATHS", "cli.missing"),
    (("replay", "hub"), "--against", "cli.missing"),
    (("run", "hub", "--input"), "--input", "cli.option_use"),
    (("nodes", "--lang", "fr"), "--lang", "cli.choice"),
    (("nodes", "rule.condition"), "", "cli.usage"),
    (("demo", "--exit"), "--exit", "demo.exit_needs_orders"),
    (("demo", "--data", __file__), "--data", "cli.bad_value"),
]
KEPT = ("orderloom", "OPTIONS", "COMMAND", "ARGS", "PATHS", "FLOW", "EXPR", "help", "check", "json", "orders", "cli", "no_command")
"""Names of the command line, which are the same in every language."""


@pytest.mark.parametrize(("words", "where", "code"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_its_code(orderloom, words: tuple[str, ...], where: str, code: str) -> None:
    answer = orderloom(*words)
    assert answer.code == 2
    problem = next(line for line in answer.err.splitlines() if not line.startswith(("Usage", "用法")))
    assert problem.startswith(f"{where}: " if where else ("T", "A", "缺"))
    assert answer.err.rstrip().endswith(code)


@pytest.mark.parametrize(("words", "where", "code"), MISTAKES)
def test_no_word_of_it_is_english_in_chinese(orderloom, monkeypatch, words: tuple[str, ...], where: str, code: str) -> None:
    monkeypatch.setenv("ORDERLOOM_LANGUAGE", "zh")
    said = orderloom(*words).err if "--lang" not in words else orderloom("--lang", "zh").err
    written = {*words, where, *code.split("."), *KEPT}
    words_left = set(re.findall(r"[A-Za-z_]{2,}", said)) - {part for one in written for part in re.findall(r"[A-Za-z_]{2,}", one)}
    assert words_left == set()


def test_help_has_no_english_heading_or_option_in_chinese(orderloom) -> None:
    answer = orderloom("--lang", "zh", "nodes", "--help")
    assert answer.code == 0
    assert answer.out.startswith("用法：orderloom nodes")
    assert "选项" in answer.out
    assert "显示本说明并退出。" in answer.out
    assert not re.search("Usage|Options|Show this", answer.out)


def test_the_program_itself_is_introduced_in_chinese(orderloom) -> None:
    answer = orderloom("--lang", "zh", "--help")
    assert "处理订单的流程引擎" in answer.out
    assert not re.search("Usage|Options|Commands|Show|Language of", answer.out)


def test_a_file_that_cannot_be_published_is_named_and_leaves_no_data_folder(orderloom, tmp_path) -> None:
    (tmp_path / "cut.json").write_text('{"format": 1,')
    answer = orderloom("publish", tmp_path / "cut.json", "--data", tmp_path / "data")
    assert answer.code == 2
    assert answer.err.startswith("cut.json: ")
    assert not (tmp_path / "data").exists()
