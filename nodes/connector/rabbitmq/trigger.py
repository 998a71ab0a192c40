"""A RabbitMQ queue."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import Arrival, ConnectionRef, Delivery, Example, Feed, NonEmpty, OfType, receive, trigger
from nodes.connector.messages import MESSAGE_ID, Prefetched, keyed_arrival


class RabbitMqQueue(Prefetched):
    server: Annotated[ConnectionRef, OfType(("rabbitmq",))] = Field(title="Server", description="The connection of the RabbitMQ server.")
    queue: NonEmpty = Field(max_length=255, title="Queue", description="The queue that is read. It must exist; it is never changed.")


async def consume_queue(params: RabbitMqQueue, feed: Feed) -> None:
    await receive(feed, params.server, queue=params.queue, prefetch=params.prefetch)


@trigger(
    "connector.rabbitmq",
    version=1,
    label="RabbitMQ queue",
    starts="source",
    consume=consume_queue,
    keeps_headers=(MESSAGE_ID,),
    icon="inbox",
    examples=(
        Example(
            {"server": {"connection": "queue"}, "queue": "orders", "channel": "erp", "key_path": "no"},
            [{"no": "A-1", "total": "80.00"}],
            {"out": [{"no": "A-1", "total": "80.00"}]},
            event={"channel": "erp", "order_id": "A-1"},
            title="Orders of an ERP",
        ),
        Example(
            {"server": {"connection": "queue"}, "queue": "orders"},
            [{"no": "A-1"}],
            {"out": [{"no": "A-1"}]},
            headers={"message-id": "m-7"},
            event={"channel": "messages", "order_id": "m-7", "delivery_id": "m-7"},
            title="By the id of the message",
        ),
    ),
)
def rabbitmq_queue(delivery: Delivery, params: RabbitMqQueue) -> Arrival:
    """Starts the flow with each message of a queue. A message is acknowledged once its event is on disk."""
    return keyed_arrival(delivery, params)
