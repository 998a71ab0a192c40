"""Tag order."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, Field

from engine.sdk import DataClass, Example, FieldClass, Item, Money, NonEmpty, Params, Scope, adds, instant, node, parse_money


class TagOrderParams(Params):
    high_from: Money | None = Field(
        default=Decimal("500"), ge=0, title="High from", description="What was paid, in the order's own currency; empty for no such rule."
    )
    keywords: tuple[NonEmpty, ...] = Field(
        default=("urgent", "加急"), title="Keywords", description="Words in the notes that make an order urgent."
    )
    ship_within_hours: int | None = Field(
        default=None, ge=0, le=8760, title="Ship within hours", description="High if the promised time is this near when the order arrives."
    )


class Tags(BaseModel):
    tags: list[Annotated[str, FieldClass(DataClass.INTERNAL)]]
    priority: Annotated[Literal["high", "normal"], FieldClass(DataClass.INTERNAL)]


@node(
    "rule.tag_order",
    version=1,
    label="Tag order",
    reads=("channel", "currency", "amount.paid", "note.buyer", "note.seller", "ship_by_at", "tags"),
    outputs={"out": adds(Tags)},
    scope=True,
    icon="tag",
    examples=(
        Example(
            {},
            [{"channel": "shopify", "currency": "CNY", "amount": {"paid": "500.00"}}],
            {
                "out": [
                    {
                        "channel": "shopify",
                        "currency": "CNY",
                        "amount": {"paid": "500.00"},
                        "tags": ["shopify", "high_value"],
                        "priority": "high",
                    }
                ]
            },
            title="A large order",
        ),
        Example(
            {},
            [{"channel": "taobao", "note": {"buyer": "麻烦加急"}}],
            {"out": [{"channel": "taobao", "note": {"buyer": "麻烦加急"}, "tags": ["taobao", "urgent"], "priority": "high"}]},
            title="A keyword in the buyer's note",
        ),
        Example(
            {},
            [{"channel": "own_shop", "currency": "CNY", "amount": {"paid": "88.00"}, "tags": ["vip"]}],
            {
                "out": [
                    {
                        "channel": "own_shop",
                        "currency": "CNY",
                        "amount": {"paid": "88.00"},
                        "tags": ["vip", "own_shop"],
                        "priority": "normal",
                    }
                ]
            },
            title="An everyday order keeps the tags that it has",
        ),
    ),
)
def tag_order(item: Item, params: TagOrderParams, scope: Scope) -> Item:
    """Tags an order with its channel and gives it a priority, `high` or `normal`.

    High, and tagged with the reason: `high_value` from an amount on, `urgent` for a keyword in the notes, `ship_soon` if the promised
    time is near when the order arrives.
    """
    reasons = [
        tag
        for tag, applies in (
            ("high_value", _is_high_value(item, params)),
            ("urgent", _is_urgent(item, params)),
            ("ship_soon", _ships_soon(item, params, scope)),
        )
        if applies
    ]
    channel = [item["channel"]] if isinstance(item.get("channel"), str) else []
    return {**item, "tags": list(dict.fromkeys([*_tags(item), *channel, *reasons])), "priority": "high" if reasons else "normal"}


def _tags(item: Item) -> list[str]:
    had = item.get("tags")
    return [tag for tag in cast("list[object]", had) if isinstance(tag, str)] if isinstance(had, list) else []


def _is_high_value(item: Item, params: TagOrderParams) -> bool:
    paid = _part(item, "amount").get("paid")
    if params.high_from is None or paid is None:
        return False
    return parse_money(paid, str(item.get("currency") or ""), path="amount.paid") >= params.high_from


def _is_urgent(item: Item, params: TagOrderParams) -> bool:
    note = _part(item, "note")
    text = " ".join(str(note.get(name) or "") for name in ("buyer", "seller")).casefold()
    return any(word.casefold() in text for word in params.keywords)


def _ships_soon(item: Item, params: TagOrderParams, scope: Scope) -> bool:
    due, arrived = instant(item.get("ship_by_at"), path="ship_by_at"), scope.event.get("received_at")
    if params.ship_within_hours is None or due is None or not isinstance(arrived, datetime):
        return False
    return due - arrived <= timedelta(hours=params.ship_within_hours)


def _part(item: Item, name: str) -> dict[str, Any]:
    part = item.get(name)
    return cast("dict[str, Any]", part) if isinstance(part, dict) else {}
