"""Settings that would stop everything, or make no sense, are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import SettingsInvalid
from engine.settings import load_settings


@pytest.mark.parametrize("name", ["MAX_BODY", "MAX_RUNNING"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many"])
def test_a_limit_below_one_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        load_settings({f"ORDERLOOM_{name}": value}, tmp_path)
    assert [problem.code for problem in raised.value.problems] == ["settings.number"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("data = 7", "settings.text"),
        ("key = true", "settings.text"),
        ("max_body = true", "settings.number"),
        ("connections = 5", "settings.table"),
        ("connections.wms = 5", "settings.table"),
        ("allow_private = 7.5", "settings.network"),
    ],
)
def test_a_value_of_another_kind_in_the_file_is_a_problem(tmp_path: Path, line: str, code: str) -> None:
    (tmp_path / "orderloom.toml").write_text(line)
    with pytest.raises(SettingsInvalid) as raised:
        load_settings({}, tmp_path)
    assert [problem.code for problem in raised.value.problems] == [code]
