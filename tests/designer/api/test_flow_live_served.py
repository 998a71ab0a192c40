"""A flow watched over HTTP in a process of its own, from its first order to an incident that a person closes."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.designer.api.test_serve import Server

pytestmark = pytest.mark.slow
FLOW: dict[str, Any] = {
    "format": 1,
    "name": "watched",
    "nodes": {
        "hook": {"use": "connector.webhook@1", "params": {"key_path": "no"}},
        "good": {"use": "rule.condition@1", "params": {"when": "item.good"}},
    },
    "wires": ["hook -> good"],
    "tests": [{"name": "good ones pass", "trigger": "hook", "input": [{"no": "1", "good": True}],
               "expect": {"good": {"items": [{"no": "1", "good": True}]}}}],
}  # fmt: skip
Counts = dict[str, Any]


class Watcher:
    """Reads the events of ``GET /api/flows/watched/live``, as a browser would."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", int(server.port), timeout=15)
        headers = {"Authorization": f"Bearer {server.key}", "Accept-Encoding": "gzip, br"}
        self._connection.request("GET", "/api/flows/watched/live", headers=headers)
        self.answer = self._connection.getresponse()

    def counts(self) -> Counts:
        """The next event."""
        name = ""
        while line := self.answer.readline().decode():
            if line.startswith("event:"):
                name = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                assert name == "counts"
                return json.loads(line.removeprefix("data:"))
        raise EOFError

    def until(self, holds: Callable[[Counts], bool]) -> Counts:
        """The first counts of which something holds; the connection's timeout ends a wait in vain."""
        for _ in range(10):
            counts = self.counts()
            if holds(counts):
                return counts
        raise AssertionError(counts)

    def rest(self) -> bytes:
        return self.answer.read()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.process.kill()
    server.process.communicate()


@pytest.fixture
def watcher(server: Server) -> Iterator[Watcher]:
    server.ask("PUT", "/api/flows/watched/draft", FLOW)
    server.ask("POST", "/api/flows/watched/publication", {"note": "first"})
    watcher = Watcher(server)
    yield watcher
    watcher.close()


def test_counts_move_and_an_incident_shows_at_its_node_until_a_person_decides(server: Server, watcher: Watcher) -> None:
    first = watcher.counts()
    assert (first["version"], first["nodes"]["good"]["items"], first["runs"]) == (1, 0, {})
    run = server.ask("POST", "/hooks/watched/hook", {"no": "1", "good": True})["event"]
    moved = watcher.until(lambda counts: counts["runs"] == {"done": 1})
    assert moved["nodes"]["hook"] == {"items": 1, "failed": 0, "out": {"out": 1}, "calls": 0, "ms": None, "open": 0}
    assert moved["nodes"]["good"]["out"] == {"yes": 1}
    server.ask("POST", "/hooks/watched/hook", {"no": "2"})
    parked = watcher.until(lambda counts: counts["nodes"]["good"]["open"] == 1)
    assert (parked["nodes"]["good"]["items"], parked["nodes"]["good"]["failed"], parked["runs"]) == (2, 1, {"done": 1, "parked": 1})
    (incident,) = server.ask("GET", "/api/incidents?flow=watched")["items"]
    server.ask("POST", f"/api/incidents/{incident['id']}/resumption", {"action": "skip"})
    resolved = watcher.until(lambda counts: counts["nodes"]["good"]["open"] == 0)
    assert resolved["runs"] == {"done": 2}
    kinds = [[one["kind"] for one in server.ask("GET", f"/api/runs/{number}/timeline")["items"]] for number in (run, incident["run"])]
    assert kinds == [["accepted", "ended"], ["accepted", "parked", "decision", "ended"]]


def test_a_second_editor_learns_of_a_draft(server: Server, watcher: Watcher) -> None:
    held = watcher.counts()["draft"]
    etag = server.ask("PUT", "/api/flows/watched/draft", {**FLOW, "notes": {"n1": {"text": "Mine", "at": "1,1"}}})["etag"]
    assert watcher.until(lambda counts: counts["draft"] != held)["draft"] == etag


def test_events_are_neither_compressed_nor_kept_back(watcher: Watcher) -> None:
    assert watcher.answer.headers.get("Content-Type", "").startswith("text/event-stream")
    assert watcher.answer.headers.get("Content-Encoding") is None
    assert watcher.answer.headers["Cache-Control"] == "no-store"
    assert watcher.counts()["version"] == 1


def test_the_stream_ends_when_the_service_stops(server: Server, watcher: Watcher) -> None:
    watcher.counts()
    assert server.end() == (0, "")
    assert b"error" not in watcher.rest()
