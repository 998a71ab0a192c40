"""A whole trade in place of a push message, which only names it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.sdk import ConnectionRef, Context, Example, Item, NodeError, OfType, Params, effect_node, unknown
from nodes.connector.samples import form, sample
from nodes.connector.taobao.calls import detail_call, judge, read
from nodes.connector.taobao.fields import KNOWN
from nodes.connector.taobao.trigger import ENVELOPES, named_in

_PUSH = {"id": 5160000000000000001, "topic": "taobao_trade_TradeBuyerPay", "content": '{"tid":4012600000000000010}'}
_GONE = {"error_response": {"code": 15, "msg": "Remote service error", "sub_code": "isv.trade-not-exist"}}
_LIMITED = {
    "error_response": {
        "code": 7,
        "msg": "App Call Limited",
        "sub_code": "accesscontrol.limited-by-api-access-count",
        "sub_msg": "This ban will last for 1 more seconds",
    }
}


class TaobaoTrade(Params):
    shop: Annotated[ConnectionRef, OfType(("taobao",))] = Field(
        title="Shop", description="The connection of the shop, with App Key, App Secret and session."
    )


@effect_node(
    "connector.taobao_trade",
    version=1,
    label="Fetch the Taobao trade",
    reads=("*",),
    outputs={"out": unknown()},
    form=form("taobao", *ENVELOPES, part="trade", known=KNOWN, others=("topic", "content")),
    icon="search",
    examples=(
        Example(
            {"shop": {"connection": "taobao"}},
            [_PUSH],
            {"out": [{"trade_fullinfo_get_response": {"trade": sample("taobao")["trade_fullinfo_get_response"]["trade"]}}]},
            answers=({"status": 200, "body": _LIMITED}, {"status": 200, "body": sample("taobao")}),
            requests=({"json": {"method": "taobao.trade.fullinfo.get", "tid": "4012600000000000010"}},),
            title="A push message; the platform takes the second call",
        ),
        Example({"shop": {"connection": "taobao"}}, [sample("taobao")], {"out": [sample("taobao")]}, title="A whole trade stays as it is"),
        Example(
            {"shop": {"connection": "taobao"}},
            [_PUSH],
            answers=({"status": 200, "body": _GONE},),
            problem="order.error_response",
            title="A trade that the platform does not know",
        ),
    ),
)
async def taobao_trade(item: Item, params: TaobaoTrade, context: Context) -> Item:
    """Fetches the trade that a push message of Taobao names. What is a whole trade already is left as it is."""
    tid = named_in(item)
    if tid is None:
        return item
    answer = await context.http(params.shop, detail_call(tid), judge)
    trade = read(answer).get("trade")
    if not isinstance(trade, dict):
        raise NodeError("order.missing_field", "trade", field="trade")
    return {"trade_fullinfo_get_response": {"trade": trade}}
