"""Sources that take each other's messages: a system that shares them out among all who listen tells each of them a part. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from engine.errors import Problem

Name = tuple[str, str]
"""Flow and trigger."""


def rivals(audiences: Mapping[Name, Collection[str]]) -> dict[Name, Problem]:
    """``audiences``: by source, those of its connections. Of each that shares one with others, who the first of them is."""
    heard: dict[str, list[Name]] = defaultdict(list)
    for name, of_one in audiences.items():
        for audience in of_one:
            heard[audience].append(name)
    found = {name: sorted({other for one in of_one for other in heard[one]} - {name}) for name, of_one in audiences.items()}
    return {name: _shared(others) for name, others in found.items() if others}


def _shared(others: Sequence[Name]) -> Problem:
    flow, trigger = others[0]
    return Problem("source.shared_messages", (), {"flow": flow, "trigger": trigger, "count": len(others)})
