"""The newest id of a store."""

from __future__ import annotations

from engine.store.connection import Connection

_NUMBERED = ("event", "incident", "wait", "notice", "hub_version", "alarm", "alarm_message", "sku_match", "form_change", "traffic")
_IDS = " UNION ALL ".join(f"SELECT max(id) AS id FROM {table}" for table in _NUMBERED)  # noqa: S608
_NEWEST = f"SELECT coalesce(max(id), 0) FROM ({_IDS}) AS newest"  # noqa: S608 - our own words


def newest_id(connection: Connection) -> int:
    """Of all tables that have ids of one sequence; 0 where there is none."""
    return connection.execute(_NEWEST).fetchall()[0][0]
