"""The call for what a Shopify shop offers, and what its answers mean. Pure.

Source: shopify.dev, GraphQL Admin API 2026-01: "productVariants", "Pagination", "API limits". Of goods the REST Admin API is deprecated.
Refusals have status 200 as well: ``{"errors": [{"message", "extensions": {"code"}}]}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict, get
from nodes.connector.arrivals import as_item, inside
from nodes.connector.marks import items_at
from nodes.connector.rest import settled
from nodes.connector.shopify.calls import ROOT
from nodes.connector.stock.offer import Offer

PATH: Final = f"{ROOT}/graphql.json"
PAGE_SIZE: Final = 100
"""Of 250 allowed: a query may cost 1,000 points, and the smallest plan gets back a hundred a second."""
_QUERY: Final = f"""query Offer($after: String) {{
  productVariants(first: {PAGE_SIZE}, after: $after, sortKey: ID, query: "product_status:active") {{
    nodes {{ id sku inventoryQuantity inventoryItem {{ tracked }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
_THROTTLED: Final = "THROTTLED"


class Page(NamedTuple):
    """Variants, and the mark of the next page."""

    variants: list[Item]
    ahead: str | None


def variants_call(mark: str | None) -> HttpCall:
    """Variants of products that are on sale, by their id: what is made meanwhile comes behind."""
    return HttpCall("POST", PATH, json={"query": _QUERY, "variables": {"after": mark}})


def judge(answer: HttpAnswer) -> Verdict:
    """Raises ``NodeError`` with ``platform.signature`` where it does not take our credentials."""
    return "retry" if _THROTTLED in codes_of(answer) else settled(answer)


def read_variants(answer: HttpAnswer) -> Page:
    """Raises ``NodeError``: ``order.error_response`` with the platform's code word, ``platform.no_answer``, ``poll.no_list``."""
    if codes := codes_of(answer):
        raise NodeError("order.error_response", error=codes[0])
    if answer.status == 404:
        raise NodeError("platform.no_answer", status=answer.status)
    found = inside(as_item(answer.body), "data", "productVariants")
    variants, pages = items_at(found, "nodes"), inside(found, "pageInfo")
    if variants is None or not isinstance(pages.get("hasNextPage"), bool):
        raise NodeError("poll.no_list", path="data.productVariants.nodes")
    return Page(variants, str(pages.get("endCursor")) if pages["hasNextPage"] else None)


def offers_of(variants: Iterable[Item]) -> list[Offer]:
    """Of what the shop does not track it does not know how many there are."""
    return [
        Offer(one.get("sku"), one.get("inventoryQuantity") if get(one, "inventoryItem.tracked", False) is True else None)
        for one in variants
    ]


def codes_of(answer: HttpAnswer) -> list[str]:
    """The code words of a refusal; its sentences are left out, because they may repeat what was sent."""
    errors: Any = as_item(answer.body).get("errors")
    if errors is None:
        return []
    rows = cast("list[Any]", errors) if isinstance(errors, list) else [errors]
    return [str(get(as_item(one), "extensions.code", None) or answer.status)[:80] for one in rows]
