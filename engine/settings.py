"""Settings: flag before variable before ``orderloom.toml`` before default. Whatever is unknown or unreadable is an error."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

from engine.errors import Problem, SettingsInvalid

PREFIX = "ORDERLOOM_"
CONNECTION_PREFIX = "ORDERLOOM_CONNECTION_"
FILE = "orderloom.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """``data``: folder of database, keys and flows. ``key``: the one-time key of the browser and the API (invented when absent).

    ``allow_private``: networks in CIDR notation that outgoing calls may reach although they are private; ``allow_folders``: folders in
    which files may be read and moved. ``connections``: JSON objects by name, as ``ORDERLOOM_CONNECTION_<NAME>`` gives them.
    ``max_body``: bytes of a webhook body. ``writer``: what writes to SQLite while the service runs, a ``process`` of its own or a
    ``thread``.
    """

    data: Path = Path(".orderloom")
    database_url: str | None = None
    master_key_file: Path | None = None
    key: str | None = None
    allow_private: tuple[str, ...] = ()
    allow_folders: tuple[str, ...] = ()
    connections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    max_body: int = 1024 * 1024
    max_running: int = 256
    max_waiting: int = 20_000
    stands_still_minutes: int = 10
    keep_days: int = 90
    keep_runs: int | None = None
    keep_calls_days: int = 30
    keep_calls: int = 1_000_000
    language: str = "en"
    writer: str = "process"


_TEXT = {
    "DATA": "data",
    "DATABASE_URL": "database_url",
    "MASTER_KEY_FILE": "master_key_file",
    "KEY": "key",
    "LANGUAGE": "language",
    "WRITER": "writer",
}
_NUMBER = {
    "MAX_BODY": "max_body",
    "MAX_RUNNING": "max_running",
    "MAX_WAITING": "max_waiting",
    "STANDS_STILL_MINUTES": "stands_still_minutes",
    "KEEP_DAYS": "keep_days",
    "KEEP_RUNS": "keep_runs",
    "KEEP_CALLS_DAYS": "keep_calls_days",
    "KEEP_CALLS": "keep_calls",
}
_LIST = {"ALLOW_PRIVATE": "allow_private", "ALLOW_FOLDERS": "allow_folders"}


def load_settings(environ: Mapping[str, str], folder: Path, **flags: Any) -> Settings:
    """Settings from all places. Raises ``SettingsInvalid`` with every problem."""
    problems: list[Problem] = []
    values, connections = _from_file(folder / FILE, problems)
    _from_environment(environ, values, connections, problems)
    values.update({name: value for name, value in flags.items() if value is not None})
    _convert(values, problems)
    if problems:
        raise SettingsInvalid(problems)
    return Settings(**values, connections=connections)


def _from_file(file: Path, problems: list[Problem]) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
    if not file.is_file():
        return {}, {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem("settings.file_unreadable", (file.name,), {"reason": str(error)}))
        return {}, {}
    connections = _tables(content.pop("connections", {}), file.name, problems)
    known = {*_TEXT.values(), *_NUMBER.values(), *_LIST.values()}
    problems.extend(
        Problem("settings.unknown", (file.name, name), {"name": name, "known": sorted(known)}) for name in content if name not in known
    )
    return {name: value for name, value in content.items() if name in known}, connections


def _tables(value: Any, file: str, problems: list[Problem]) -> dict[str, Mapping[str, Any]]:
    """The connections of a settings file: one table each."""
    if not isinstance(value, dict):
        problems.append(Problem("settings.table", (file, "connections"), {"name": "connections"}))
        return {}
    given = cast("dict[str, Any]", value)
    odd = [name for name, one in given.items() if not isinstance(one, dict)]
    problems.extend(Problem("settings.table", (file, "connections", name), {"name": f"connections.{name}"}) for name in odd)
    return {name: one for name, one in given.items() if name not in odd}


def _from_environment(
    environ: Mapping[str, str], values: dict[str, Any], connections: dict[str, Mapping[str, Any]], problems: list[Problem]
) -> None:
    known = {**_TEXT, **_NUMBER, **_LIST}
    for name, value in environ.items():
        if name.startswith(CONNECTION_PREFIX):
            found = _connection(name, value, problems)
            if found is not None:
                connections[name.removeprefix(CONNECTION_PREFIX).lower()] = found
        elif name.startswith(PREFIX):
            field_name = known.get(name.removeprefix(PREFIX))
            if field_name is None:
                problems.append(Problem("settings.unknown", (name,), {"name": name, "known": sorted(PREFIX + key for key in known)}))
            elif value:
                values[field_name] = value


def _connection(name: str, value: str, problems: list[Problem]) -> Mapping[str, Any] | None:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        problems.append(Problem("settings.connection", (name,)))
        return None
    return cast("dict[str, Any]", found)


def _convert(values: dict[str, Any], problems: list[Problem]) -> None:
    for name in _TEXT.values():
        if not isinstance(values.get(name, ""), (str, Path)):
            problems.append(Problem("settings.text", (name,), {"name": name}))
        elif name in ("data", "master_key_file") and name in values:
            values[name] = Path(values[name])
    for name in _NUMBER.values():
        if name in values:
            values[name] = _positive(name, values[name], problems)
    if "allow_private" in values:
        values["allow_private"] = _networks(values["allow_private"], problems)
    if "allow_folders" in values:
        values["allow_folders"] = _folders(values["allow_folders"], problems)
    if values.get("language", "en") not in ("en", "zh"):
        problems.append(Problem("settings.language", ("language",)))
    if values.get("writer", "process") not in ("process", "thread"):
        problems.append(Problem("settings.writer", ("writer",)))


def _positive(name: str, value: Any, problems: list[Problem]) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if number < 1:
        problems.append(Problem("settings.number", (name,), {"name": name}))
    return number


def _folders(value: Any, problems: list[Problem]) -> tuple[str, ...]:
    found = [text for text in _listed(value) if text]
    problems.extend(Problem("settings.folder", ("allow_folders",), {"value": text}) for text in found if not Path(text).is_absolute())
    return tuple(found)


def _listed(value: Any) -> list[str]:
    parts = cast("list[object]", value) if isinstance(value, list) else str(value).replace(";", ",").split(",")
    return [str(part).strip() for part in parts]


def _networks(value: Any, problems: list[Problem]) -> tuple[str, ...]:
    found: list[str] = []
    for text in _listed(value):
        try:
            found.append(str(ip_network(text, strict=False)))
        except ValueError:
            if text:
                problems.append(Problem("settings.network", ("allow_private",), {"value": text}))
    return tuple(found)
