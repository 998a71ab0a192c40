"""Event keys and ordering keys (rule R4)."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from engine.json_text import digest
from engine.node.triggers import Arrival
from engine.privacy.scrub import scrub

_TIME: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}[0-9:.,]*(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?)?")
_TOKEN: Final = re.compile(r"[A-Za-z]{0,3}[0-9][0-9A-Za-z._:+-]{0,39}")


class Keys(msgspec.Struct, frozen=True):
    event: str
    order: str
    content: str
    delivery: str | None


def keys_of(arrival: Arrival) -> Keys:
    """Event key: channel, shop, order id, version; without an order id or a version the digest of the content stands in."""
    content = digest(arrival.content if arrival.content is not None else list(arrival.items))
    order = order_key(arrival.channel, arrival.shop_id, arrival.order_id or f"?{content}")
    return Keys(
        event=f"{order}|{_version(arrival.version) if arrival.version else content}",
        order=order,
        content=content,
        delivery=f"{arrival.channel}|{_part(arrival.delivery_id)}" if arrival.delivery_id else None,
    )


def order_number(order_key: str) -> str | None:
    """The source's own number of the order, as its ordering key names it; ``None`` for an event that has none."""
    number = order_key.rpartition("|")[2].replace("%7C", "|").replace("%25", "%")
    return None if number.startswith("?") else number


def parts_of(order_key: str) -> tuple[str, str, str] | None:
    """Channel, shop and order number of an ordering key; ``None`` for an event that has no number."""
    parts = tuple(part.replace("%7C", "|").replace("%25", "%") for part in order_key.split("|"))
    return None if len(parts) != 3 or parts[2].startswith("?") else (parts[0], parts[1], parts[2])


def order_key(channel: str, shop_id: str, order_id: str) -> str:
    """The ordering key of an order."""
    return f"{_part(channel)}|{_part(shop_id)}|{_part(order_id)}"


def _version(text: str) -> str:
    """A time or a plain number as it is; of anything else a digest, because keys are kept in clear and a sender may write anything."""
    plain = _TIME.fullmatch(text) or (_TOKEN.fullmatch(text) and scrub(text) == text)
    return text if plain else digest(text)


def _part(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C")
