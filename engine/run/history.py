"""What happened in a run, as its journal tells it: when, where, by whom. Pure; holds no body of a request or an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from engine.errors import Problem
from engine.json_text import read_kept
from engine.store.ports import Event, Fact, Incident, Run

Kind = Literal[
    "accepted",
    "call",
    "mail",
    "hub",
    "reconciled",
    "ruled",
    "desk",
    "failed",
    "announced",
    "composed",
    "parked",
    "decision",
    "cancelled",
    "stopped",
    "ended",
    "waited",
    "later",
    "sub_flow",
    "overdue",
    "versions",
    "share",
    "moved",
    "other",
]
_RANK: Final[Mapping[Kind, int]] = {"accepted": 0, "parked": 2, "decision": 3, "cancelled": 3, "stopped": 3, "ended": 4}
"""Of things that happened in the same instant; whatever is not named comes after ``accepted``."""
_PLAIN: Final[Mapping[str, Kind]] = {"cancellation": "cancelled", "overdue": "overdue", "versions": "versions"}
_BY_ANSWER: Final[Mapping[str, Kind]] = {"items": "sub_flow", "desk": "desk", "counts": "reconciled"}
_ENDED: Final = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Happening:
    """``detail`` depends on ``kind``: the outcome of the hub, the action decided on, the state of an end, the reason
    of a stop, the number of items that a call is put together from, the version of the rules that applied or that a run was moved to,
    percent and version of a share, the name of another fact.

    ``ms`` is the duration of the last attempt of a call, where it was recorded; ``conflict``: the event's key was known with
    other content.
    """

    at: datetime
    kind: Kind
    step: str | None = None
    item_key: str | None = None
    actor: str | None = None
    detail: str = ""
    status: int | None = None
    attempts: int = 1
    ms: float | None = None
    problem: Problem | None = None
    conflict: bool = False


def history(event: Event, run: Run, facts: Sequence[Fact], incidents: Iterable[Incident]) -> list[Happening]:
    """Oldest first. ``facts`` may be missing, where the data of the event were erased."""
    found = [
        Happening(event.received_at, "accepted", event.trigger, actor=event.actor, conflict=event.conflict),
        *_from_facts(facts),
        *(_parked(incident) for incident in incidents),
    ]
    if run.ended_at is not None and run.state in _ENDED:
        ended_at = run.ended_at
        found = [replace(one, at=min(one.at, ended_at)) if one.kind == "stopped" else one for one in found]  # kept with the end
        found.append(Happening(ended_at, "ended", detail=run.state))
    return sorted(found, key=lambda one: (one.at, _RANK.get(one.kind, 1)))


def _from_facts(facts: Sequence[Fact]) -> Iterator[Happening]:
    bodies = [(fact, read_kept(fact.body)) for fact in facts]
    answered = {entry["id"] for fact, body in bodies if fact.kind == "results" for entry in body["results"]}
    for fact, body in bodies:
        if fact.kind == "results":
            yield from (_result(fact, entry) for entry in body["results"])
            yield from (_later(fact, entry) for entry in body.get("backoffs", ()))
            if "ending" in body:
                ending = body["ending"]
                yield Happening(fact.at, "stopped", ending["step"], ending["key"], fact.actor, ending["reason"])
        elif fact.kind == "intention":
            if body["id"] not in answered:
                yield Happening(fact.at, "announced", body["step"], body["key"], fact.actor)
        elif fact.kind == "composition":
            yield Happening(fact.at, "composed", body["step"], body["key"], fact.actor, str(len(body["items"])))
        elif fact.kind == "resumption":
            yield Happening(fact.at, "decision", body["step"], body["key"], fact.actor, body["action"])
        elif fact.kind in ("mending", "mapping"):
            how = "mapping" if fact.kind == "mapping" else "mend_anew" if body["attempt"] else "mend"
            yield Happening(fact.at, "decision", body["step"], body["key"], fact.actor, how)
        else:
            yield _plain(fact, body)


def _plain(fact: Fact, body: Mapping[str, Any]) -> Happening:
    """One that happened to the run as a whole."""
    if fact.kind == "move":
        return Happening(fact.at, "moved", actor=fact.actor, detail=str(body["to"]))
    if fact.kind == "share":
        return Happening(fact.at, "share", actor=fact.actor, detail=f"{body['percent']}/{body['version']}")
    if fact.kind in _PLAIN:
        return Happening(fact.at, _PLAIN[fact.kind], actor=fact.actor)
    return Happening(fact.at, "other", actor=fact.actor, detail=fact.kind)


def _result(fact: Fact, entry: Mapping[str, Any]) -> Happening:
    """Entries of older facts have no time of their own: theirs is that of the fact."""
    at = datetime.fromisoformat(entry["at"]) if "at" in entry else fact.at
    ms = float(entry["ms"]) if "ms" in entry else None
    kind, detail, status, problem = _outcome(entry)
    return Happening(at, kind, entry["step"], entry["key"], fact.actor, detail, status, entry.get("attempts", 1), ms, problem)


def _later(fact: Fact, entry: Mapping[str, Any]) -> Happening:
    return Happening(fact.at, "later", entry["step"], entry["key"], fact.actor, entry["next_at"], attempts=int(entry["attempt"]) - 1)


def _outcome(entry: Mapping[str, Any]) -> tuple[Kind, str, int | None, Problem | None]:
    if "failed" in entry:
        failed = entry["failed"]
        return "failed", "", failed["fields"].get("status"), Problem(failed["code"], tuple(failed["where"]), failed["fields"])
    answer = entry["ok"]
    if isinstance(answer, str):
        return "hub", answer, None, None
    if "rules" in answer:
        return "ruled", str(answer["rules"]), None, None
    for mark, kind in _BY_ANSWER.items():
        if mark in answer:
            return kind, "", None, None
    if "how" in answer:
        return "waited", answer["how"], None, None
    return ("call", "", answer["status"], None) if "status" in answer else ("mail", "", None, None)


def _parked(incident: Incident) -> Happening:
    problem = Problem(incident.code, incident.where, incident.fields)
    return Happening(incident.at, "parked", incident.step, incident.item_key, problem=problem)
