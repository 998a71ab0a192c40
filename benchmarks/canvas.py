"""Frames of the canvas with 500 nodes: while panning, and while dragging a box, at working zoom.

    python benchmarks/canvas.py [--nodes 500]

Starts the service on a folder of its own, draws the flow through the API, and drives headless Chromium. Prints the median and the
95th percentile of the time between two frames, in milliseconds; a screen that shows 60 frames a second needs 16.7.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLOW = "large"
ACROSS = 25
RECORD = """() => {
  window.frames_ = [];
  let last = null;
  window.recording_ = true;
  const next = (now) => {
    if (last !== null) window.frames_.push(now - last);
    last = now;
    if (window.recording_) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""

EMPTY = """(x) => {
  for (let y = 200; y < 700; y += 3)
    if (document.elementFromPoint(x, y).matches(".react-flow__pane, .react-flow__background *")) return [x, y];
  throw new Error("no empty place");
}"""
MIDDLE = """() => {
  const far = (box) => Math.abs(box.x - 700) + Math.abs(box.y - 450);
  const boxes = [...document.querySelectorAll(".react-flow__node")].map((node) => node.getBoundingClientRect());
  const { x, y } = boxes.sort((one, other) => far(one) - far(other))[0];
  return [x + 90, y + 20];
}"""
"""Where to take hold of the box nearest to the middle."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Frames of the canvas.")
    parser.add_argument("--nodes", type=int, default=500)
    nodes = parser.parse_args().nodes
    with served() as (url, key), sync_playwright() as playwright:
        put(url, key, document(nodes))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/?key={key}")
        page.goto(f"{url}/flows/{FLOW}/canvas")
        page.wait_for_selector(".react-flow__node")
        page.locator(".zoom-now").click()
        page.wait_for_timeout(3000)
        for name, work in (("panning", pan), ("dragging a box", drag)):
            print(report(name, nodes, record(page, work)))
        browser.close()
    return 0


def record(page: Page, work: Any) -> list[float]:
    page.evaluate(RECORD)
    work(page)
    page.evaluate("window.recording_ = false")
    return page.evaluate("window.frames_")


def pan(page: Page) -> None:
    """Two thousand pixels there and back, by the empty board."""
    for direction in (-1, 1):
        for _ in range(4):
            x, y = page.evaluate(EMPTY, 760 - direction * 250)
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + direction * 500, y - 60, steps=45)
            page.mouse.up()


def drag(page: Page) -> None:
    """A box in the middle, with its wires, in circles."""
    x, y = page.evaluate(MIDDLE)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(160):
        page.mouse.move(x + (step % 40) * 6, y + (step % 25) * 5)
    page.mouse.up()


def report(name: str, nodes: int, frames: Sequence[float]) -> str:
    ordered = sorted(frames)
    median, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"{name}, {nodes} nodes: median {median:.1f} ms, 95 % ≤ {high:.1f} ms, longest {ordered[-1]:.1f} ms ({len(frames)} frames)"


def document(nodes: int) -> dict[str, Any]:
    """Conditions in rows; each leads to its neighbour, every fourth to the one below as well."""
    known = {f"n{n}": {"use": "rule.condition@1", "params": {"when": f"item.qty > {n}"}} for n in range(nodes)}
    wires = ["start -> n0"]
    for n in range(1, nodes):
        wires += [f"n{n - 1}.yes -> n{n}"] if n % ACROSS else [f"n{n - ACROSS}.no -> n{n}"]
        if n > ACROSS and n % 4 == 0 and n % ACROSS:
            wires.append(f"n{n - ACROSS}.no -> n{n}")
    layout = {f"n{n}": f"{n % ACROSS + 2},{n // ACROSS * 1.2 + 1:.1f}".replace(".0", "") for n in range(nodes)}
    return {
        "format": 1,
        "name": FLOW,
        "nodes": {"start": {"use": "connector.manual@1"}, **known},
        "wires": wires,
        "layout": {"start": "1,1", **layout},
        "tests": [],
    }


def put(url: str, key: str, flow: dict[str, Any]) -> None:
    request = urllib.request.Request(f"{url}/api/flows/{FLOW}/draft", json.dumps(flow).encode(), method="PUT")
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        problems = json.load(answer)["problems"]
        if problems:
            raise SystemExit(f"the flow of this benchmark has problems: {problems[:3]}")


@contextmanager
def served() -> Generator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("orderloom")), "serve", "--port", "0", "--data", folder]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERLOOM_")}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
            assert process.stdout is not None
            found = re.fullmatch(r"ready (http://\S+) key=(\S+)\n", process.stdout.readline())
            if found is None:
                raise SystemExit("the service did not start")
            try:
                yield found[1], found[2]
            finally:
                process.terminate()


if __name__ == "__main__":
    sys.exit(main())
