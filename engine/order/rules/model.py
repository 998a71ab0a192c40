"""The rules as people keep them: one document, with a part for each shop that has rules of its own.

{"shops": [{"channel": "taobao", "shop_id": "s1", "order_number": "[0-9]{16,20}", "other_number": "hold", …}]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, cast

from engine.errors import InputInvalid, Problem
from engine.order.rules.numbers import is_pattern

Identity = Literal["total", "lines"]
IDENTITIES: Final[tuple[Identity, ...]] = ("total", "lines")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {"other_number": ("hold", "note"), "other_sku": ("keep", "hold")}
MOST_SHOPS: Final = 500
_CHANNEL: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class ShopRules:
    """Rules of a shop; of all shops of a channel where ``shop_id`` is empty, of every channel where both are.

    ``order_number``: a pattern (RE2) that the whole order number fits, or empty; ``other_number``: what becomes of an order whose number
    does not; ``names``, ``addresses``: whether they are brought to one form; ``other_sku``: what becomes of a code that the matching
    table does not know: it is taken as ours (``keep``) or the order is held; ``money``: which sums have to be right.
    """

    channel: str = ""
    shop_id: str = ""
    order_number: str = ""
    other_number: Literal["hold", "note"] = "hold"
    names: bool = True
    addresses: bool = True
    other_sku: Literal["keep", "hold"] = "keep"
    money: tuple[Identity, ...] = IDENTITIES

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "money": list(self.money)}

    @classmethod
    def of_document(cls, given: Mapping[str, Any]) -> ShopRules:
        """Of what was checked before."""
        values: dict[str, Any] = dict(given)
        if "money" in values:
            values["money"] = tuple(values["money"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class CleansingRules:
    shops: tuple[ShopRules, ...] = ()

    def of(self, channel: str, shop_id: str) -> ShopRules:
        """Those that fit best: of the shop, else of the channel, else of all."""
        by_place = {(one.channel, one.shop_id): one for one in self.shops}
        return next((by_place[place] for place in places(channel, shop_id) if place in by_place), ShopRules())

    def document(self) -> dict[str, Any]:
        """What ``read_rules`` takes."""
        return {"shops": [one.document() for one in self.shops]}


def places(channel: str, shop_id: str) -> tuple[tuple[str, str], ...]:
    """Where something may be said about a shop, what fits best first."""
    return (channel, shop_id), (channel, ""), ("", "")


def read_rules(document: object) -> CleansingRules:
    """Raises ``InputInvalid`` with every problem: ``rules.form``, ``rules.unknown_field``, ``rules.bad_value``, ``rules.bad_pattern``,
    ``rules.no_channel``, ``rules.same_shop``, ``rules.too_many``.
    """
    given: Any = cast("Mapping[str, Any]", document).get("shops") if isinstance(document, Mapping) else None
    if not isinstance(given, list):
        raise InputInvalid(Problem("rules.form", ("shops",)))
    shops = cast("list[object]", given)
    if len(shops) > MOST_SHOPS:
        raise InputInvalid(Problem("rules.too_many", ("shops",), {"limit": MOST_SHOPS}))
    problems = [problem for number, one in enumerate(shops) for problem in _problems(one, str(number))]
    problems += _doubles(shops)
    if problems:
        raise InputInvalid(problems)
    return CleansingRules(tuple(ShopRules.of_document(cast("Mapping[str, Any]", one)) for one in shops))


def _problems(given: object, number: str) -> list[Problem]:
    if not isinstance(given, Mapping):
        return [Problem("rules.form", (number,))]
    values = cast("Mapping[str, Any]", given)
    known = {field.name for field in fields(ShopRules)}
    found = [Problem("rules.unknown_field", (number, name), {"known": sorted(known)}) for name in values if name not in known]
    found += [Problem("rules.bad_value", (number, name)) for name, value in values.items() if name in known and not _fits(name, value)]
    if not any(problem.where[-1] == "order_number" for problem in found) and not is_pattern(values.get("order_number", "")):
        found.append(Problem("rules.bad_pattern", (number, "order_number")))
    if values.get("shop_id") and not values.get("channel"):
        found.append(Problem("rules.no_channel", (number, "channel")))
    return found


def _fits(name: str, value: object) -> bool:
    if name in ("names", "addresses"):
        return isinstance(value, bool)
    if name == "money":
        return isinstance(value, (list, tuple)) and all(one in IDENTITIES for one in cast("list[object]", value))
    if name in CHOICES:
        return value in CHOICES[name]
    if not isinstance(value, str) or len(value) > _LONGEST:
        return False
    return name != "channel" or not value or _CHANNEL.fullmatch(value) is not None


def _doubles(shops: list[object]) -> list[Problem]:
    seen: set[tuple[Any, Any]] = set()
    found: list[Problem] = []
    for number, one in enumerate(shops):
        if isinstance(one, Mapping):
            values = cast("Mapping[str, Any]", one)
            place = (str(values.get("channel", "")), str(values.get("shop_id", "")))
            if place in seen:
                found.append(Problem("rules.same_shop", (str(number), "shop_id"), {"channel": place[0], "shop": place[1]}))
            seen.add(place)
    return found
