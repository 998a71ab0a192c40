from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from engine.order.model import CanonicalOrder
from engine.order.statuses import HOLD_REASONS, ORDER_STATUSES, PAYMENT_STATUSES, REFUND_STATUSES, may_ship, overall_refund
from engine.privacy.classes import DataClass, FieldClass, Kind, field_classes, highest

DOMAIN = json.loads((Path(__file__).parents[1] / "fixtures" / "domain" / "canonical_mapping.json").read_text())
CLASSES = field_classes(CanonicalOrder)
LEAVES = {
    "receiver.phone": (DataClass.RESTRICTED, Kind.PHONE),
    "receiver.name": (DataClass.RESTRICTED, Kind.NAME),
    "receiver.address": (DataClass.RESTRICTED, Kind.ADDRESS),
    "receiver.district": (DataClass.CONFIDENTIAL, Kind.OPAQUE),
    "receiver.city": (DataClass.INTERNAL, Kind.OPAQUE),
    "receiver.phone_mask": (DataClass.INTERNAL, Kind.OPAQUE),
    "buyer.email": (DataClass.RESTRICTED, Kind.EMAIL),
    "note.buyer": (DataClass.CONFIDENTIAL, Kind.TEXT),
    "lines[].title": (DataClass.PUBLIC, Kind.OPAQUE),
    "lines[].sku_code": (DataClass.INTERNAL, Kind.OPAQUE),
    "currency": (DataClass.PUBLIC, Kind.OPAQUE),
    "time_sources.*.text": (DataClass.INTERNAL, Kind.OPAQUE),
    "invoice.tax_no": (DataClass.RESTRICTED, Kind.OPAQUE),
}


@pytest.mark.parametrize("path", LEAVES)
def test_each_leaf_says_how_far_it_may_travel(path: str) -> None:
    assert (CLASSES[path].data_class, CLASSES[path].kind) == LEAVES[path]


@pytest.mark.parametrize(
    "row", [row for row in DOMAIN["fields"] if row["field"].replace(".", "").replace("_", "").isalpha()], ids=lambda row: row["field"]
)
def test_fields_and_classes_are_those_of_the_mapping(row: dict[str, str]) -> None:
    assert CLASSES[row["field"]].data_class == row["pii_class"]


def test_the_words_are_those_of_the_mapping() -> None:
    words = DOMAIN["status_maps"]["canonical"]
    assert [list(ORDER_STATUSES), list(PAYMENT_STATUSES), list(REFUND_STATUSES)] == [
        words["status"],
        words["payment_status"],
        words["refund_status"],
    ]
    assert set(words["hold_reason"]) <= set(HOLD_REASONS)


def test_classes_compare_by_how_guarded_they_are() -> None:
    assert DataClass.PUBLIC < DataClass.INTERNAL < DataClass.CONFIDENTIAL < DataClass.RESTRICTED
    assert highest(DataClass.INTERNAL, DataClass.RESTRICTED, DataClass.PUBLIC) is DataClass.RESTRICTED
    assert highest() is DataClass.PUBLIC


def test_a_leaf_without_a_class_counts_as_restricted() -> None:
    class Inner(BaseModel):
        known: Annotated[str, FieldClass(DataClass.PUBLIC)]
        forgotten: str

    class Outer(BaseModel):
        many: list[Inner | None]
        by_name: dict[str, Inner]
        plain: dict[str, list[int]]

    found = {path: one.data_class.value for path, one in field_classes(Outer).items()}
    assert found == {
        "many[].known": "public",
        "many[].forgotten": "restricted",
        "by_name.*.known": "public",
        "by_name.*.forgotten": "restricted",
        "plain.*[]": "restricted",
    }


def test_a_number_in_an_amount_is_refused() -> None:
    with pytest.raises(ValidationError):
        CanonicalOrder.model_validate({"channel": "x", "channel_order_id": "1", "status": "unknown", "amount": {"paid": 1.5}})


@pytest.mark.parametrize(
    ("status", "holds", "may"),
    [
        ("awaiting_fulfillment", [], True),
        ("awaiting_fulfillment", ["sku_unmapped"], False),
        ("unknown", [], False),
        ("paid_hold", [], False),
        ("partially_shipped", [], True),
    ],
)
def test_an_order_ships_by_its_status_unless_it_is_held(status: str, holds: list[str], may: bool) -> None:
    assert may_ship({"status": status, "hold_reasons": holds}) is may


def test_a_refund_under_way_outweighs_one_that_is_done() -> None:
    assert overall_refund(["succeeded", "requested", "none"]) == "requested"
    assert overall_refund([]) == "none"
