"""What of the kept rules applies to one order: the fact that a run records, from which its recomputing starts (rule R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.order.rules.keys import keys_of, text_of
from engine.order.rules.model import ShopRules
from engine.order.rules.parts import lines_of


class Match(msgspec.Struct, frozen=True):
    """A row of the matching table. ``each``: so many of our SKU are one of the platform's."""

    channel: str
    shop_id: str
    key: str
    sku_code: str
    each: int = 1


class AppliedRules(msgspec.Struct, frozen=True):
    """``version``: of the rules, 0 before anybody wrote any; ``matches``: rows that may fit a line; which one counts ``judge`` decides."""

    version: int = 0
    shop: ShopRules = ShopRules()
    matches: Sequence[Match] = ()

    def answer(self) -> dict[str, Any]:
        """As the journal keeps it; nothing in it is personal."""
        matches = [msgspec.structs.asdict(one) for one in self.matches]
        return {"rules": self.version, "shop": self.shop.document(), "matches": matches}

    @classmethod
    def of_answer(cls, answer: Mapping[str, Any]) -> AppliedRules:
        """``{"rules": 7, "shop": {…}, "matches": [{"channel", "shop_id", "key", "sku_code", "each"}]}``; what is left out is as usual."""
        shop = ShopRules.of_document(answer.get("shop", {}))
        return cls(int(answer.get("rules", 0)), shop, tuple(Match(**one) for one in answer.get("matches", ())))


def asked_of(order: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules have to be asked for an order: ``{"channel", "shop_id", "keys"}``. Nothing in it is personal."""
    keys = sorted({key for _, line in lines_of(order) if line.get("sku_matched") is not True for key in keys_of(line).all()})
    return {"channel": text_of(order, "channel"), "shop_id": text_of(order, "shop_id"), "keys": keys}
