"""Keys are kept in clear: what a sender writes where a version belongs must not rest there."""

from __future__ import annotations

import pytest

from engine.node.keys import keys_of
from engine.node.triggers import Arrival


def event_key(version: str) -> str:
    return keys_of(Arrival(({},), "shop", "s", "1", version)).event


@pytest.mark.parametrize(
    "version", ["2026-01-16T03:04:05Z", "2026-01-15 20:00:05", "2026-01-15T20:00:05.123-05:00", "1768532645", "1768532645123", "v7", "17"]
)
def test_a_time_or_a_number_is_part_of_the_key_as_it_is(version: str) -> None:
    assert event_key(version) == f"shop|s|1|{version}"


@pytest.mark.parametrize("version", ["欧阳紫霄", "Jane Roe", "19900000505", "+8619900000505", "a@mail.example", "2026-01-16 Jane Roe"])
def test_anything_else_becomes_a_digest(version: str) -> None:
    assert version not in event_key(version)
    assert event_key(version) == event_key(version) != event_key(version + "x")
