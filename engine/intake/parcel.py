"""How a delivery is kept: the headers that its trigger needs, its terms, and the body as it was, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.json_text import read_kept, write_json
from engine.node.terms import read_terms, terms_document
from engine.node.triggers import Delivery


def pack(delivery: Delivery, keeps_headers: Iterable[str]) -> bytes:
    headers = {name: delivery.headers[name] for name in keeps_headers if name in delivery.headers}
    head: dict[str, Any] = {"headers": headers, "query": dict(delivery.query)}
    if delivery.terms is not None:
        head["terms"] = terms_document(delivery.terms)
    return write_json(head) + b"\n" + delivery.body


def unpack(parcel: bytes) -> Delivery:
    head, _, body = parcel.partition(b"\n")
    meta = read_kept(head)
    return Delivery(body, meta["headers"], meta["query"], read_terms(meta.get("terms")))
