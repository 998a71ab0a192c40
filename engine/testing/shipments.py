"""What a simulated warehouse has shipped: told in a list, and, where somebody takes it, by a signed webhook."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from engine.json_text import write_json
from engine.testing.ledger import OrderName

PAGE: Final = 100
HEADER: Final = "X-Signature"


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    shipment: Mapping[str, Any]


class ShipmentList:
    """``GET /shipments?since=&cursor=``: ``{items, next}``, those told since then, oldest first.

    ``slip``: by how much the times that it writes are off, as where the zone of the warehouse's interface is set wrong.
    """

    def __init__(self) -> None:
        self.slip = timedelta(0)
        self.told: list[Told] = []

    def ship(self, order: OrderName, carrier: str, tracking_no: str, at: datetime | None = None) -> dict[str, Any]:
        """An order leaves the warehouse under the number that it has there. What is told of it."""
        moment = at or datetime.now(UTC)
        names = dict(zip(("channel", "shop_id", "channel_order_id"), order, strict=True))
        waybill = {"carrier": carrier, "tracking_no": tracking_no, "shipped_at": f"{moment + self.slip:%Y-%m-%dT%H:%M:%SZ}"}
        shipment = {"shipment_no": f"S-{len(self.told) + 1:05d}", **names, **waybill}
        self.told.append(Told(moment, shipment))
        return shipment

    def page(self, since: str | None, cursor: str) -> dict[str, Any] | None:
        """``None`` for a time or mark that is none."""
        try:
            earliest = datetime.fromisoformat(since) if since else datetime.min.replace(tzinfo=UTC)
            start = int(cursor)
            found = [one.shipment for one in self.told if one.at >= earliest]
        except (ValueError, TypeError):
            return None
        if start < 0:
            return None
        more = start + PAGE < len(found)
        return {"items": found[start : start + PAGE], "next": str(start + PAGE) if more else None}


def signed(shipment: Mapping[str, Any], secret: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the webhook that tells of a shipment: HMAC-SHA256 of the body, as ``connector.webhook`` asks for."""
    body = write_json(dict(shipment))
    signature = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    return body, {"Content-Type": "application/json", HEADER: f"sha256={signature}"}
