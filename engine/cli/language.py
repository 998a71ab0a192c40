"""In which language the command line speaks: ``--lang``, then ``ORDERLOOM_LANGUAGE``, then the locale of the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from engine.catalogue import LANGUAGES, text

OPTION = "--lang"
_current: ContextVar[str] = ContextVar("language", default="en")


def choose(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language asked for; English where none that we speak is."""
    for wish in (_option(arguments), environ.get("ORDERLOOM_LANGUAGE"), *(environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if wish:
            language = wish.lower().replace("-", "_").partition("_")[0].partition(".")[0]
            return language if language in LANGUAGES else "en"
    return "en"


def speak(language: str) -> None:
    """Set the language of this run of the program."""
    _current.set(language)


def current() -> str:
    return _current.get()


def say(key: str, /, **fields: Any) -> str:
    """A sentence in the current language."""
    return text(key, current(), **fields)


def counted(number: int, one: str, many: str, **fields: object) -> str:
    """A number with its noun, both keys of the catalogue with ``{count}``: ``1 flow``, ``2 flows``."""
    return say(one if number == 1 else many, count=number, **fields)


def _option(arguments: Sequence[str]) -> str | None:
    for number, argument in enumerate(arguments):
        if argument == "--":
            return None
        if argument == OPTION:
            return next(iter(arguments[number + 1 :]), None)
        if argument.startswith(OPTION + "="):
            return argument.removeprefix(OPTION + "=")
    return None
