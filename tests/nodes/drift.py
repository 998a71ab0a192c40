"""Judges what an adapter makes of a sample of its platform in which one field has drifted. Pure.

``python -m tests.nodes.drift`` writes the counts anew that ``test_drift_of_platforms.py`` compares with.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.jd.canonical import jd_order
from nodes.connector.own_shop.canonical import own_shop_order
from nodes.connector.pinduoduo.canonical import pinduoduo_order
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.woocommerce.canonical import woocommerce_order
from tests.nodes.mutations import MUTATIONS, Place, mutated, places

Read = Callable[[dict[str, Any]], dict[str, Any]]
OUTCOMES: Final = Path(__file__).with_name("drift_outcomes.json")
REFUSALS: Final = frozenset(
    {"order.missing_field", "order.wrong_type", "order.error_response", "money.invalid", "currency.invalid", "time.invalid"}
)
FACTS: Final = ("status", "payment_status", "refund_status", "currency", "amount", "channel_order_id")
LINE_FACTS: Final = ("sku_code", "qty", "unit_price", "paid_share", "status", "refund_status", "is_gift")
NAMES: Final = ("channel_order_id", "sku_code")
"""A number or code that is ten times as long may be one all the same: it passes whole."""
SAYS_SO: Final[dict[str, frozenset[tuple[str, str]]]] = {
    "own_shop": frozenset((how, "data.paid_at") for how in ("dropped", "null", "renamed")),
    "pinduoduo-group_incomplete": frozenset({("null", "order_info_get_response.order_info.pay_time")}),
    "shopify-partially_refunded": frozenset({("dropped", "refunds.0.refund_line_items.0")}),
    "shopify-test_order": frozenset((how, "test") for how in ("dropped", "null", "renamed", "emptied")),
}
"""What a platform documents as saying something else: nothing was paid yet, a refund of the postage alone, no test order."""
_DOMAIN: Final = Path(__file__).parents[1] / "fixtures" / "domain"


def _samples(file: str, read: Read, *names: str) -> Iterator[tuple[str, tuple[Read, dict[str, Any]]]]:
    found: dict[str, Any] = read_json((_DOMAIN / f"{file}.json").read_bytes())
    for name in names:
        yield f"{file.partition('_')[0]}-{name}", (read, found[name])


SAMPLES: Final[dict[str, tuple[Read, dict[str, Any]]]] = {
    name.replace("pdd", "pinduoduo").replace("ownstore-created", "own_shop"): sample
    for name, sample in (
        *_samples("taobao_trade", taobao_order, "multi_sub_order", "part_shipped", "sub_order_refunding", "paid_but_forbidden"),
        *_samples("pdd_order", pinduoduo_order, "to_ship", "list", "shipped_pii_blank", "group_incomplete"),
        *_samples("jd_order", jd_order, "get", "search", "split_parent", "split_child_a"),
        *_samples("shopify_order", shopify_order, "create", "partially_refunded", "cancelled", "test_order"),
        *_samples("woocommerce_order", woocommerce_order, "created", "on_hold"),
        *_samples("ownstore_order", own_shop_order, "created"),
    )
}


@dataclass
class Verdict:
    """``counts``: outcomes by mutation; ``passed``: fields of the order that changed or went untold; ``faults``: what must not be."""

    counts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    passed: set[str] = field(default_factory=set[str])
    faults: list[str] = field(default_factory=list[str])

    def shown(self) -> dict[str, Any]:
        return {"counts": {how: dict(sorted(count.items())) for how, count in self.counts.items()}, "passed": sorted(self.passed)}


def judge(name: str, read: Read, sample: dict[str, Any]) -> Verdict:
    """Every field of a sample, in every way."""
    verdict, right = Verdict(), read(sample)
    for how in MUTATIONS:
        counts = verdict.counts[how] = Counter()
        for place in places(sample):
            if how == "renamed" and not isinstance(place[-1], str):
                continue
            drifted = mutated(sample, place, how)
            if drifted != sample:
                counts[_outcome(verdict, name, read, right, drifted, how, place)] += 1
    return verdict


def _outcome(verdict: Verdict, name: str, read: Read, right: dict[str, Any], drifted: dict[str, Any], how: str, place: Place) -> str:
    where = ".".join(map(str, place))
    try:
        found = read(drifted)
        if found == right:
            return "same"
        CanonicalOrder.model_validate(found)
    except NodeError as error:
        if error.problem.code not in REFUSALS:
            verdict.faults.append(f"{how} {where}: refused as {error.problem.code}")
        return "refused"
    except Exception as error:  # noqa: BLE001 - whatever else it raises is a crash
        verdict.faults.append(f"{how} {where}: {type(error).__name__}")
        return "crashed"
    told = _told(right, found)
    changed = {one for one in changes(right, found) if how != "longer" or one.rpartition(".")[2] not in NAMES}
    if (how, where) not in SAYS_SO.get(name, ()):
        verdict.faults += [f"{how} {where}: {fault}" for fault in _faults(right, found, changed, told, how)]
    if told is None:
        verdict.passed |= set(_texts(right, found)) if how != "emptied" else set()
    return told or "carried"


def _told(right: dict[str, Any], found: dict[str, Any]) -> str | None:
    """How people learn of it: the order waits for a new reason, or a place of the source is named."""
    if set(found["hold_reasons"]) - set(right["hold_reasons"]) or (found["status"] == "unknown" != right["status"]):
        return "held"
    known = {(one["path"], one["kind"]) for one in right["drift"]}
    return "noted" if {(one["path"], one["kind"]) for one in found["drift"]} - known else None


def changes(right: dict[str, Any], found: dict[str, Any]) -> set[str]:
    """The facts in which an order is another one: what it costs, where it stands, what is to be sent."""
    one, other = _facts(right), _facts(found)
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def _facts(order: dict[str, Any]) -> dict[str, Any]:
    lines = {f"lines.{number}.{key}": line[key] for number, line in enumerate(order["lines"]) for key in LINE_FACTS}
    return {**{key: order[key] for key in FACTS}, **lines}


def _faults(right: dict[str, Any], found: dict[str, Any], changed: set[str], told: str | None, how: str) -> Iterator[str]:
    """What ships has its right money, state and pieces; whatever else is another fact is told; a number at zero may be the truth."""
    if may_ship(found) and not may_ship(right):
        yield "may ship"
    wrong = {one for one in changed if one in FACTS or one.endswith((".qty", ".status"))}
    if may_ship(found) and wrong and how != "emptied":
        yield f"ships with another {', '.join(sorted(wrong))}"
    if may_ship(found) and how == "emptied" and (found["status"], found["amount"]) != (right["status"], right["amount"]):
        yield "ships with other money or state"
    waits = "amount_mismatch" in found["hold_reasons"] and not may_ship(found)
    if changed and told is None and not waits and how != "emptied":
        yield f"untold {', '.join(sorted(changed))}"


def _texts(right: dict[str, Any], found: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where two orders differ, but for what follows from the source as a whole."""
    for key, value in right.items():
        if key in ("version", "time_sources", "drift", "lines") or value == found[key]:
            continue
        if isinstance(value, dict) and isinstance(found[key], dict):
            yield from _texts(value, found[key], f"{path}{key}.")
        else:
            yield path + key


def verdicts() -> dict[str, Any]:
    return {name: judge(name, *sample).shown() for name, sample in SAMPLES.items()}


if __name__ == "__main__":
    OUTCOMES.write_text(json.dumps(verdicts(), indent=1) + "\n", "utf-8")
