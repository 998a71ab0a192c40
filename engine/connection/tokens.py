"""Permissions that end: the session or token that a shop gave an app on an open platform."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.order.time import utc_text


def _moment(text: str) -> str:
    """Raises ``PydanticCustomError`` with ``moment`` for what is no time with its offset."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise PydanticCustomError("moment", "write a time with its offset, such as 2026-12-31T16:00:00+08:00")
    return utc_text(read)


Moment = Annotated[str, AfterValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant as people write it, with an offset; kept as UTC text."""


def days_left(expires_at: str | None, now: datetime) -> int | None:
    """Whole days until a permission ends; negative once it has ended, ``None`` where nobody said when. ``now`` is aware.

    >>> days_left("2026-01-24T12:00:00Z", datetime.fromisoformat("2026-01-17T12:00:00Z"))
    7
    """
    return None if expires_at is None else (datetime.fromisoformat(expires_at) - now) // timedelta(days=1)
