"""What examples of polling and of messages have in common."""

from __future__ import annotations

from typing import Any, Final

from engine.sdk import Example

SAMPLE_EVENT: Final[dict[str, Any]] = {
    "channel": "pinduoduo",
    "shop_id": "pinduoduo",
    "order_id": "260116-000000000000001",
    "version": "2026-01-16 08:05:01",
    "passes": False,
}
"""Of the order that is the sample."""
_CALLED_OFF: Final = {"order_sn": "260116-000000000000001", "updated_at": "2026-01-16 09:20:00", "refund_status": 2}
CANCELLATION: Final = Example(
    {"shop": {"connection": "pinduoduo"}},
    [_CALLED_OFF],
    {"out": [_CALLED_OFF]},
    event={"version": "2026-01-16 09:20:00", "passes": True},
    title="A cancellation, which waits for nothing",
)
