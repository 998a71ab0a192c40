"""Whether a run may go on in another version: only if that asks for every recorded effect, by id and digest (rule R12). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.run.facts import Recorded
from engine.run.past import Asking
from engine.store.ports import Wait


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An effect that the run recorded, or still waits for, and that the other version does not ask for (``missing``), or otherwise."""

    step: str
    item: str
    effect: str
    how: Literal["missing", "other"]


def unmatched(recorded: Recorded, waits: Iterable[Wait], asked: Iterable[Asking]) -> list[Unmatched]:
    """In the order in which they were recorded. What people left out or sent anew does not count any more."""
    digests = {one.id: one.digest for one in asked}
    found: dict[str, Unmatched] = {}
    for entry in _entries(recorded, waits):
        identity = str(entry["id"])
        how = "missing" if identity not in digests else "other" if entry.get("digest", digests[identity]) != digests[identity] else None
        if how is not None:
            found.setdefault(identity, Unmatched(entry["step"], entry["key"], identity, how))
    return list(found.values())


def _entries(recorded: Recorded, waits: Iterable[Wait]) -> Iterator[Mapping[str, Any]]:
    yield from (entry for identity, entry in recorded.results.items() if identity not in recorded.superseded)
    yield from recorded.intentions.values()
    yield from recorded.backoffs.values()
    for step, composed in recorded.compositions.items():  # such a call may have been sent although nothing more is known of it
        yield from (
            {"id": identity, "digest": digest, "step": step, "key": composed.items[0]} for identity, digest in composed.calls.items()
        )
    for wait in waits:  # a rest between two attempts has a number of its own behind the effect's id
        if wait.kind == "deadline":  # the run's own: no effect asks for it
            continue
        yield {"id": wait.effect.partition("/")[0], "digest": wait.digest, "step": wait.step, "key": wait.item_key}
