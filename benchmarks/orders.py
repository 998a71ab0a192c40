"""Raw orders of the reference flow: about 1.6 KB each, Shopify-like, invented people, each number another order.

They vary as orders do: who buys what, where it goes, how many lines, what is noted. The same number gives the same order.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any, Final

_FIRST: Final = ("Test", "Sample", "Demo", "Example", "Trial", "Model", "Proof", "Draft")
_LAST: Final = ("Buyer", "Person", "Customer", "Client", "Shopper", "Reader", "Visitor", "Guest")
_PLACES: Final = (
    ("Zhejiang", "Hangzhou", "Binjiang"),
    ("Guangdong", "Shenzhen", "Nanshan"),
    ("Sichuan", "Chengdu", "Wuhou"),
    ("Hubei", "Wuhan", "Hongshan"),
    ("Fujian", "Xiamen", "Siming"),
    ("Shandong", "Qingdao", "Laoshan"),
    ("Hunan", "Changsha", "Yuelu"),
    ("Jiangsu", "Suzhou", "Huqiu"),
)
_STREETS: Final = ("Example Road", "Sample Street", "Invented Avenue", "Placeholder Lane", "Nowhere Square", "Test Boulevard")
_NEAR: Final = ("Near the east gate, call first", "Back door, second bell", "Ground floor", "", "Parcel locker 14", "Ask the porter")
_NOTES: Final = (
    "leave at the front desk, thank you",
    "gift, please wrap",
    "",
    "ring twice",
    "no plastic, please",
    "after six in the evening",
)
_GOODS: Final = ("T-Shirt", "Backpack", "Bottle", "Notebook", "Lamp", "Kettle", "Blanket", "Umbrella", "Headphones", "Keyboard", "Mug")
_MADE_OF: Final = ("Cotton", "Canvas", "Steel", "Linen", "Oak", "Glass", "Wool", "Paper", "Ceramic", "Bamboo")
_LOOKS: Final = (
    "round neck, red",
    "20L, black, waterproof",
    "500ml, brushed finish",
    "A5, dotted",
    "warm white",
    "size M, blue",
    "striped",
)


def order(number: int) -> dict[str, Any]:
    chance = Random(number)
    pick, digits = chance.choice, chance.randrange
    phone, at = f"199{number % 100_000_000:08d}", f"2026-05-14T{digits(24):02d}:{digits(60):02d}:{digits(60):02d}+08:00"
    province, city, district = pick(_PLACES)
    name = f"{pick(_FIRST)}  {pick(_LAST)}"
    address = {"country": "CN", "province": province, "city": city}
    address |= {
        "address1": f"{digits(900)} {pick(_STREETS)}, Building {digits(20)}, Room {digits(2000)}",
        "zip": f"{digits(100_000, 900_000)}",
    }
    lines = [_line(chance) for _ in range(pick((1, 2, 3, 3, 4, 5)))]
    return {
        "id": number,
        "name": f" #kx{number} ",
        "created_at": at,
        "updated_at": at,
        "currency": "CNY",
        "financial_status": "paid",
        "customer": {
            "name": f"  {name} ",
            "phone": phone,
            "email": f"customer{number}@example.com",
            "tags": chance.sample(("vip", "repeat", "wholesale", "newsletter"), digits(3)),
        },
        "shipping_address": {"name": f" {name} ", "phone": phone, "district": district, "address2": pick(_NEAR), **address},
        "billing_address": {"name": name, "company": "Example Trading Co., Ltd.", "address2": "Finance office, second floor", **address},
        "line_items": lines,
        "total_price": f"{sum(float(line['price']) * line['quantity'] for line in lines):.2f}",
        "total_tax": "0.00",
        "source_name": pick(("web", "pos")),
        "landing_site": f"/collections/{pick(('summer', 'new', 'sale', 'home'))}?utm_source=ad&utm_campaign=may{digits(40)}",
        "note": "customer says urgent, call first" if number % 10 == 1 else pick(_NOTES),
    }


def _line(chance: Random) -> dict[str, Any]:
    pick, digits = chance.choice, chance.randrange
    what, of, looks = pick(_GOODS), pick(_MADE_OF), pick(_LOOKS)
    return {
        "sku": f" {what[:2].lower()}-{digits(10_000):04d} {looks[:3]} ",
        "title": f"{of} {what}, {looks}",
        "quantity": digits(1, 4),
        "price": f"{digits(500, 30_000) / 100:.2f}",
        "grams": digits(50, 2_000),
        "vendor": "Acme",
        "requires_shipping": True,
        "fulfillment_service": "manual",
        "taxable": True,
    }


def body(number: int) -> bytes:
    return json.dumps(order(number), separators=(",", ":"), ensure_ascii=False).encode()
