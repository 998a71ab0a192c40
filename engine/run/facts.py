"""Reads a run's journal: what was done, what was intended, what people decided (the facts that a recompute applies)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Protocol

import msgspec

from engine.json_text import read_kept, write_json
from engine.node.terms import Terms, read_terms
from engine.run.composition import Composition, read_composition

DECISIONS_FROM: Final = 1_000_000
"""Facts that people add are numbered from the next million on: a run at work, which counts on from what it read, never meets them."""
Spot = tuple[str, str]
"""A node slug and an item key."""
Seat = tuple[str, str]
"""The wire by which an item came, as ``slug.port``, and the key under which it came."""


class Entry(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How a node ended the run ahead of its end. ``steps`` had worked by then: which those were was chance, so it is a fact."""

    step: str
    key: str
    state: Literal["done", "failed"]
    reason: str
    steps: frozenset[str]


def decision_number(facts: Iterable[Entry]) -> int:
    """The next number that is free for what a run is told from outside."""
    last = max((fact.number for fact in facts), default=0)
    return (last // DECISIONS_FROM + 1) * DECISIONS_FROM


class Recorded(msgspec.Struct):
    """``results`` by effect id; ``intentions`` without a result; ``generations`` and ``skips`` by (slug, item key).

    ``backoffs`` by effect id: calls that failed for now, with the attempts made and the time of the next one; ``rests``: how often each
    has rested so far, which goes on counting whatever a person decides, for each rest is a wait of its own. ``versions``: which one the
    run takes of a flow that it calls by the newest.
    ``compositions`` by slug: what calls for all items of a step were put together from.
    ``patches`` by (slug, item key) and ``params`` by slug: how people mended an item as it reaches a step, or the step's parameters.

    ``seats`` by node slug: under which keys items that came by a wire worked while others were still missing; ``new_seats`` those that
    the journal does not hold yet. ``terms``: how what arrived is read, and what nodes
    fetch of the same form.
    """

    results: dict[str, dict[str, Any]] = {}
    intentions: dict[str, dict[str, Any]] = {}
    backoffs: dict[str, dict[str, Any]] = {}
    rests: dict[str, int] = {}
    compositions: dict[str, Composition] = {}
    generations: dict[Spot, int] = {}
    skips: set[Spot] = set()
    patches: dict[Spot, list[Any]] = {}
    params: dict[str, list[Any]] = {}
    superseded: set[str] = set()
    seats: dict[str, dict[Seat, str]] = {}
    new_seats: dict[str, dict[Seat, str]] = {}
    versions: dict[str, int] = {}
    terms: Terms | None = None
    cancelled: bool = False
    ending: Ending | None = None
    last: int = 0


def read_facts(facts: Iterable[Entry]) -> Recorded:
    """Apply the facts in their order."""
    recorded = Recorded()
    for fact in facts:
        recorded.last = max(recorded.last, fact.number)
        body = read_kept(fact.body)
        if fact.kind == "results":
            for entry in body["results"]:
                recorded.results[entry["id"]] = entry
                recorded.intentions.pop(entry["id"], None)
                recorded.backoffs.pop(entry["id"], None)
            for entry in body.get("backoffs", ()):
                recorded.backoffs[entry["id"]] = entry
                recorded.rests[entry["id"]] = int(entry["rest"])
                recorded.intentions.pop(entry["id"], None)  # that attempt is known not to have happened
            if "ending" in body:
                recorded.ending = _ending(body["ending"])
            for slug, rows in body.get("seats", {}).items():
                recorded.seats.setdefault(slug, {}).update({(wire, key): own for wire, key, own in rows})
        elif fact.kind == "intention":
            recorded.intentions[body["id"]] = body
        elif fact.kind == "resumption":
            _resume(recorded, (body["step"], body["key"]), body["action"], body.get("called"))
        elif fact.kind in _READ:
            _READ[fact.kind](recorded, body)
        elif fact.kind == "versions":
            recorded.versions |= body["versions"]
        elif fact.kind == "cancellation":
            recorded.cancelled = True
    return recorded


def _ending(body: dict[str, Any]) -> Ending:
    return Ending(body["step"], body["key"], body["state"], body["reason"], frozenset(body["steps"]))


def _resume(recorded: Recorded, spot: Spot, action: str, called: str | None = None) -> None:
    """``called``: the key under which a batch calls for all of its items; what is decided on one of them is decided on that call."""
    if action == "skip":
        recorded.skips.add(spot)
        recorded.superseded.update(_ids_at(recorded, spot))
        if called is not None and tried(recorded, (spot[0], called)):
            _resume(recorded, (spot[0], called), "anew")  # a call for fewer items is another call
        return
    if called is not None:
        spot = (spot[0], called)
    if action == "anew":
        recorded.generations[spot] = recorded.generations.get(spot, 0) + 1
        recorded.superseded.update(_ids_at(recorded, spot))
        recorded.compositions.pop(spot[0], None)
        _forget_intentions(recorded, spot)
    elif action == "sent":
        for entry in [e for e in recorded.intentions.values() if (e["step"], e["key"]) == spot]:
            recorded.results[entry["id"]] = {**entry, "ok": {"status": 200, "headers": {}, "body": None, "by": "person"}}
            del recorded.intentions[entry["id"]]
    else:
        for identity in _ids_at(recorded, spot):
            if "failed" in recorded.results[identity]:
                del recorded.results[identity]
                recorded.rests[identity] = recorded.rests.get(identity, 0) + 1
        for identity in [one for one, entry in recorded.backoffs.items() if (entry["step"], entry["key"]) == spot]:
            del recorded.backoffs[identity]
        _forget_intentions(recorded, spot)


def _mend(recorded: Recorded, body: dict[str, Any]) -> None:
    """After an attempt the mended item gets a new generation (rule R2): ``called`` is the key under which its step calls."""
    step = body["step"]
    if body["item"]:
        recorded.patches.setdefault((step, body["key"]), []).extend(body["item"])
    if body["parameters"]:
        recorded.params.setdefault(step, []).extend(body["parameters"])
    _resume(recorded, (step, body["called"]), "anew" if body["attempt"] else "again")


def _map(recorded: Recorded, body: dict[str, Any]) -> None:
    recorded.terms = read_terms(body["terms"])
    _resume(recorded, (body["step"], body["key"]), "again")


def _composed(recorded: Recorded, body: dict[str, Any]) -> None:
    read_composition(recorded.compositions, body)


_READ = {"mending": _mend, "mapping": _map, "composition": _composed}


def _ids_at(recorded: Recorded, spot: Spot) -> list[str]:
    return [identity for identity, entry in recorded.results.items() if (entry["step"], entry["key"]) == spot]


def _forget_intentions(recorded: Recorded, spot: Spot) -> None:
    for identity in [i for i, entry in recorded.intentions.items() if (entry["step"], entry["key"]) == spot]:
        del recorded.intentions[identity]


def tried(recorded: Recorded, spot: Spot) -> bool:
    """Whether a call was made there, or may have been, since the last new generation."""
    current = [entry for identity, entry in recorded.results.items() if identity not in recorded.superseded]
    entries = [*current, *recorded.intentions.values(), *recorded.backoffs.values()]
    return spot[0] in recorded.compositions or any((entry["step"], entry["key"]) == spot for entry in entries)


def results_body(
    results: list[dict[str, Any]],
    backoffs: list[dict[str, Any]] | None = None,
    ending: Ending | None = None,
    seats: Mapping[str, Mapping[Seat, str]] | None = None,
) -> bytes:
    body: dict[str, Any] = {"results": results}
    if backoffs:
        body["backoffs"] = backoffs
    if ending is not None:
        body["ending"] = {**asdict(ending), "steps": sorted(ending.steps)}
    if seats:
        body["seats"] = {slug: [[*seat, own] for seat, own in rows.items()] for slug, rows in seats.items()}
    return write_json(body)
