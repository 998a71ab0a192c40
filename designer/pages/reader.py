"""Who reads a page: language, colour scheme and clock, from cookies and from what the browser says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote

from designer.pages.clock import UTC_CLOCK, ZONE_COOKIE, Clock, clock_of
from designer.problems import LANGUAGE_COOKIE, Connection, language_of

Theme = Literal["auto", "light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")
THEME_COOKIE: Final = "theme"

__all__ = ["LANGUAGE_COOKIE", "THEMES", "THEME_COOKIE", "Reader", "Theme", "reader_of"]


@dataclass(frozen=True, slots=True)
class Reader:
    """``language`` is one of the catalogue's languages; ``auto`` leaves the colours to the system."""

    language: str
    theme: Theme
    clock: Clock = UTC_CLOCK


def reader_of(connection: Connection, default_language: str = "en") -> Reader:
    """A cookie wins over the browser's wishes, these over the default."""
    theme = connection.cookies.get(THEME_COOKIE)
    clock = clock_of(unquote(connection.cookies.get(ZONE_COOKIE, "")))
    return Reader(language_of(connection, default_language), theme if theme in THEMES else "auto", clock)
