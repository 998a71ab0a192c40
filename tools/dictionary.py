"""Train the dictionary with which sealed texts are compressed, from invented orders only; run it when a channel's form has changed.

    python -m tools.dictionary

A text that was sealed with a dictionary can be opened with that one alone, so each new one gets a number of its own
(``engine/privacy/packing.py``) and the old ones stay.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import zstandard

from designer.demo import goods, payloads
from engine.json_text import write_json
from engine.privacy.packing import DICTIONARY
from nodes.connector.samples import sample

SIZE = 8 * 1024
SALES = 300
CHANNELS = ("taobao", "shopify", "own_shop")
NO_HEADERS = b'{"headers":{},"query":{}}\n'


def main() -> int:
    texts = [write_json(text) for text in everything(Random(2026))]  # noqa: S311 - invented orders
    made = zstandard.train_dictionary(SIZE, [*texts, *(NO_HEADERS + text for text in texts)], dict_id=DICTIONARY.number, level=3)
    DICTIONARY.file.write_bytes(made.as_bytes())
    sys.stdout.write(f"{DICTIONARY.file.name}: {len(made.as_bytes())} bytes from {len(texts)} texts\n")
    return 0


def everything(chance: Random) -> Iterator[Any]:
    """What channels send, what it becomes, and what a journal says of it."""
    for number in range(1, SALES + 1):
        sale = _sale(number, chance)
        yield from (payloads.taobao(sale), payloads.taobao_push(sale), payloads.shopify(sale), payloads.own_shop(sale))
        yield {"results": [_result(step, sale, chance) for step in ("to_wms", "to_finance")]}
        yield {"results": [_result("to_hub", sale, chance)]}
    for channel in CHANNELS:
        yield from [sample(channel), sample(channel, "sample_order")] * 20


def _sale(number: int, chance: Random) -> payloads.Sale:
    at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=17 * number)
    buyer = goods.person(chance) if number % 2 else goods.foreigner(chance)
    return payloads.Sale(number, at, goods.basket(chance), buyer, chance.choice(("", "", "请尽快发货", "please ring")))


def _result(step: str, sale: payloads.Sale, chance: Random) -> dict[str, Any]:
    """As ``engine/run/journaled.py`` journals it."""
    place = {"id": f"{chance.getrandbits(128):032x}", "digest": f"{chance.getrandbits(128):032x}", "step": step, "key": "1"}
    if step == "to_hub":
        return {**place, "ok": chance.choice(("new", "changed"))}
    answer = {"status": chance.choice((200, 201)), "headers": {"content-type": "application/json"}, "body": {"ok": True}}
    return {**place, "ms": chance.randrange(5, 300) / 10, "at": sale.at + timedelta(microseconds=chance.randrange(10**6)), "ok": answer}


if __name__ == "__main__":
    sys.exit(main())
