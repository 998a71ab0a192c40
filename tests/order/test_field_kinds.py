from __future__ import annotations

from typing import Any

import pytest

from engine.order import CanonicalOrder, field_kinds
from engine.privacy.classes import field_classes


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("amount.paid", "money"),
        ("lines[].unit_price", "money"),
        ("lines[].qty", "number"),
        ("lines[].is_gift", "boolean"),
        ("paid_at", "time"),
        ("receiver.city", "text"),
    ],
)
def test_a_field_is_known_by_what_it_holds(path: str, kind: str) -> None:
    assert field_kinds()[path].kind == kind


def test_a_field_with_fixed_values_names_them() -> None:
    assert "awaiting_fulfillment" in field_kinds()["status"].choices
    assert field_kinds()["receiver.city"].choices == ()


def test_every_known_field_is_one_that_has_a_data_class() -> None:
    classes: Any = field_classes(CanonicalOrder)
    assert set(field_kinds()) - set(classes) == set()
