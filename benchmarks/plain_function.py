"""The reference order flow as plain Python: seven steps, no framework, nothing kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_SPACE = re.compile(r"\s+")
_CHANNELS = {"web": "SHOPIFY", "pos": "POS"}
Order = dict[str, Any]


def channel(order: Order) -> str:
    return _CHANNELS.get(order["source_name"], "OTHER")


def minor_units(price: str) -> int:
    whole, _, part = price.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def normalise(order: Order, name: str) -> Order:
    customer, address = order["customer"], order["shipping_address"]
    return {
        "id": order["id"],
        "order_no": name + "-" + order["name"].strip().upper(),
        "created_at": datetime.fromisoformat(order["created_at"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "customer": {"name": _SPACE.sub(" ", customer["name"]).strip(), "phone": customer["phone"], "email": customer["email"]},
        "address": {"province": address["province"], "city": address["city"], "address1": address["address1"], "zip": address["zip"]},
        "items": [
            {
                "sku": line["sku"].replace(" ", "").upper(),
                "title": line["title"],
                "quantity": line["quantity"],
                "price_cents": minor_units(line["price"]),
            }
            for line in order["line_items"]
        ],
        "total_cents": minor_units(order["total_price"]),
        "note": order["note"],
        "channel": name,
    }


def priority(order: Order) -> str:
    return "high" if order["total_cents"] >= 50_000 or "urgent" in order["note"] or "加急" in order["note"] else "normal"


def masked(order: Order) -> Order:
    phone = order["customer"]["phone"]
    return {**order, "customer": {**order["customer"], "phone": phone[:3] + "****" + phone[-4:]}}


def flow(order: Order) -> tuple[Order, Order]:
    """What goes to the WMS, and what goes to the finance system."""
    clean = normalise(order, channel(order))
    clean["priority"] = priority(clean)
    clean["queue"] = "express" if clean["priority"] == "high" else "standard"
    return clean, masked(clean)
