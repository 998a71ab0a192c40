"""Sub-orders that the platform wants to be sent together (``bind_oids``). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.sdk import Source


def bound_lines(lines: Sequence[Source]) -> Mapping[str, str]:
    """By the number of each sub-order that is bound to another one of its trade: the number of the first of them.

    ``bind_oids`` holds numbers with commas between, ``bind_oid`` one; it is enough that one of two names the other.
    """
    named = {number: _named(line) for line in lines if (number := line.identifier("oid_str", "oid"))}
    groups: list[set[str]] = []
    for number, others in named.items():
        group = {number, *(one for one in others if one in named)}
        touching = [one for one in groups if one & group]
        groups = [*(one for one in groups if not one & group), group.union(*touching)]
    return {number: first for group in groups if len(group) > 1 for first in [_first(named, group)] for number in group}


def _named(line: Source) -> set[str]:
    texts = (line.text("bind_oids") or "", line.identifier("bind_oid") or "")
    return {part.strip() for text in texts for part in text.split(",") if part.strip()}


def _first(named: Iterable[str], group: set[str]) -> str:
    return next(number for number in named if number in group)
