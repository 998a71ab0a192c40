"""Settings: flag before variable before file before default; what is unknown is an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import SettingsInvalid
from engine.settings import load_settings


def test_defaults(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert (settings.data, settings.allow_private, settings.connections) == (Path(".orderloom"), (), {})


def test_a_flag_goes_before_a_variable_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "orderloom.toml").write_text('data = "from_file"\nlanguage = "zh"\n')
    assert load_settings({}, tmp_path).data == Path("from_file")
    assert load_settings({"ORDERLOOM_DATA": "from_variable"}, tmp_path).data == Path("from_variable")
    settings = load_settings({"ORDERLOOM_DATA": "from_variable"}, tmp_path, data="from_flag")
    assert (settings.data, settings.language) == (Path("from_flag"), "zh")


def test_connections_come_by_name(tmp_path: Path) -> None:
    given = {"type": "wms", "url": "https://wms.example"}
    settings = load_settings({"ORDERLOOM_CONNECTION_MAIN_WMS": json.dumps(given)}, tmp_path)
    assert settings.connections == {"main_wms": given}


def test_networks_are_read_in_cidr_form(tmp_path: Path) -> None:
    assert load_settings({"ORDERLOOM_ALLOW_PRIVATE": "127.0.0.1/8, 10.0.0.0/8"}, tmp_path).allow_private == ("127.0.0.0/8", "10.0.0.0/8")


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "orderloom.toml").write_text('colour = "blue"\n')
    variables = {
        "ORDERLOOM_DATTA": "x",
        "ORDERLOOM_CONNECTION_WMS": "not json",
        "ORDERLOOM_ALLOW_PRIVATE": "everything",
        "ORDERLOOM_MAX_BODY": "big",
    }
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(variables, tmp_path)
    assert sorted(p.code for p in caught.value.problems) == [
        "settings.connection", "settings.network", "settings.number", "settings.unknown", "settings.unknown",
    ]  # fmt: skip


def test_a_secret_in_an_unreadable_connection_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings({"ORDERLOOM_CONNECTION_WMS": '{"secret": "s3cret"'}, tmp_path)
    assert "s3cret" not in str(caught.value)
