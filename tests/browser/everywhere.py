"""A page in a language, a colour scheme and at three widths: nothing breaks, nothing sticks out, everybody can read it.

At length each is seen in all looks. With ``ORDERLOOM_SCREENSHOTS`` set to a folder, a picture of each is left there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from designer.pages.reader import LANGUAGE_COOKIE, THEME_COOKIE
from tests.browser import proofs
from tests.browser.conftest import Demo

WIDTHS = (1440, 1024, 390)
LONG = os.environ.get("PROOFS_LONG") == "1"
LOOKS = tuple(product(("zh", "en"), ("light", "dark")))
TURNS = ((("zh", "light"), ("en", "dark")), (("zh", "dark"),), (("zh", "light"),), (("zh", "dark"), ("en", "light")))
"""Which looks pages take in turn, where not all are taken: Chinese each time, either scheme, English half the time. What one language or
scheme breaks, it mostly breaks in both of the other."""
LIGHT, HEAVY = 60_000, 250_000  # bytes of a first load: a page, the canvas
LOST = re.compile(r"Failed to load resource: .* 404")
Opened = Callable[[str, str], Page]
"""``opened(language, scheme)`` gives a page of a browser that has been nowhere yet."""


def cases(pages: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Name, language, scheme."""
    return [(name, *look) for number, name in enumerate(pages) for look in (LOOKS if LONG else TURNS[number % len(TURNS)])]


@contextmanager
def newcomers(browser: Browser, demo: Demo) -> Iterator[Opened]:
    contexts: list[BrowserContext] = []

    def fresh(language: str, scheme: str) -> Page:
        context = browser.new_context(base_url=demo.url, viewport={"width": WIDTHS[0], "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        context.request.get(f"/?key={demo.key}")
        context.add_cookies(
            [{"name": name, "value": value, "url": demo.url} for name, value in ((LANGUAGE_COOKIE, language), (THEME_COOKIE, scheme))]
        )
        context.add_init_script(proofs.TELL_BREACHES)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()


def must_hold(page: Page, name: str, path: str, language: str, scheme: str) -> None:
    """Fails with all complaints about a page."""
    complaints = examined(page, name, path, language, scheme)
    if complaints:
        told = (f"{page.url}, {about}: {one}" for about, found in complaints.items() for one in found)
        pytest.fail("\n".join(told), pytrace=False)


def examined(page: Page, name: str, path: str, language: str, scheme: str = "light") -> dict[str, list[str]]:
    """All complaints about a page, by what they are about. axe-core comes last: it sets styles that the policy forbids."""
    canvas = name.startswith("canvas")
    said = _listened(page)
    page.goto(path)
    if canvas:
        expect(page.locator(".react-flow__node").first).to_be_visible(timeout=20_000)
    complaints = {"words": proofs.untranslated(page, language)}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"overflow at {width}"] = proofs.overflow(page)
        _pictured(page, f"{name}-{language}-{scheme}-{width}", whole=not canvas)
    complaints["weight"] = proofs.too_heavy(page, HEAVY if canvas else LIGHT)
    complaints["console"] = [text for text in said if not (name == "lost" and LOST.match(text))]
    for width in _examined_widths(scheme):
        page.set_viewport_size({"width": width, "height": 900})
        complaints[f"barriers at {width}"] = proofs.barriers(page)
    return {about: found for about, found in complaints.items() if found}


def _examined_widths(scheme: str) -> tuple[int, ...]:
    """Where axe-core looks, as it takes longer than all else: in each look at the widest, in dark ones at the narrowest too."""
    return (WIDTHS[0], WIDTHS[-1]) if scheme == "dark" else WIDTHS[:1]


def _listened(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def _pictured(page: Page, name: str, *, whole: bool) -> None:
    if folder := os.environ.get("ORDERLOOM_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
