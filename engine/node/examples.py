"""Examples: they document a node and test it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.node.items import Item


@dataclass(frozen=True, slots=True)
class Example:
    """Given parameters and items, what leaves by which port.

    ``answers``: for effect nodes, the answers of the outside, one for each call in order (JSON as the journal keeps it; an
    HTTP answer is ``{"status": 200, "body": …}``). ``requests``: the calls expected in return, compared as a subset.
    ``problem``: the code with which the (only) item fails. ``title`` says what the example shows. ``event``: for triggers what the
    arrival is expected to say (``channel``, ``order_id``, ``version``, …), for other nodes the event of the scope; ``headers``: those of
    a trigger's delivery, names in lower case; ``constants``: those of the flow.
    """

    params: Mapping[str, Any]
    input: Sequence[Item]
    output: Mapping[str, Sequence[Item]] = field(default_factory=dict[str, Sequence[Item]])
    answers: Sequence[Mapping[str, Any]] = ()
    requests: Sequence[Mapping[str, Any]] = ()
    problem: str | None = None
    title: str = ""
    event: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    constants: Mapping[str, Any] = field(default_factory=dict[str, Any])
