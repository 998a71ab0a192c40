"""What an operator is told about a PostgreSQL server that cannot be used. Never the password, nor a text of the server's."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from engine.errors import OrderloomError, Problem, SettingsInvalid
from engine.store.problems import StoreUnavailable

OLDEST = 15
"""The oldest major version that the tests run on."""
_NO_DATABASE = ("does not exist", "不存在")
_LOGIN = ("authentication", "password", "role", "pg_hba", "permission", "认证", "口令", "密码", "角色", "权限")
"""Words of the server's own answers, in English and Chinese: while one connects, the driver tells no code. Others sound unreachable."""


@contextmanager
def starting(url: URL) -> Generator[None]:
    """What goes wrong while the database is prepared comes out as a problem of the settings, or as ``StoreUnavailable``."""
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        named = _named(cause, url)
        if named is None:
            raise
        raise named from None


def too_old(version: int) -> SettingsInvalid:
    return SettingsInvalid(Problem("store.server_too_old", fields={"version": version // 10_000, "oldest": OLDEST}))


def not_durable(setting: str, value: str) -> SettingsInvalid:
    return SettingsInvalid(Problem("store.server_not_durable", fields={"setting": setting, "value": value}))


def no_schema() -> SettingsInvalid:
    return SettingsInvalid(Problem("store.schema_missing"))


def _named(error: BaseException | None, url: URL) -> OrderloomError | None:
    place = {"host": url.host or url.query.get("host") or "localhost", "port": url.port or 5432}
    who = {"user": url.username or "", "database": url.database or ""}
    if isinstance(error, errors.InsufficientPrivilege):
        return SettingsInvalid(Problem("store.server_forbids", fields=who))
    if isinstance(error, errors.InvalidSchemaName):
        return no_schema()
    if not isinstance(error, psycopg.OperationalError) or error.sqlstate is not None:
        return None
    text = str(error)
    if any(word in text for word in _LOGIN):
        return SettingsInvalid(Problem("store.login_refused", fields={**who, **place}))
    if f'"{url.database}"' in text and any(word in text for word in _NO_DATABASE):
        return SettingsInvalid(Problem("store.database_missing", fields={**who, **place}))
    return StoreUnavailable(Problem("store.server_unreachable", fields=place))
