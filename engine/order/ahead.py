"""Times from the future: what one stands for that was written in one zone and read in another. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

AHEAD: Final = timedelta(minutes=10)
"""Clocks differ: a time that lies so much after its arrival is no mistake yet."""
_ZONES: Final = timedelta(minutes=30)
"""Zones differ by whole half hours."""
_LESS: Final = timedelta(seconds=1)
"""What is told with its right time a moment later has to be newer."""


def stands_for(at: datetime, arrived: datetime) -> datetime:
    """A time that lies after its arrival, less as many half hours as bring it there or before."""
    return at + (at - arrived) // -_ZONES * _ZONES


def version_for(at: datetime, arrived: datetime) -> datetime:
    """The version of an order that is dated after its arrival: a second before what its time stands for, so that the very same state with
    its right time is newer, and so is whatever changes after it arrived.
    """
    return stands_for(at, arrived) - _LESS
