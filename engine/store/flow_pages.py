"""Flows in pages, by name or those that were changed last first: a cursor names the last one shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.store.pages import MOST
from engine.store.ports import FlowRecord, Page
from engine.store.problems import bad_cursor
from engine.store.times import from_micros, to_micros

_BY_NAME: Final = re.compile(r"([a-z][a-z0-9_]{0,59})", re.ASCII)
_NEWEST: Final = re.compile(r"(\d{1,18})\.([a-z][a-z0-9_]{0,59})", re.ASCII)


def last_named(cursor: str | None) -> str:
    """The name after which a page starts. Raises ``InputInvalid`` (``cursor.invalid``), as the next one does."""
    if cursor is None:
        return ""
    if not _BY_NAME.fullmatch(cursor):
        raise bad_cursor()
    return cursor


def last_changed(cursor: str | None) -> tuple[datetime, str] | None:
    """Where a page of the newest starts: when the last one shown was changed, and its name."""
    if cursor is None:
        return None
    found = _NEWEST.fullmatch(cursor)
    if found is None:
        raise bad_cursor()
    try:
        return from_micros(int(found[1])), found[2]
    except OverflowError:
        raise bad_cursor() from None


def within(limit: int) -> int:
    return max(1, min(limit, MOST))


def flow_page(found: Sequence[FlowRecord], limit: int, *, newest_first: bool) -> Page[FlowRecord]:
    """A page of records that were read to one beyond ``limit``."""
    shown = found[:limit]
    if len(found) <= limit:
        return Page(shown, None)
    last = shown[-1]
    return Page(shown, f"{to_micros(last.updated_at)}.{last.name}" if newest_first else last.name)
