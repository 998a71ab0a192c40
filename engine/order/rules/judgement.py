"""What the rules say about an order: what is to be changed, which lines no SKU is known for, and whether it has to be held. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from engine.order.rules.applied import AppliedRules
from engine.order.rules.changes import Change, RuleName, apply_changes
from engine.order.rules.forms import form_changes
from engine.order.rules.keys import text_of
from engine.order.rules.lines import line_changes
from engine.order.rules.money import sums_are_wrong
from engine.order.rules.numbers import fits


class Unmatched(msgspec.Struct, frozen=True):
    """A line that waits for its SKU: what the platform says of it. Nothing in it is personal."""

    sku: str
    title: str
    spec: str


class Judgement(msgspec.Struct, frozen=True):
    """``unmatched``: lines that no SKU is known for."""

    changes: Sequence[Change]
    unmatched: Sequence[Unmatched]


def judge(order: Mapping[str, Any], rules: AppliedRules) -> Judgement:
    """What is clean already stays as it is, so the rules may be asked again about what they made."""
    shop = rules.shop
    changes = list(form_changes(order, names=shop.names, addresses=shop.addresses))
    after = apply_changes(order, changes)
    found, open_lines = line_changes(after, rules.matches, shop)
    after = apply_changes(after, found)
    changes += found
    number = text_of(after, "channel_order_id")
    odd = bool(number) and not fits(number, shop.order_number)
    if odd and shop.other_number == "note":
        changes += _noted(after)
    is_held, wrong = odd and shop.other_number == "hold", sums_are_wrong(after, shop.money)
    changes += _reasons(after, unmatched=bool(open_lines), odd=is_held, wrong=wrong)
    return Judgement(changes, [_unmatched(line) for line in open_lines])


def _reasons(order: Mapping[str, Any], *, unmatched: bool, odd: bool, wrong: bool) -> list[Change]:
    """One list for all: each rule adds its reason, and only a match takes one away."""
    before = [str(one) for one in _listed(order, "hold_reasons")]
    asked: Mapping[str, tuple[RuleName, bool]] = {
        "sku_unmapped": ("sku", unmatched),
        "number_mismatch": ("number", odd),
        "amount_mismatch": ("money", wrong),
    }
    after = [one for one in before if one != "sku_unmapped" or unmatched]
    changes = [Change("sku", "/hold_reasons", list(after))] if after != before else []
    for reason, (rule, wanted) in asked.items():
        if wanted and reason not in after:
            after.append(reason)
            changes.append(Change(rule, "/hold_reasons", list(after)))
    return changes


def _noted(order: Mapping[str, Any]) -> list[Change]:
    before = _listed(order, "drift")
    note = {"path": "channel_order_id", "kind": "pattern", "found": None}
    return [] if note in before else [Change("number", "/drift", [*before, note])]


def _listed(order: Mapping[str, Any], name: str) -> list[Any]:
    found: Any = order.get(name)
    return cast("list[Any]", found) if isinstance(found, list) else []


def _unmatched(line: Mapping[str, Any]) -> Unmatched:
    return Unmatched(text_of(line, "platform_sku") or text_of(line, "sku_code"), text_of(line, "title"), text_of(line, "spec"))
