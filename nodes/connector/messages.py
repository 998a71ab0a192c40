"""What triggers share whose deliveries carry no signature: which order a message is about."""

from __future__ import annotations

from pydantic import Field

from engine.sdk import Arrival, Delivery, Params, PlainPath
from nodes.connector.arrivals import ChannelName, ShopPath, VersionPath, item_of, text_at

MESSAGE_ID = "message-id"
"""The header under which the broker's own id of a message is kept."""


class Keyed(Params):
    """Parameters that make the event key and the ordering key (rule R4)."""

    channel: ChannelName = "messages"
    key_path: PlainPath | None = Field(
        default=None,
        title="Order number",
        description="The field that says which order it is. Empty: the id of the message, or else its content, is an event of its own.",
    )
    version_path: VersionPath = None
    shop_path: ShopPath = None


class Prefetched(Keyed):
    """A broker's trigger."""

    prefetch: int = Field(
        default=100,
        ge=1,
        le=1000,
        title="Messages at once",
        description="At most so many are fetched and not acknowledged yet.",
    )


def keyed_arrival(delivery: Delivery, params: Keyed) -> Arrival:
    """A message as an event. Raises ``InputInvalid`` with ``body.unreadable``."""
    item = item_of(delivery)
    message = delivery.headers.get(MESSAGE_ID)
    return Arrival(
        (item,),
        channel=params.channel,
        shop_id=text_at(item, params.shop_path) or "",
        order_id=text_at(item, params.key_path) or message,
        version=text_at(item, params.version_path),
        delivery_id=message,
    )
