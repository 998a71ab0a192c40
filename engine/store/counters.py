"""Numbers that every writer keeps up to date, so that nobody counts millions of rows."""

from __future__ import annotations

from collections.abc import Mapping

from engine.store.connection import Connection
from engine.store.rows import insert

CHANGE_MARK = "change_mark"
AUDIT = "audit"
RUNS = "runs/"
ORDERS = "orders/"


def runs_of(flow: str) -> str:
    return RUNS + flow


def orders_of(channel: str) -> str:
    return ORDERS + channel


def add_to_counters(connection: Connection, numbers: Mapping[str, int]) -> None:
    insert(
        connection,
        "INSERT INTO counter (name, number) VALUES",
        "(?,?)",
        list(numbers.items()),
        "ON CONFLICT (name) DO UPDATE SET number = counter.number + excluded.number",
    )
