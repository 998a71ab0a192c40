from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.errors import NodeError
from engine.order.reading import Findings, Source


def source(**data: Any) -> Source:
    return Source(data, Findings(), "order")


def drift(one: Source) -> list[tuple[str, str]]:
    return list(one.findings.drift)


def test_text_is_taken_from_the_first_field_that_has_some() -> None:
    assert source(a=" ", b=None, c="x").text("a", "b", "c") == "x"


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), (Decimal("7.50"), "7.50"), (True, None), ([], None), ({}, None), (Decimal("1E+999999"), None)]
)
def test_another_type_where_text_belongs_is_noted(value: object, text: str | None) -> None:
    one = source(a=value)
    assert (one.text("a"), drift(one)) == (text, [("order.a", "type")])


@pytest.mark.parametrize(
    ("value", "found"), [(4012600000000000011, "4012600000000000011"), ("  x ", "x"), (Decimal("12.0"), "12"), ("", None), (None, None)]
)
def test_an_id_is_always_text(value: object, found: str | None) -> None:
    assert source(id=value).identifier("id") == found


@pytest.mark.parametrize("value", [4.0e18, True, [], {}, Decimal("1.5"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), 10**40])
def test_what_cannot_be_an_id_is_refused_by_type(value: object) -> None:
    with pytest.raises(NodeError) as caught:
        source(id=value).identifier("id")
    assert (caught.value.problem.code, caught.value.problem.fields["path"]) == ("order.wrong_type", "order.id")


@pytest.mark.parametrize("value", ["two", "1.5", 1.0, True, -1, "--5", Decimal("1.5"), 10**10])
def test_what_is_no_quantity_is_refused(value: object) -> None:
    with pytest.raises(NodeError) as caught:
        source(qty=value).quantity("qty")
    assert caught.value.problem.code == "order.wrong_type"


@pytest.mark.parametrize(("value", "noted"), [(2, False), ("2", True), (Decimal(2), True)])
def test_a_quantity_of_another_type_is_taken_and_noted(value: object, noted: bool) -> None:
    one = source(qty=value)
    assert (one.quantity("qty"), bool(drift(one))) == (2, noted)


def test_a_list_may_come_as_an_object_or_in_a_wrapper() -> None:
    line = {"sku": "A"}
    for lines in ([line], line, {"line": [line]}, {"line": line}):
        assert [one.data for one in source(lines=lines).children("lines", "line")] == [line]


@pytest.mark.parametrize("lines", [None, [], {}, "x", [None, "x"], {"line": None}, {"line": []}])
def test_a_list_of_nothing_is_empty(lines: object) -> None:
    assert source(lines=lines).children("lines", "line") == []


def test_drift_is_noted_once_for_each_place_and_is_bounded() -> None:
    one = source(**{f"field_{number}": number for number in range(80)})
    one.expect({"known"})
    one.expect({"known"})
    assert len(one.findings.drift) == 50


def test_only_code_words_are_kept_of_what_no_map_knows() -> None:
    one = source(status="请联系 19900000101")
    assert one.word("status", {}, "unknown") == "unknown"
    assert list(one.findings.drift.values()) == [{"path": "order.status", "kind": "unmapped_value", "found": None}]
    assert one.findings.hold_reasons == ["unmapped_status"]


def test_a_field_without_a_value_is_no_time() -> None:
    one = source(a="", b="0001-01-01 00:00:00")
    assert (one.time("a", "UTC", "x"), one.time("b", "UTC", "x"), one.findings.time_sources) == (None, None, {})


@pytest.mark.parametrize(("lines", "where", "found"), [("changed", "", "string"), (7, "", "number"), ([{}, None], "[]", "null")])
def test_what_is_no_list_of_objects_is_left_out_and_noted(lines: object, where: str, found: str) -> None:
    one = source(lines=lines)
    assert len(one.children("lines")) == (1 if where else 0)
    assert [(note["path"], note["kind"], note["found"]) for note in one.findings.drift.values()] == [(f"order.lines{where}", "type", found)]


@pytest.mark.parametrize("lines", [None, "", [], {}])
def test_an_empty_list_may_be_written_in_several_ways(lines: object) -> None:
    one = source(lines=lines)
    assert (one.children("lines"), one.findings.drift) == ([], {})


def test_a_time_of_creation_that_is_gone_is_noted_and_another_one_is_not() -> None:
    one = source(made=None, paid=None)
    assert [one.time("made", "UTC", "created_at"), one.time("paid", "UTC", "paid_at")] == [None, None]
    assert drift(one) == [("order.made", "missing")]
