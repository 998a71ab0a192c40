"""An MQTT topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field

from engine.sdk import Arrival, ConnectionRef, Delivery, Example, Feed, NonEmpty, OfType, receive, trigger
from nodes.connector.messages import Prefetched, keyed_arrival


class MqttTopic(Prefetched):
    server: Annotated[ConnectionRef, OfType(("mqtt",))] = Field(title="Broker", description="The connection of the MQTT broker.")
    topic: NonEmpty = Field(
        max_length=500, title="Topic", description="The topic or topic filter, such as shop/+/orders. It is subscribed with QoS 1."
    )
    session: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]+$",
        max_length=100,
        title="Client id",
        description="Under this name the broker keeps what comes while the service is away. Empty: one of this flow's own.",
    )


async def consume_topic(params: MqttTopic, feed: Feed) -> None:
    session, known = params.session or f"orderloom-{feed.name}", await feed.cursor()
    former = cast("Mapping[str, Any]", known).get("topic") if isinstance(known, dict) else None
    place = {"topic": params.topic}
    await receive(feed, params.server, place=place, topic=params.topic, session=session, prefetch=params.prefetch, former=former)


@trigger(
    "connector.mqtt",
    version=1,
    label="MQTT topic",
    starts="source",
    consume=consume_topic,
    icon="waypoints",
    examples=(
        Example(
            {"server": {"connection": "broker"}, "topic": "shop/+/orders", "key_path": "no", "version_path": "changed"},
            [{"no": "A-1", "changed": "2026-01-16T03:04:05Z"}],
            {"out": [{"no": "A-1", "changed": "2026-01-16T03:04:05Z"}]},
            event={"channel": "messages", "order_id": "A-1", "version": "2026-01-16T03:04:05Z"},
            title="Orders of many shops",
        ),
        Example(
            {"server": {"connection": "broker"}, "topic": "orders"},
            [{"no": "A-1"}],
            {"out": [{"no": "A-1"}]},
            event={"order_id": None},
            title="By the content",
        ),
    ),
)
def mqtt_topic(delivery: Delivery, params: MqttTopic) -> Arrival:
    """Starts the flow with each message of a topic. Without an order number two messages of the same content are one event."""
    return keyed_arrival(delivery, params)
