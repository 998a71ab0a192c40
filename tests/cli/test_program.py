from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from engine.access import permission_of
from engine.cli.program import permit, program
from engine.errors import OrderloomError

ROOT = Path(__file__).parents[2]
CALL = [sys.executable, "-c", "from engine.cli import main; main()"]


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_every_command_declares_the_permission_that_it_needs() -> None:
    found = list(commands(program))
    assert len(found) > 8
    assert [command.name for command in found if permission_of(command.callback) is None] == []


def test_a_command_without_a_permission_is_refused() -> None:
    with pytest.raises(OrderloomError) as caught:
        permit(click.Command("secret", callback=lambda: None))
    assert caught.value.problems[0].code == "access.denied"


def test_an_unknown_command_is_a_usage_error(orderloom) -> None:
    assert orderloom("fly").code == 2


def test_help_speaks_chinese_where_the_terminal_does(orderloom, monkeypatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "检查流程文件" in orderloom("check", "--help").out


def test_the_option_for_the_language_wins_and_may_stand_anywhere(orderloom, monkeypatch) -> None:
    monkeypatch.setenv("ORDERLOOM_LANGUAGE", "en")
    answer = orderloom("check", "nowhere", "--lang", "zh")
    assert answer.code == 2
    assert "文件不存在。" in answer.err


def test_a_fault_of_ours_shows_no_traceback_and_nothing_of_its_text(orderloom, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("19900000101")

    monkeypatch.setattr("engine.cli.check.find_flows", fail)
    answer = orderloom("check", "x")
    assert answer.code == 1
    assert "internal.error" in answer.err
    assert "RuntimeError at test_program.py:" in answer.err
    assert "Traceback" not in answer.err
    assert "19900000101" not in answer.err


def test_debug_shows_where_a_fault_came_from(orderloom, monkeypatch) -> None:
    monkeypatch.setattr("engine.cli.check.find_flows", lambda _: 1 / 0)
    assert "Traceback" in orderloom("check", "x", "--debug").err


def test_a_problem_reads_where_what_do_and_code(orderloom) -> None:
    answer = orderloom("check", "nowhere.json")
    assert answer.err.splitlines() == ["nowhere.json: There is no such file.", "  Check the path.".ljust(68) + "input.not_found"]


@pytest.mark.slow
def test_a_reader_that_goes_away_early_is_no_error() -> None:
    lines = b'{"a": 1}\n' * 20_000
    process = subprocess.Popen(
        [*CALL, "eval", "a", "--input", "-"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(lines)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.slow
def test_output_is_utf8_whatever_the_locale_says() -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run([*CALL, "check", "nowhere", "--lang", "zh"], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert "文件不存在。" in done.stderr.decode("utf-8")


@pytest.mark.parametrize(("words", "meant"), [(("chek", "x"), "check"), (("audit", "verfy"), "verify")])
def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(orderloom, words, meant) -> None:
    answer = orderloom(*words)
    assert answer.code == 2
    assert f"Did you mean {meant}?" in answer.err
