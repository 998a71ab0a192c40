"""Where WooCommerce keeps waybill numbers: in a list under one key of ``meta_data``.

Source: the WooCommerce extension "Shipment Tracking", whose form other extensions share: ``_wc_shipment_tracking_items``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from engine.sdk import Item, Source

KEY: Final = "_wc_shipment_tracking_items"


def items_of(order: Mapping[str, Any]) -> list[Item]:
    """The parcels that an order names; none where the extension is not there or its list is something else."""
    meta: Any = order.get("meta_data")
    for one in cast("list[Any]", meta) if isinstance(meta, list) else []:
        value: Any = cast("Item", one).get("value") if isinstance(one, dict) and cast("Item", one).get("key") == KEY else None
        if isinstance(value, list):
            return [cast("Item", item) for item in cast("list[Any]", value) if isinstance(item, dict)]
    return []


def waybills_of(order: Mapping[str, Any]) -> str:
    """Their numbers, parted by commas."""
    return ",".join(str(item["tracking_number"]) for item in items_of(order) if item.get("tracking_number"))


def tracking_of(order: Source) -> tuple[str | None, str | None]:
    """Courier and number of the first parcel that has one."""
    for item in items_of(order.data):
        source = Source(item, order.findings, f"{order.at('meta_data')}[].value[]")
        if (number := source.text("tracking_number")) is not None:
            return source.text("tracking_provider", "custom_tracking_provider"), number
    return None, None


def with_parcel(order: Mapping[str, Any], courier: str, tracking_no: str) -> list[Item]:
    """The parcels with one more. The courier is given as a name of one's own, because the extension knows only some by a code."""
    return [*items_of(order), {"tracking_provider": "", "custom_tracking_provider": courier, "tracking_number": tracking_no}]
