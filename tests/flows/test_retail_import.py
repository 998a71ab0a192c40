"""The flow is compared with an independent reading of the same file, written with nothing of ours."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest

from engine.cli.program import run
from engine.json_text import read_json

FLOW = Path(__file__).parents[2] / "flows" / "retail_import.json"
SAMPLE = FLOW.with_suffix("") / "sample.csv"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = tmp_path_factory.mktemp("retail") / "out.jsonl"
    assert run(["run", str(FLOW), "--input", str(SAMPLE), "--output", str(out)]) == 0
    return [read_json(line) for line in out.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def orders(lines) -> list[dict[str, Any]]:
    return [line["item"] for line in lines if line["node"] == "refund"]


@pytest.fixture(scope="module")
def reasons(lines) -> list[dict[str, Any]]:
    return [line["item"] for line in lines if line["node"] == "dirty"]


def expected_reason(row: dict[str, str]) -> str | None:  # noqa: PLR0911 - a list of cases
    if not row["StockCode"]:
        return "no_sku"
    if not row["CustomerID"]:
        return "no_customer"
    if not re.fullmatch(r"-?\d+", row["Quantity"]):
        return "bad_quantity"
    try:
        price = Decimal(row["UnitPrice"])
    except InvalidOperation:
        return "bad_price"
    if price <= 0:
        return "bad_price" if price else "price_zero"
    if (row["InvoiceNo"][0] == "C") != (int(row["Quantity"]) < 0):
        return "sign_mismatch"
    return None if row["InvoiceDate"].startswith("2011-") else "bad_date"


def test_every_row_appears_exactly_once_in_an_order_or_in_a_reason(rows, orders, reasons) -> None:
    seen = [line["source_row"] for order in orders for line in order["lines"]] + [item["source_row"] for item in reasons]
    assert sorted(seen) == list(range(1, len(rows) + 1))


def test_each_dirty_row_stands_out_with_its_reason_and_the_row_as_it_was(rows, reasons) -> None:
    expected = {number: reason for number, row in enumerate(rows, 1) if (reason := expected_reason(row))}
    assert {item["source_row"]: item["reason"] for item in reasons} == expected
    assert all({name: item[name] for name in rows[0]} == rows[item["source_row"] - 1] for item in reasons)


def test_there_is_one_order_for_each_invoice_with_a_clean_row(rows, orders) -> None:
    expected = list(dict.fromkeys(row["InvoiceNo"] for row in rows if not expected_reason(row)))
    assert [order["channel_order_id"] for order in orders] == expected


def test_quantities_and_values_agree_to_the_last_digit(rows, orders) -> None:
    quantities: dict[str, int] = defaultdict(int)
    values: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if not expected_reason(row):
            quantities[row["InvoiceNo"]] += int(row["Quantity"])
            values[row["InvoiceNo"]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])
    assert {order["channel_order_id"]: order["quantity"] for order in orders} == quantities
    assert {order["channel_order_id"]: Decimal(order["amount"]["items"]) for order in orders} == values
    assert all(sum(Decimal(line["amount"]) for line in order["lines"]) == Decimal(order["amount"]["items"]) for order in orders)


def test_cancellations_are_refunds_and_all_others_orders(orders) -> None:
    assert {order["channel_order_id"]: (order["kind"], order["status"]) for order in orders if order["kind"] == "refund"} == {
        "C900003": ("refund", "closed_refunded")
    }
    assert {order["status"] for order in orders if order["kind"] == "order"} == {"completed"}


def test_times_are_utc_in_summer_and_in_winter(orders) -> None:
    created = {order["channel_order_id"]: order["created_at"] for order in orders}
    assert created["900001"] == "2011-07-01T07:26:00Z"
    assert created["900005"] == "2011-12-01T12:00:00Z"


def test_orders_stand_in_the_order_of_their_first_row(lines) -> None:
    events = [int(line["event"]) for line in lines]
    assert events == sorted(events)


def test_a_column_that_is_missing_parks_the_rows_and_loses_none(tmp_path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"InvoiceNo": "1", "StockCode": "A"}) + "\n")
    assert run(["run", str(FLOW), "--input", str(source), "--output", str(tmp_path / "out.jsonl")]) == 1
    (line,) = [read_json(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert (line["kind"], line["node"], line["item"]["source_row"]) == ("parked", "dirty", 1)
