"""What flows ask of the hub, by the name of the task. Each may be done again, and changes nothing then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from engine.errors import NodeError
from engine.hub.campaign_desk import CampaignDesk
from engine.hub.leaving import LeaveDesk
from engine.hub.parcel_desk import ParcelDesk
from engine.hub.shipment_desk import ShipmentDesk
from engine.hub.stock_desk import StockDesk
from engine.hub.unshipped import ShipBy
from engine.node.context import HubTask
from engine.store.ports import Store

Task = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


class HubDesk:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self.stock, self.parcels, self.ship_by = StockDesk(store, now), ParcelDesk(store, now), ShipBy(store, now)
        self.shipments = ShipmentDesk(store, now)
        self._tasks: Mapping[HubTask, Task] = {
            "stock.keep": self.stock.keep,
            "stock.check": self.stock.check,
            "parcels.keep": self.parcels.keep,
            "orders.unshipped": self.ship_by.late,
            "campaign.places": CampaignDesk(store, now).take,
            "shipments.take": self.shipments.take,
            "parcels.leave": LeaveDesk(store).leave,
        }

    async def do(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{task, …}``. Raises ``NodeError``: ``hub.unknown_task``, and what the task raises."""
        task: Any = asked["task"]
        if task not in self._tasks:
            raise NodeError("hub.unknown_task", task=str(task), known=", ".join(self._tasks))
        return await self._tasks[task](asked)
