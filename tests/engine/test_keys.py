"""Event keys and ordering keys (rule R4)."""

from __future__ import annotations

from engine.node.keys import keys_of
from engine.node.triggers import Arrival


def test_the_event_key_names_channel_shop_order_and_version() -> None:
    keys = keys_of(Arrival(({},), "shopify", "shop", "1001", "2026-01-15T00:00:00Z", "delivery"))
    assert keys.event == "shopify|shop|1001|2026-01-15T00:00:00Z"
    assert keys.order == "shopify|shop|1001"
    assert keys.delivery == "shopify|delivery"


def test_without_a_version_the_content_stands_in() -> None:
    first, same, other = (keys_of(Arrival(({"n": n},), "web", "", "1")) for n in (1, 1, 2))
    assert first.event == same.event
    assert first.event != other.event
    assert first.order == other.order


def test_without_an_order_id_nothing_is_mistaken_for_the_same_order() -> None:
    first, other = (keys_of(Arrival(({"n": n},), "web")) for n in (1, 2))
    assert first.order != other.order


def test_a_separator_inside_a_part_cannot_forge_another_key() -> None:
    assert keys_of(Arrival(({},), "web", "a|b", "c")).order != keys_of(Arrival(({},), "web", "a", "b|c")).order


def test_the_order_of_keys_in_the_content_does_not_matter() -> None:
    left = keys_of(Arrival(({"a": 1, "b": 2},), "web", "", "1"))
    right = keys_of(Arrival(({"b": 2, "a": 1},), "web", "", "1"))
    assert left == right
