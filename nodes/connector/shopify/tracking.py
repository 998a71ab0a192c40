"""One more waybill number for a fulfillment of Shopify's: the call, and what its answer means. Pure.

Source: shopify.dev, GraphQL Admin API 2026-01: "fulfillmentTrackingInfoUpdate", "FulfillmentTrackingInput". The REST Admin API has one
number for a fulfillment. Refusals have status 200: ``errors``, or ``userErrors`` with sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from engine.sdk import HttpAnswer, HttpCall
from nodes.connector.arrivals import as_item, inside
from nodes.connector.marks import items_at
from nodes.connector.shopify.stock_calls import PATH, codes_of

_NAME: Final = "fulfillmentTrackingInfoUpdate"
_QUERY: Final = f"""mutation Further($id: ID!, $info: FulfillmentTrackingInput!) {{
  {_NAME}(fulfillmentId: $id, trackingInfoInput: $info, notifyCustomer: false) {{
    fulfillment {{ id }}
    userErrors {{ field message }}
  }}
}}"""


def further_call(fulfillment: Mapping[str, Any], tracking_no: str, courier: str) -> HttpCall:
    """All of its numbers with one more. A fulfillment names one courier: that of its first parcel stays."""
    info = {"company": fulfillment.get("tracking_company") or courier, "numbers": [*numbers_of([fulfillment]), tracking_no]}
    variables = {"id": f"gid://shopify/Fulfillment/{fulfillment.get('id')}", "info": info}
    return HttpCall("POST", PATH, json={"query": _QUERY, "variables": variables})


def refusal_of(answer: HttpAnswer) -> str | None:
    """A code word; ``None`` where the number was taken."""
    if codes := codes_of(answer):
        return codes[0]
    done = inside(as_item(answer.body), "data", _NAME)
    if inside(done, "fulfillment").get("id"):
        return None
    return "userErrors" if items_at(done, "userErrors") else str(answer.status)


def numbers_of(fulfillments: Iterable[Mapping[str, Any]]) -> list[str]:
    """Their waybill numbers, each once."""
    found: list[Any] = []
    for one in fulfillments:
        several: Any = one.get("tracking_numbers")
        found += [one.get("tracking_number"), *(several if isinstance(several, list) else [])]
    return list(dict.fromkeys(str(number) for number in found if number))
