"""Shopify's words for the state of an order, in canonical ones.

Source: the status maps of the order domain; the Order resource of the REST Admin API.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.sdk import Source, overall_refund

FULFILLMENT = {"partial": "partially_shipped", "fulfilled": "shipped", "restocked": "cancelled"}
"""``null`` means that nothing is fulfilled yet."""

FINANCIAL = {
    "pending": "unpaid",
    "authorized": "unpaid",
    "partially_paid": "deposit_paid",
    "paid": "paid",
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    "voided": "unpaid",
    "expired": "unpaid",
}
_OF_TRANSACTION = {"pending": "processing", "success": "succeeded", "failure": "closed", "error": "closed"}


def order_status(order: Source, payment: str, nothing_left: bool) -> str:
    """Cancelled first, then by fulfilment. What is refunded in full and not shipped never ships, nor does an order that an edit
    or a refund has emptied.
    """
    if order.text("cancelled_at"):
        return "cancelled"
    status = fulfillment(order)
    if status == "awaiting_fulfillment" and payment == "refunded":
        return "closed_refunded"
    return "cancelled" if status == "awaiting_fulfillment" and nothing_left else status


def fulfillment(source: Source) -> str:
    """The status of an order or a line by its ``fulfillment_status`` alone."""
    return "awaiting_fulfillment" if source.raw("fulfillment_status") is None else source.word("fulfillment_status", FULFILLMENT, "unknown")


def payment_status(order: Source) -> str:
    return order.word("financial_status", FINANCIAL, "unpaid")


def hold_unpaid(order: Source, status: str, payment: str) -> None:
    """Shopify lets an unpaid order be fulfilled; here a person decides, unless the courier collects the money."""
    gateways: object = order.raw("payment_gateway_names")
    collected = "cash on delivery" in str(gateways).lower()
    if status in ("awaiting_fulfillment", "partially_shipped") and payment in ("unpaid", "deposit_paid") and not collected:
        order.findings.hold("payment_pending")


def refunds_of(order: Source) -> list[tuple[str, set[str]]]:
    """For each refund its state and the ids of the lines that it names. Without a transaction no money moves, but the goods go back.

    What it names that is not ordered, and what does not say what it is about, is noted.
    """
    found: list[tuple[str, set[str]]] = []
    ordered = {line.identifier("id") for line in order.children("line_items")}
    for refund in order.children("refunds"):
        if refund.raw("refund_line_items") is None:
            refund.findings.note(refund.at("refund_line_items"), "missing")
        for one in refund.children("refund_line_items"):
            if (line_id := one.identifier("line_item_id")) not in ordered or line_id is None:
                one.findings.note(one.at("line_item_id"), "missing" if line_id is None else "differs")
        moved = [_OF_TRANSACTION.get(one.text("status") or "", "processing") for one in refund.children("transactions")]
        lines = {one.identifier("line_item_id") or "" for one in refund.children("refund_line_items")}
        found.append((overall_refund(moved) if moved else "succeeded", lines))
    return found


def refund_status(order: Source, refunds: Sequence[tuple[str, set[str]]], payment: str) -> str:
    """Of the order: from its refunds, else from what the payment's status tells."""
    if refunds:
        return overall_refund([state for state, _ in refunds])
    if payment in ("refunded", "partially_refunded"):
        order.findings.note(order.at("refunds"), "missing")
    return "succeeded" if payment in ("refunded", "partially_refunded") else "none"


def line_refund(refunds: Sequence[tuple[str, set[str]]], line_id: str) -> str:
    return overall_refund([state for state, lines in refunds if line_id in lines])
