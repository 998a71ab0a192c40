"""What a replay found, over all orders: which fields change in how many of them, and which orders the other version cannot work off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from engine.run.changes import Change, Kind
from engine.run.made import What

MOST: Final = 500
"""Groups that are kept; more are counted with the orders only."""
_NUMBER: Final = re.compile(r"\[[0-9]+\]")


class GroupKey(NamedTuple):
    """A kind of change, whatever the item or the place in a list: ``field`` is such as ``body.lines[].sku_code``."""

    step: str
    what: What
    detail: str
    field: str
    kind: Kind


@dataclass(slots=True)
class ChangeGroup:
    """``orders``: in how many of them; ``example``: the change of the first one, ``order_key``."""

    key: GroupKey
    order_key: str
    example: Change
    orders: int = 0


class Failure(NamedTuple):
    """A node that parks an order. ``new``: the recorded run did not."""

    step: str
    code: str
    new: bool


@dataclass(slots=True)
class Summary:
    """``failures``: in how many orders."""

    groups: dict[GroupKey, ChangeGroup] = field(default_factory=dict[GroupKey, ChangeGroup])
    failures: Counter[Failure] = field(default_factory=Counter[Failure])

    def add(self, order_key: str, changes: Iterable[Change], failures: Iterable[Failure]) -> None:
        found: dict[GroupKey, Change] = {}
        for change in changes:
            found.setdefault(key_of(change), change)
        for key, change in found.items():
            if key in self.groups or len(self.groups) < MOST:
                self.groups.setdefault(key, ChangeGroup(key, order_key, change)).orders += 1
        self.failures.update(set(failures))

    def sorted_groups(self) -> Sequence[ChangeGroup]:
        """Those of most orders first."""
        return sorted(self.groups.values(), key=lambda group: -group.orders)

    def sorted_failures(self) -> Sequence[tuple[Failure, int]]:
        """The new ones first, then those of most orders."""
        return sorted(self.failures.items(), key=lambda found: (not found[0].new, -found[1]))


def key_of(change: Change) -> GroupKey:
    place = change.place
    detail = place.detail if place.what == "end" else ""
    return GroupKey(place.step, place.what, detail, _NUMBER.sub("[]", change.field), change.kind)
