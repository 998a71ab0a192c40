"""Invented payloads of the channels, which document them and stand in the examples of their nodes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from engine.sdk import Form, Item, read_json


def sample(channel: str, name: str = "sample") -> Item:
    """What a channel sends (``sample``), or the canonical order that it becomes (``sample_order``)."""
    return read_json(files("nodes.connector").joinpath(channel, f"{name}.json").read_bytes())


def sold(channel: str) -> tuple[str, ...]:
    """The seller's codes in the channel's sample."""
    return tuple(line["sku_code"] for line in sample(channel, "sample_order")["lines"] if line["sku_code"])


def priced(channel: str) -> dict[str, str]:
    """What one of each costs there by the channel's sample, with its currency."""
    order = sample(channel, "sample_order")
    lines = [line for line in order["lines"] if line["sku_code"] and line["unit_price"] is not None]
    return {line["sku_code"]: f"{line['unit_price']} {order['currency']}" for line in lines}


def schema(channel: str) -> Item:
    """The declared form of an order of a channel: JSON Schema (2020-12) with a ``version`` of its own."""
    return sample(channel, "schema")


def properties_of(channel: str, *inner: str) -> frozenset[str]:
    """The names of the fields that the form declares, at its top or in the part that ``inner`` leads to."""
    part: Any = schema(channel)
    for name in inner:
        part = part[name]
    return frozenset(part["properties"])


def form(channel: str, *envelopes: str, part: str | None = None, known: Iterable[str] = (), others: Iterable[str] = ()) -> Form:
    """What a trigger of the channel expects. ``envelopes``: wrappers that may stand around an order; ``part``: its definition, where the
    form is not that of the order alone; ``known``: paths of documented fields that the form does not describe; ``others``: fields that
    all stand only in messages of another form, which come the same way.
    """
    whole = schema(channel)
    order = whole if part is None else {"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]}
    return Form(f"{channel}.order", str(whole["version"]), order, envelopes, frozenset(known), frozenset(others))
