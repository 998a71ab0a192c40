"""What a call for many items together consists of: journaled before it is sent, and never cut anew under its key (rule R3). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from engine.errors import NodeError

BULK: Final = ("http", "mail")
"""What is sent to somebody who knows it by its key; whatever else a batch asks for is kept by its answer alone."""
T = TypeVar("T")


class Composition(msgspec.Struct):
    """``items``: the keys of the items of a step that calls for all of them, in their order; ``calls``: digests by effect id."""

    items: list[str]
    calls: dict[str, str] = {}


def compose(known: dict[str, Composition], entry: Mapping[str, Any], items: Sequence[str]) -> bool:
    """Whether a call is put together for the first time, which ``known`` (by step) then says.

    Raises ``NodeError`` (``run.diverged``) where it was for other items, or as another request: it may have been sent.
    """
    before = known.get(entry["step"])
    if before is not None and (before.items != list(items) or before.calls.get(entry["id"], entry["digest"]) != entry["digest"]):
        raise NodeError("run.diverged", effect=entry["id"])
    composition = known.setdefault(entry["step"], Composition(list(items)))
    new = entry["id"] not in composition.calls
    composition.calls[entry["id"]] = entry["digest"]
    return new


def in_order(composition: Composition | None, box: list[tuple[str, T]]) -> list[tuple[str, T]]:
    """Items as they were put together before, where they are the same ones; else as they came."""
    if composition is None or len(composition.items) != len(box):
        return box
    by_key = {key: (key, item) for key, item in box}
    return [by_key[key] for key in composition.items] if by_key.keys() == {*composition.items} else box


def read_composition(known: dict[str, Composition], body: Mapping[str, Any]) -> None:
    """Apply the fact."""
    known.setdefault(body["step"], Composition(list(body["items"]))).calls[body["id"]] = body["digest"]
