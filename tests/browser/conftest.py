"""The demonstration in a process of its own, and Chromium looking at it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
"""The shell without windows is Chromium all the same, at two thirds of the processor time."""
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip

expect.set_options(timeout=15_000)
"""Milliseconds until something counts as missing: a busy machine is slow, what works comes at once all the same."""


@dataclass(frozen=True, slots=True)
class Demo:
    url: str
    key: str


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    """Orders come at five a second; stopped afterwards as a person would."""
    command = [str(Path(sys.executable).with_name("orderloom")), "demo", "--port", "0", "--rate", "5"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"ready (http://\S+) key=(\S+)\n", line)
        assert found is not None, line
        yield Demo(found[1], found[2])
        process.terminate()
        process.stdout.close()
        assert process.wait(timeout=15) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with the tests of a file: Playwright keeps an event loop running, which no other test could stand."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def reader(browser: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """Signed in, English by the browser's wish."""
    context = browser.new_context(locale="en-US", base_url=demo.url)
    context.request.get(f"/?key={demo.key}")
    yield context
    context.close()


@pytest.fixture
def page(reader: BrowserContext) -> Page:
    return reader.new_page()


@pytest.fixture(scope="module")
def places(browser: Browser, demo: Demo, request: pytest.FixtureRequest) -> dict[str, str]:
    """The addresses of the pages that a module names in ``PAGES``, with something to show on each."""
    from tests.browser.prepared import places_of

    return places_of(browser, demo, request.module.PAGES)


@pytest.fixture
def opened(browser: Browser, demo: Demo) -> Iterator[Callable[[str, str], Page]]:
    """A page of a browser that has been nowhere yet, in a language and a colour scheme."""
    from tests.browser.everywhere import newcomers

    with newcomers(browser, demo) as fresh:
        yield fresh


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about: errors, warnings, breaches of the content security policy."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def held_back(page: Page, address: str) -> list[Route]:
    """The requests for an address wait in this list until the test lets them go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


RUNS_DONE = """async (least) => {
  const answer = await fetch("/api/runs?state=done");
  return answer.ok && (await answer.json()).items.length >= least;
}"""


def wait_until(page: Page, holds: str, arg: object = None, *, seconds: float = 30) -> None:
    """Until a function of the page says so, be it async: Playwright's own ``wait_for_function`` takes any promise for a yes."""
    deadline = monotonic() + seconds
    while not page.evaluate(holds, arg):
        assert monotonic() < deadline, f"does not come to hold: {holds}"
        page.wait_for_timeout(150)


def once_orders_are_done(page: Page, least: int = 10) -> None:
    """Asks the interface, not a page that follows: whether pages follow has tests of its own."""
    page.goto("/nodes")
    wait_until(page, RUNS_DONE, least, seconds=60)
