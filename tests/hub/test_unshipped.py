"""Orders that are not shipped by the time that was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.hub.unshipped import Promise, late_among
from engine.store.order_records import Unshipped

NOW = datetime(2026, 1, 18, 8, tzinfo=UTC)


def order(number: str, ship_by: str | None, created: str | None = "2026-01-16T00:00:00Z") -> Unshipped:
    return Unshipped("pinduoduo", "s1", number, "awaiting_fulfillment", ship_by, created)


def test_the_channels_own_time_counts_else_hours_after_the_order_was_made() -> None:
    orders = [
        order("by itself", "2026-01-18T05:59:00Z"),
        order("in time", "2026-01-18T08:01:00Z"),
        order("by hours", None, "2026-01-16T07:00:00Z"),
        order("young", None, "2026-01-16T09:00:00Z"),
        order("unknown", None, None),
    ]
    told = [(one["channel_order_id"], one["promised"], one["hours_late"]) for one in late_among(orders, Promise(48), NOW)]
    assert told == [("by itself", True, 2), ("by hours", False, 1)]


def test_what_is_due_soon_is_found_ahead_with_hours_left() -> None:
    found = late_among([order("soon", "2026-01-18T09:30:00Z")], Promise(48, timedelta(hours=2)), NOW)
    assert [(one["hours_late"], one["ship_by_at"]) for one in found] == [(-2, "2026-01-18T09:30:00Z")]
