"""Cleansing rules."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from engine.sdk import (
    ORDER,
    OVER,
    Context,
    DataClass,
    Example,
    FieldClass,
    HeldOrder,
    HoldReason,
    Item,
    Judgement,
    Params,
    Sent,
    Wait,
    adds,
    apply_changes,
    effect_node,
    hold_reasons_of,
    judge,
)

_INTERNAL = FieldClass(DataClass.INTERNAL)
_NO_SKU = "sku_unmapped"
_ORDER: Item = {"channel": "jd", "shop_id": "s1", "channel_order_id": "JD-0001", "version": "2026-01-16T03:04:05Z", "currency": "CNY"}
_LINE: Item = {"sku_code": None, "title": "手工皂 薰衣草", "spec": "3 块装", "qty": 2, "unit_price": "30.00"}
_ARRIVED: Item = {**_ORDER, "status": "awaiting_fulfillment", "hold_reasons": [_NO_SKU], "lines": [_LINE]}
_MATCH = {"channel": "jd", "shop_id": "", "key": "title:手工皂薰衣草|3块装", "sku_code": "SOAP-L", "each": 3}
_CLEAN: Item = {
    **_ARRIVED,
    "hold_reasons": [],
    "rules_version": 7,
    "lines": [{**_LINE, "sku_matched": True, "sku_code": "SOAP-L", "qty": 6, "unit_price": "10.00"}],
}
_NOTHING: dict[str, Any] = {"rules": 6}


class CleansingRulesParams(Params):
    wait: bool = Field(
        default=True,
        title="Wait for SKUs",
        description="A line that no SKU is known for holds its order here until somebody matches it. Off: it goes on with its reason.",
    )


class Cleansed(BaseModel):
    class Line(BaseModel):
        platform_sku: Annotated[str | None, _INTERNAL] = None
        sku_matched: Annotated[bool, _INTERNAL] = False

    rules_version: Annotated[int, _INTERNAL]
    hold_reasons: list[Annotated[HoldReason, _INTERNAL]]
    lines: list[Line]


@effect_node(
    "connector.cleansing_rules",
    version=1,
    label="Cleansing rules",
    accepts=ORDER,
    reads=("*",),
    outputs={"out": adds(Cleansed), "released": adds(Cleansed), "superseded": adds(Cleansed)},
    waits=True,
    icon="sparkles",
    examples=(
        Example(
            {},
            [_ARRIVED],
            {"out": [_CLEAN]},
            requests=({"kind": "rules", "channel": "jd", "shop_id": "s1", "keys": [_MATCH["key"]]},),
            answers=({"rules": 7, "matches": [_MATCH]},),
            title="Three of ours are one of the platform's",
        ),
        Example(
            {},
            [_ARRIVED],
            {"out": [_CLEAN]},
            requests=({"kind": "rules"}, {"kind": "hub"}, {"wait": "hold"}, {"kind": "rules"}),
            answers=(_NOTHING, {"how": "released", "by": "owner"}, {"rules": 7, "matches": [_MATCH]}),
            title="The SKU is matched while the order waits",
        ),
        Example(
            {"wait": False},
            [_ARRIVED],
            {"out": [{**_ARRIVED, "rules_version": 6}]},
            answers=(_NOTHING,),
            title="It goes on with its reason",
        ),
        Example(
            {},
            [{**_ORDER, "status": "awaiting_fulfillment", "lines": []}],
            {
                "out": [
                    {
                        **_ORDER,
                        "status": "awaiting_fulfillment",
                        "lines": [],
                        "hold_reasons": ["number_mismatch"],
                        "rules_version": 7,
                    }
                ]
            },
            answers=({"rules": 7, "shop": {"order_number": "[0-9]{12}"}},),
            title="An order number of another form",
        ),
        Example(
            {},
            [_ARRIVED],
            {"superseded": [{**_ARRIVED, "rules_version": 6}]},
            answers=(_NOTHING, {"how": "superseded"}),
            title="A newer version came meanwhile",
        ),
    ),
)
async def cleansing_rules(order: Item, params: CleansingRulesParams, context: Context) -> Sent:
    """Applies the rules of the page "Cleansing rules": order numbers, names and addresses, our SKUs for those of the platform, sums.

    Which rules applied is recorded with the run, so that looking back shows the same. An order with a line that no SKU is known for
    (`sku_unmapped`) is kept in the hub and held; it goes on by itself, by `out`, as soon as somebody has matched the SKU. Where a person
    releases it without a match, it leaves by `released`, without that reason; when the hub gets a newer version, by `superseded`. An odd
    order number (`number_mismatch`) and sums that are wrong (`amount_mismatch`) are noted in `hold_reasons`, for `connector.hold_order`.
    """
    clean, judgement = await _asked(order, context)
    if not (params.wait and judgement.unmatched and _is_to_ship(clean)):
        return "out", clean
    await context.to_hub(clean)
    woken = await context.wait(Wait("hold", order=_named(clean), reasons=(_NO_SKU,), missing=tuple(judgement.unmatched)))
    if woken.how == "superseded":
        return "superseded", clean
    clean, judgement = await _asked(clean, context)
    if not judgement.unmatched:
        return "out", clean
    return "released", {**clean, "hold_reasons": [reason for reason in clean["hold_reasons"] if reason != _NO_SKU]}


async def _asked(order: Item, context: Context) -> tuple[Item, Judgement]:
    rules = await context.rules(order)
    judgement = judge(order, rules)
    clean = apply_changes(order, judgement.changes)
    return {**clean, "hold_reasons": clean.get("hold_reasons") or [], "rules_version": rules.version}, judgement


def _is_to_ship(order: Item) -> bool:
    """What is over needs no SKU any more, and what is not paid none yet: its next version is asked about again."""
    return _NO_SKU in hold_reasons_of(order) and order.get("status") not in (*OVER, "pending_payment")


def _named(order: Item) -> HeldOrder:
    """As the hub names it."""
    channel, shop_id, number = (str(order.get(name) or "") for name in ("channel", "shop_id", "channel_order_id"))
    return HeldOrder(channel, shop_id, number, str(order.get("version") or order.get("updated_at") or ""))
