"""Raw orders of the reference flow: about 1.6 KB each, Shopify-like, invented people, each number another order."""

from __future__ import annotations

import json
from typing import Any


def order(number: int) -> dict[str, Any]:
    phone = f"199{number % 100_000_000:08d}"
    lines = [
        {"sku": " ab-1001 red ", "title": "Cotton T-Shirt, round neck, red, size M", "quantity": 2, "price": "99.90", "grams": 220},
        {"sku": "cd-2002 blk", "title": "Canvas Backpack 20L, black, waterproof", "quantity": 1, "price": "189.00", "grams": 780},
        {"sku": " ef-3003 ", "title": "Stainless Steel Bottle 500ml, brushed finish", "quantity": 3, "price": "45.50", "grams": 310},
    ]
    more = {"vendor": "Acme", "requires_shipping": True, "fulfillment_service": "manual", "taxable": True}
    address = {
        "country": "CN",
        "province": "Zhejiang",
        "city": "Hangzhou",
        "address1": "699 Example Road, Building 3, Room 1204",
        "zip": "310052",
    }
    urgent = number % 10 == 1
    return {
        "id": number,
        "name": f" #kx{number} ",
        "created_at": f"2026-05-14T18:{number // 60 % 60:02d}:{number % 60:02d}+08:00",
        "updated_at": f"2026-05-14T18:{number // 60 % 60:02d}:{number % 60:02d}+08:00",
        "currency": "CNY",
        "financial_status": "paid",
        "customer": {
            "name": "  Test   Buyer  Example ",
            "phone": phone,
            "email": f"customer{number}@example.com",
            "tags": ["vip", "repeat"],
        },
        "shipping_address": {
            "name": " Test   Buyer Example ",
            "phone": phone,
            "district": "Binjiang",
            "address2": "Near the east gate, call first",
            **address,
        },
        "billing_address": {
            "name": "Test Buyer Example",
            "company": "Example Trading Co., Ltd.",
            "address2": "Finance office, second floor",
            **address,
        },
        "line_items": [{**line, **more} for line in lines],
        "total_price": "612.50" if number % 3 == 0 else "212.50",
        "total_tax": "0.00",
        "source_name": "web" if number % 2 else "pos",
        "landing_site": "/collections/summer?utm_source=ad&utm_campaign=may",
        "note": "customer says urgent, call first" if urgent else "leave at the front desk, thank you",
    }


def body(number: int) -> bytes:
    return json.dumps(order(number), separators=(",", ":"), ensure_ascii=False).encode()
