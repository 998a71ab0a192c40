"""A Redis stream."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import Arrival, ConnectionRef, Delivery, Example, Feed, NonEmpty, OfType, receive, trigger
from nodes.connector.messages import MESSAGE_ID, Prefetched, keyed_arrival


class RedisStream(Prefetched):
    server: Annotated[ConnectionRef, OfType(("redis",))] = Field(title="Server", description="The connection of the Redis server.")
    stream: NonEmpty = Field(
        max_length=500, title="Stream", description="The key of the stream that is read. It is made where it does not exist."
    )
    group: str | None = Field(
        default=None,
        max_length=200,
        title="Group",
        description="The consumer group; nobody else may read with it. Empty: one of this flow's own, from the stream's beginning.",
    )
    field: str | None = Field(
        default=None,
        max_length=200,
        title="Field with JSON",
        description="The field of an entry that holds the message as JSON. Empty: all fields together are the item, as text.",
    )


async def consume_stream(params: RedisStream, feed: Feed) -> None:
    group = params.group or f"orderloom-{feed.name}"
    await receive(feed, params.server, stream=params.stream, group=group, field=params.field, prefetch=params.prefetch)


@trigger(
    "connector.redis_stream",
    version=1,
    label="Redis stream",
    starts="source",
    consume=consume_stream,
    keeps_headers=(MESSAGE_ID,),
    icon="layers",
    examples=(
        Example(
            {"server": {"connection": "redis"}, "stream": "orders", "field": "order", "key_path": "no"},
            [{"no": "A-1", "total": "80.00"}],
            {"out": [{"no": "A-1", "total": "80.00"}]},
            event={"channel": "messages", "order_id": "A-1"},
            title="Orders as JSON in a field",
        ),
        Example(
            {"server": {"connection": "redis"}, "stream": "orders"},
            [{"sku": "A", "qty": "2"}],
            {"out": [{"sku": "A", "qty": "2"}]},
            headers={"message-id": "1760000000000-0"},
            event={"order_id": "1760000000000-0"},
            title="The fields of an entry",
        ),
    ),
)
def redis_stream(delivery: Delivery, params: RedisStream) -> Arrival:
    """Starts the flow with each entry of a stream. An entry is acknowledged once its event is on disk."""
    return keyed_arrival(delivery, params)
