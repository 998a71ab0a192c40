"""Reads a run's journal: what was done, what was intended, what people decided (the facts that a recompute applies)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.json_text import read_json, write_json

Spot = tuple[str, str]
"""A node slug and an item key."""


class Entry(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...


@dataclass(slots=True)
class Recorded:
    """``results`` by effect id; ``intentions`` without a result; ``generations`` and ``skips`` by (slug, item key).

    ``backoffs`` by effect id: calls that failed for now, with the attempts made and the time of the next one; ``rests``: how often each
    has rested so far, which goes on counting whatever a person decides, for each rest is a wait of its own.
    """

    results: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    intentions: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    backoffs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    rests: dict[str, int] = field(default_factory=dict[str, int])
    generations: dict[Spot, int] = field(default_factory=dict[Spot, int])
    skips: set[Spot] = field(default_factory=set[Spot])
    superseded: set[str] = field(default_factory=set[str])
    cancelled: bool = False
    last: int = 0


def read_facts(facts: Iterable[Entry]) -> Recorded:
    """Apply the facts in their order."""
    recorded = Recorded()
    for fact in facts:
        recorded.last = max(recorded.last, fact.number)
        body = read_json(fact.body)
        if fact.kind == "results":
            for entry in body["results"]:
                recorded.results[entry["id"]] = entry
                recorded.intentions.pop(entry["id"], None)
                recorded.backoffs.pop(entry["id"], None)
            for entry in body.get("backoffs", ()):
                recorded.backoffs[entry["id"]] = entry
                recorded.rests[entry["id"]] = int(entry["rest"])
                recorded.intentions.pop(entry["id"], None)  # that attempt is known not to have happened
        elif fact.kind == "intention":
            recorded.intentions[body["id"]] = body
        elif fact.kind == "resumption":
            _resume(recorded, body)
        elif fact.kind == "cancellation":
            recorded.cancelled = True
    return recorded


def _resume(recorded: Recorded, body: dict[str, Any]) -> None:
    spot = (body["step"], body["key"])
    action = body["action"]
    if action == "skip":
        recorded.skips.add(spot)
        recorded.superseded.update(_ids_at(recorded, spot))
    elif action == "anew":
        recorded.generations[spot] = recorded.generations.get(spot, 0) + 1
        recorded.superseded.update(_ids_at(recorded, spot))
        _forget_intentions(recorded, spot)
    elif action == "sent":
        for entry in [e for e in recorded.intentions.values() if (e["step"], e["key"]) == spot]:
            recorded.results[entry["id"]] = {**entry, "ok": {"status": 200, "headers": {}, "body": None, "by": "person"}}
            del recorded.intentions[entry["id"]]
    else:
        for identity in _ids_at(recorded, spot):
            if "failed" in recorded.results[identity]:
                del recorded.results[identity]
        for identity in [one for one, entry in recorded.backoffs.items() if (entry["step"], entry["key"]) == spot]:
            del recorded.backoffs[identity]
        _forget_intentions(recorded, spot)


def _ids_at(recorded: Recorded, spot: Spot) -> list[str]:
    return [identity for identity, entry in recorded.results.items() if (entry["step"], entry["key"]) == spot]


def _forget_intentions(recorded: Recorded, spot: Spot) -> None:
    for identity in [i for i, entry in recorded.intentions.items() if (entry["step"], entry["key"]) == spot]:
        del recorded.intentions[identity]


def results_body(results: list[dict[str, Any]], backoffs: list[dict[str, Any]] | None = None) -> bytes:
    return write_json({"results": results, "backoffs": backoffs} if backoffs else {"results": results})
