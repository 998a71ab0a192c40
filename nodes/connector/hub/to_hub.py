"""Keep in the hub."""

from __future__ import annotations

from engine.sdk import ORDER, Context, Example, Item, Params, Sent, effect_node

_FIRST = {
    "channel": "own_shop",
    "shop_id": "s1",
    "channel_order_id": "OWN-0001",
    "version": "2026-01-16T03:04:05Z",
    "status": "pending_payment",
}
_LATER = {**_FIRST, "version": "2026-01-16T03:09:00Z", "status": "awaiting_fulfillment"}


class ToHub(Params):
    """The hub needs no settings."""


@effect_node(
    "connector.to_hub",
    version=1,
    label="Keep in hub",
    accepts=ORDER,
    reads=("*",),
    outputs=("new", "changed", "unchanged", "stale"),
    icon="database",
    examples=(
        Example(
            {},
            [_FIRST, _LATER],
            {"new": [_FIRST], "changed": [_LATER]},
            requests=({"kind": "hub"}, {"kind": "hub"}),
            title="A new order, then paid",
        ),
        Example(
            {},
            [_LATER, _LATER, _FIRST],
            {"new": [_LATER], "unchanged": [_LATER], "stale": [_FIRST]},
            title="The same again, then an older version",
        ),
    ),
)
async def to_hub(order: Item, params: ToHub, context: Context) -> Sent:
    """Keeps each order in the hub, once a version, and sends it on by what it was to the hub.

    `new`, `changed`, `unchanged`, or `stale` where the hub holds a newer version.
    """
    del params
    return await context.to_hub(order), order
