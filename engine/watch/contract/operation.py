"""One operation of a channel as the watch knows it: what was seen, what has changed, what people decided. No clock, no store."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from engine.node.forms import Form
from engine.node.items import Item
from engine.privacy.classes import DataClass
from engine.run.plan import Plan
from engine.watch.contract.breaker import Window
from engine.watch.contract.classes import Weight, counts_as_drift, weight_of
from engine.watch.contract.decisions import Decisions
from engine.watch.contract.findings import Finding, Kind, Standard, findings_in
from engine.watch.contract.places import Place
from engine.watch.contract.profile import Profile
from engine.watch.contract.renames import Suggestion, suggested
from engine.watch.contract.shape import Shape, name_of, shape_of
from engine.watch.contract.touches import Touch, touches

log = logging.getLogger("orderloom.contract")
MOST_OPEN: Final = 100
CLEAN: Final = 50
"""So many orders in a row without it, and a change counts as gone."""
PASSES: Final = frozenset({"vanished", "retyped", "format"})
"""Kinds of change that show in every order while they last."""
ENUMERATIONS: Final = ("status", "state", "type", "currency")


class ChangeBody(msgspec.Struct):
    """What is kept of a change beside its columns. ``beside``: keys of changes that are the other side of the same thing."""

    expected: str = ""
    found: str = ""
    suggestion: Suggestion | None = None
    touched: list[Touch] = []
    words: list[str] = []
    presence: float | None = None
    beside: list[str] = []


@dataclass(slots=True)
class Change:
    """An open one. ``id``: once the store has it; ``clean``: orders in a row without it; ``is_news``: the store does not know it so yet."""

    finding: Finding
    weight: Weight
    body: ChangeBody
    first_at: datetime
    last_at: datetime
    id: int | None = None
    orders: int = 0
    clean: int = 0
    is_news: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """An order that arrived, by its plan and the node that brought it: its trigger, or one that fetched it."""

    plan: Plan
    source: str
    item: Item
    at: datetime


class Pause(msgspec.Struct):
    """Nothing is sent since then, because so many per cent of so many orders had drifted."""

    at: datetime
    percent: int
    orders: int


class Body(msgspec.Struct):
    """What is kept of an operation. ``places``: where its orders arrive, so that a pause holds from the first moment after a restart."""

    profile: Profile = msgspec.field(default_factory=Profile)
    pause: Pause | None = None
    places: list[Place] = []
    released: list[str] = []
    last_at: datetime | None = None


@dataclass
class Operation:
    """``released``: keys of changes that people have seen and let pass by the breaker."""

    form: Form
    body: Body = field(default_factory=Body)
    changes: dict[str, Change] = field(default_factory=dict[str, Change])
    decisions: Decisions = field(default_factory=Decisions)
    version: int = 0
    plans: dict[Place, Plan] = field(default_factory=dict[Place, Plan])
    window: Window = field(default_factory=Window)
    is_news: bool = False

    def take(self, heard: Iterable[Heard]) -> None:
        for one in heard:
            self.plans[one.plan.name, one.source] = one.plan
            self._take(one)

    def decide(self, version: int, decisions: Decisions) -> None:
        """A newer version of the form counts from now on; what was seen of fields that moved begins anew."""
        self.version, self.decisions = version, decisions
        for _, target in decisions.moves:
            if (seen := self.body.profile.fields.get(target)) is not None:
                seen.missed = 0

    def touch_again(self, plans: Iterable[tuple[Place, Plan]]) -> None:
        """Flows were published: what touches them may be otherwise."""
        self.plans.update(plans)
        for change in self.changes.values():
            touched = self._touched(change.finding)
            if touched != change.body.touched:
                change.body.touched, change.is_news = touched, True
                change.weight = weight_of(touched, change.body.suggestion)

    @property
    def drifting(self) -> list[Change]:
        """Changes that count for the breaker, those that were let pass left out."""
        released = set(self.body.released)
        return [one for key, one in self.changes.items() if key not in released and counts_as_drift(one.weight, one.body.touched)]

    def _take(self, one: Heard) -> None:
        inner = self.form.inner(one.item)
        shape = shape_of(inner, self._keeps_words(one))
        profile = self.body.profile
        profile.add(shape)
        self.is_news, self.body.last_at = True, one.at
        standard = Standard(self.form, frozenset(self.decisions.accepted))
        found = [finding for finding in findings_in(shape, standard, profile) if not self.decisions.settles(finding, shape)]
        fresh = [finding.path for finding in found if finding.kind == "new"]
        for finding in found:
            self._note(finding, shape, standard, fresh, one.at)
        keys = {finding.key for finding in found}
        self.window.add(one.at, drifted=any(change.finding.key in keys for change in self.drifting))
        for key, change in self.changes.items():
            if key not in keys and change.finding.kind in PASSES:
                change.clean += 1

    def _note(self, finding: Finding, shape: Shape, standard: Standard, fresh: list[str], at: datetime) -> None:
        change = self.changes.get(finding.key)
        if change is None:
            if len(self.changes) >= MOST_OPEN:
                return
            change = self.changes[finding.key] = self._made(finding, shape, standard, fresh, at)
            log.warning("form changed", extra={"operation": self.form.name, "kind": finding.kind, "weight": change.weight})
        change.orders += 1
        change.clean, change.last_at, change.is_news = 0, at, True

    def _made(self, finding: Finding, shape: Shape, standard: Standard, fresh: list[str], at: datetime) -> Change:
        profile = self.body.profile
        offer = suggested(finding, shape, standard, profile, fresh)
        touched = self._touched(finding)
        seen = profile.fields.get(finding.path)
        body = ChangeBody(finding.expected, finding.found, offer, touched)
        if seen is not None and finding.kind != "new":
            body.presence = round(seen.presence, 3)
        declared = standard.declared(finding.path)
        if finding.kind == "word" and declared is not None and declared.words is not None:
            body.words = sorted(declared.words - {"null"})[:MOST_OPEN]
        if offer is not None and offer.source:
            prefix = f"new|{offer.source}|"
            inner = f"new|{finding.path}."
            leaf = shape.leaves.get(offer.source)
            known = [key for key in self.changes if key.startswith((prefix, inner))]
            body.beside = known or ([f"{prefix}{'|'.join(sorted(leaf.types))}"] if leaf is not None else [])
        return Change(finding, weight_of(touched, offer), body, at, at)

    def _touched(self, finding: Finding) -> list[Touch]:
        found = [touch for (_, source), plan in sorted(self.plans.items()) for touch in touches(plan, source, finding)]
        return list(dict.fromkeys(found))

    def _keeps_words(self, one: Heard) -> _Words:
        declared = {path for path, known in self.form.fields.items() if known.words is not None}
        emitted = one.plan.by_slug[one.source].type.outputs[0].effect.fields
        plain = {path for path, known in emitted.items() if known.data_class <= DataClass.INTERNAL}
        return _Words(declared | {path for path in plain if name_of(path).lower().endswith(ENUMERATIONS)})


class _Words:
    """Which fields are enumerations that hold nothing personal: declared ones, and those declared as open that are named like one."""

    def __init__(self, paths: set[str]) -> None:
        self._paths = paths

    def __call__(self, path: str) -> bool:
        return path in self._paths


def kind_of(text: str) -> Kind:
    kinds: Mapping[str, Kind] = {"new": "new", "vanished": "vanished", "retyped": "retyped", "format": "format", "word": "word"}
    return kinds[text]
