"""What travels on wires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Item = dict[str, Any]
"""A JSON object. Nodes must not change the item that they are given: they return a new one."""

Sent = tuple[str, Item]
"""A port's name and the item that leaves by it."""

START_KEY = "1"


class Scope(msgspec.Struct, frozen=True):
    """What a pure node and an expression may know besides the item (rule R6: no clock, no chance).

    ``event``: ``id``, ``received_at`` (aware datetime, UTC), ``trigger``, ``channel``, ``shop_id``, ``key``.
    ``flow``: ``name`` and ``constants``.
    """

    event: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    flow: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Made(msgspec.Struct, frozen=True):
    """One output of a batch node, with the positions of the inputs that it came from (``None``: all of them)."""

    item: Item
    sources: tuple[int, ...] | None = None
    port: str = "out"


class Stop(msgspec.Struct, frozen=True):
    """What a node returns that ends the run at this item: nothing further is begun. Only for nodes declared with ``stops=True``."""

    state: Literal["done", "failed"] = "done"
    reason: str = ""


EMPTY_SCOPE = Scope()
