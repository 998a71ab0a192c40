"""A NATS JetStream stream."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import Arrival, ConnectionRef, Delivery, Example, Feed, OfType, receive, trigger
from nodes.connector.messages import MESSAGE_ID, Prefetched, keyed_arrival


class NatsStream(Prefetched):
    server: Annotated[ConnectionRef, OfType(("nats",))] = Field(title="Server", description="The connection of the NATS server.")
    stream: str = Field(pattern=r"^[^\s.*>/\\]+$", max_length=200, title="Stream", description="The stream that is read. It must exist.")
    subject: str = Field(
        default="",
        pattern=r"^[^\s]*$",
        max_length=500,
        title="Subject",
        description="Only messages of this subject, such as orders.>. Empty: all of the stream.",
    )
    durable: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]+$",
        max_length=200,
        title="Consumer",
        description="The name of the durable consumer, which is made where it does not exist. Empty: one of this flow's own.",
    )


async def consume_subject(params: NatsStream, feed: Feed) -> None:
    durable = params.durable or f"orderloom-{feed.name}"
    await receive(feed, params.server, stream=params.stream, subject=params.subject, durable=durable, prefetch=params.prefetch)


@trigger(
    "connector.nats",
    version=1,
    label="NATS JetStream",
    starts="source",
    consume=consume_subject,
    keeps_headers=(MESSAGE_ID,),
    icon="network",
    examples=(
        Example(
            {"server": {"connection": "nats"}, "stream": "ORDERS", "subject": "orders.>", "key_path": "no"},
            [{"no": "A-1", "total": "80.00"}],
            {"out": [{"no": "A-1", "total": "80.00"}]},
            event={"channel": "messages", "order_id": "A-1"},
            title="Orders of a subject",
        ),
        Example(
            {"server": {"connection": "nats"}, "stream": "ORDERS"},
            [{"no": "A-1"}],
            {"out": [{"no": "A-1"}]},
            headers={"message-id": "ORDERS:7"},
            event={"order_id": "ORDERS:7"},
            title="By the place in the stream",
        ),
    ),
)
def nats_stream(delivery: Delivery, params: NatsStream) -> Arrival:
    """Starts the flow with each message of a JetStream stream. A message is acknowledged once its event is on disk."""
    return keyed_arrival(delivery, params)
