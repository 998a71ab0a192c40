"""Times as people write them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.errors import InputInvalid, NodeError, Problem
from engine.order.time import instant


def moment(text: str | None, zone: str, option: str) -> datetime | None:
    """A time in UTC. A date is its first moment, and what names no offset is in ``zone``.

    Raises ``InputInvalid`` (``time.invalid``, ``time.unknown_zone``).
    """
    if text is None:
        return None
    try:
        found = instant(text, zone, path=option)
    except NodeError as error:
        raise InputInvalid(Problem(error.problem.code, (option,), error.problem.fields)) from None
    if found is None and text.strip().startswith("1970-01-01"):  # no time where a platform sends it, but one where a person writes it
        return datetime(1970, 1, 1, tzinfo=UTC)
    if found is None:
        raise InputInvalid(Problem("time.invalid", (option,), {"path": option}))
    return found
