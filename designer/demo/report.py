"""Where the orders of a demonstration ended, as a table for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.table import Table

from designer.demo.run import Outcome
from engine.cli.language import say

ROWS: Final[tuple[tuple[str, Callable[[Outcome], int]], ...]] = (
    ("Orders placed", lambda one: one.placed),
    ("Pushed twice", lambda one: one.doubled),
    ("Orders in the hub", lambda one: one.arrivals.orders),
    ("Orders in the WMS", lambda one: one.arrivals.wms),
    ("Orders in finance", lambda one: one.arrivals.finance),
    ("Held on purpose", lambda one: one.arrivals.held),
    ("Parked for a person", lambda one: one.arrivals.parked),
    ("Told to the team", lambda one: one.told),
    ("Missing", lambda one: one.arrivals.missing),
)


def report(outcome: Outcome) -> None:
    """Prints to standard output, in the reader's language."""
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in ROWS:
        table.add_row(say(name), str(number(outcome)))
    Console().print(table)
