"""Ports, and what a node does to the fields that pass through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from pydantic import BaseModel

from engine.privacy.classes import FieldClass, field_classes

Change = Literal["passes", "adds", "replaces", "unknown", "declared", "answer"]
ANY = "any"
ORDER = "order"
RAW_ORDER = "raw_order"
"""What a channel sends, before it is a canonical order."""
ERROR_PORT = "error"


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the fields on their way to one output.

    ``passes``: all fields of the input; ``adds``: those and ``fields``; ``replaces``: ``fields`` only;
    ``unknown``: every input field and others that nobody declared, which therefore count as restricted;
    ``declared``: what the node's parameters say (``Declares``); ``answer``: what the flow that the node calls answers.
    """

    change: Change
    fields: Mapping[str, FieldClass] = field(default_factory=dict[str, FieldClass])
    type: str | None = None


def passes() -> Effect:
    return Effect("passes")


def adds(model: type[BaseModel]) -> Effect:
    return Effect("adds", field_classes(model))


def replaces(model: type[BaseModel] | Mapping[str, FieldClass], type: str = ANY) -> Effect:
    """``type`` names what leaves the port (``order`` for the canonical order), so that wires can be checked."""
    return Effect("replaces", dict(model) if isinstance(model, Mapping) else field_classes(model), type)


def unknown() -> Effect:
    return Effect("unknown")


def declared() -> Effect:
    """For a node whose parameters have a method ``declared() -> Effect``."""
    return Effect("declared")


def answer() -> Effect:
    """For a node that calls a flow: the fields of its answer instead of those that came in."""
    return Effect("answer")


@runtime_checkable
class Declares(Protocol):
    """Parameters that say which fields leave the node."""

    def declared(self) -> Effect: ...


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    effect: Effect = field(default_factory=unknown)
