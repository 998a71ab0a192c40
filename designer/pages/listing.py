"""What lists share: filters and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.pages.environment import href
from engine.store.ports import Page

PER_PAGE = 50


def chosen(value: str | None) -> str | None:
    """A filter's value; an empty field of a form means none."""
    return value.strip()[:200] or None if value else None


def known(value: str | None, words: Mapping[str, str]) -> str | None:
    """A filter's value if it is one of ``words``."""
    return value if value in words else None


def links(path: str, found: Page[Any], cursor: str | None, filters: Mapping[str, str | None]) -> dict[str, str | None]:
    """``older`` and ``newest``: addresses of other pages of a list, ``None`` where there is none."""
    return {
        "older": href(path, **filters, cursor=found.next) if found.next else None,
        "newest": href(path, **filters) if cursor else None,
    }
