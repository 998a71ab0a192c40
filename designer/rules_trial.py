"""An order tried on the rules that hold now: what each would change, masked. Nothing is kept or sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.app import Orderloom
from engine.errors import InputInvalid, Problem
from engine.inspection import order_classes
from engine.json_text import read_json
from engine.order.rules import Unmatched, apply_changes, judge, value_at
from engine.privacy.item import mask_item

_NEEDED = ("channel", "channel_order_id", "lines")
MARKS = ("sku_matched",)
"""Fields that only say that a rule has applied."""


@dataclass(frozen=True, slots=True)
class Changed:
    """``rule``: number, names, address, sku or money; ``place``: such as ``lines[1].sku_code``; values masked as everywhere."""

    rule: str
    place: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Tried:
    """``version``: of the rules; ``holds``: the reasons that the order has afterwards; ``order``: the whole order then, masked."""

    version: int
    changes: Sequence[Changed]
    unmatched: Sequence[Unmatched]
    holds: Sequence[str]
    order: Mapping[str, Any]


def read_order(text: str | bytes) -> dict[str, Any]:
    """A canonical order, as somebody pasted it. Raises ``InputInvalid``: ``body.unreadable``, ``rules.no_order`` with what it lacks."""
    given: Any = read_json(text.encode() if isinstance(text, str) else text)
    order = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    missing = [name for name in _NEEDED if not order.get(name)]
    if missing or not isinstance(order["lines"], list):
        raise InputInvalid(Problem("rules.no_order", tuple(missing[:1]), {"missing": missing or ["lines"]}))
    return order


async def try_rules(app: Orderloom, order: dict[str, Any]) -> Tried:
    rules = await app.cleansing.applied_to(order)
    judgement = judge(order, rules)
    after, classes = apply_changes(order, judgement.changes), order_classes()
    masked, masked_after = mask_item(order, classes), mask_item(after, classes)
    changes = [
        Changed(one.rule, _place(one.path), value_at(masked, one.path), value_at(masked_after, one.path))
        for one in judgement.changes
        if one.path.rpartition("/")[2] not in MARKS
    ]
    reasons: Any = after.get("hold_reasons")
    holds = [str(one) for one in cast("list[Any]", reasons)] if isinstance(reasons, list) else []
    return Tried(rules.version, changes, judgement.unmatched, holds, masked_after)


def _place(path: str) -> str:
    """A pointer as people read it, lines counted from 1."""
    text = ""
    for name in path.split("/")[1:]:
        text += f"[{int(name) + 1}]" if name.isdigit() else f".{name}" if text else name
    return text
