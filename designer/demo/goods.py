"""What the invented shop sells, and who buys.

No name, number or address belongs to anybody: the numbers are from ranges that are not given out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True)
class Article:
    sku: str
    zh: str
    en: str
    yuan: Decimal
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    phone: str
    region: tuple[str, str, str]
    street: str


ARTICLES: Final = (
    Article("JJ-SNJ-3-YM", "北欧风收纳架 三层", "Storage rack, 3 tiers", Decimal("129.00"), Decimal("18.90")),
    Article("JJ-SNX-55-W", "收纳箱 55L", "Storage box 55 l", Decimal("59.00"), Decimal("8.50")),
    Article("CF-BEI-350", "陶瓷马克杯 350ml", "Ceramic mug 350 ml", Decimal("39.90"), Decimal("5.80")),
    Article("CF-HU-600", "手冲咖啡壶", "Pour-over kettle", Decimal("168.00"), Decimal("24.50")),
    Article("OS-SOAP-LAV", "薰衣草手工皂", "Lavender soap", Decimal("28.00"), Decimal("4.20")),
    Article("JF-TAN-150", "亚麻盖毯", "Linen throw", Decimal("219.00"), Decimal("31.00")),
    Article("DJ-DENG-S", "床头小夜灯", "Bedside lamp", Decimal("88.00"), Decimal("12.60")),
    Article("ZW-LVLUO", "绿萝盆栽", "Pothos in a pot", Decimal("25.50"), Decimal("3.90")),
)
_FAMILY, _GIVEN = "林陈周吴徐沈何许", ("小满", "知夏", "安然", "一诺", "书言", "明远", "若溪", "子墨")
_FIRST, _LAST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"), ("Sample", "Example", "Invented", "Placeholder")
_REGIONS = (
    ("浙江省", "杭州市", "西湖区"),
    ("广东省", "深圳市", "南山区"),
    ("上海", "上海市", "浦东新区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
)


def basket(chance: Random) -> list[tuple[Article, int]]:
    """One to three articles with their quantities."""
    return [(article, chance.choice((1, 1, 1, 2, 3))) for article in chance.sample(ARTICLES, chance.choice((1, 1, 2, 3)))]


def person(chance: Random) -> Person:
    name = chance.choice(_FAMILY) + chance.choice(_GIVEN)
    return Person(name, f"1990000{chance.randrange(10_000):04d}", chance.choice(_REGIONS), f"示例大道{chance.randrange(1, 200)}号")


def foreigner(chance: Random) -> Person:
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    return Person(
        name, f"+1-202-555-01{chance.randrange(100):02d}", ("Kentucky", "Springfield", ""), f"{chance.randrange(1, 200)} Example Street"
    )
