"""What one order tells about a changed form: each kind of change is found, and no value is ever kept."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from engine.watch.contract.findings import Finding, Standard, findings_in
from engine.watch.contract.profile import ENOUGH, IN_A_ROW, MOST_WORDS, Profile
from engine.watch.contract.renames import Suggestion, likeness, suggested
from engine.watch.contract.shape import MOST_FIELDS, Shape, format_of, shape_of
from nodes.connector.own_shop.trigger import own_shop_orders
from nodes.connector.samples import sample

assert own_shop_orders.form is not None
FORM = own_shop_orders.form
ORDER: dict[str, Any] = sample("own_shop")["data"]


class Watch:
    def __init__(self) -> None:
        self.profile, self.standard = Profile(), Standard(FORM)

    def see(self, change: Callable[[dict[str, Any]], object] = len, times: int = 1) -> list[Finding]:
        found: list[Finding] = []
        for _ in range(times):
            order = copy.deepcopy(ORDER)
            change(order)
            self.shape = shape_of(order, self.keeps_words)
            self.profile.add(self.shape)
            found = findings_in(self.shape, self.standard, self.profile)
        return found

    @staticmethod
    def keeps_words(path: str) -> bool:
        declared = FORM.fields.get(path)
        return declared is not None and declared.words is not None

    def offered(self, found: list[Finding]) -> dict[str, Suggestion | None]:
        fresh = [one.path for one in found if one.kind == "new"]
        return {one.key: suggested(one, self.shape, self.standard, self.profile, fresh) for one in found}


def test_an_order_as_declared_tells_nothing() -> None:
    assert Watch().see(times=ENOUGH) == []


def test_a_required_field_that_is_missing_is_found_in_the_first_order() -> None:
    assert Watch().see(lambda order: order.pop("currency")) == [Finding("vanished", "currency", "string")]


def test_a_required_field_that_is_missing_in_one_line_of_several_is_found() -> None:
    def one_line_without(order: dict[str, Any]) -> None:
        order["lines"].append({name: value for name, value in order["lines"][0].items() if name != "qty"})

    assert Watch().see(one_line_without) == [Finding("vanished", "lines[].qty", "integer")]


def test_a_field_that_every_order_had_has_vanished_after_some_in_a_row_without_it() -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    without = lambda order: order["receiver"].pop("phone")  # noqa: E731
    assert watch.see(without, IN_A_ROW - 1) == []
    assert watch.see(without) == [Finding("vanished", "receiver.phone", "string")]
    assert watch.see() == []


def test_a_field_that_is_empty_all_at_once_counts_as_vanished() -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    assert watch.see(lambda order: order["receiver"].update(phone=None), IN_A_ROW) == [Finding("vanished", "receiver.phone", "string")]


def test_what_is_often_missing_is_not_missed() -> None:
    watch = Watch()
    for number in range(2 * ENOUGH):
        watch.see(lambda order, number=number: order.pop("note") if number % 5 == 0 else None)
    assert watch.see(lambda order: order.pop("note", None), IN_A_ROW + 1) == []


def test_an_object_that_is_gone_is_told_once_and_not_for_each_of_its_fields() -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    assert [one.path for one in watch.see(lambda order: order.pop("receiver"), IN_A_ROW)] == ["receiver"]


def test_another_type_is_found_and_a_whole_number_for_a_number_is_none() -> None:
    watch = Watch()
    assert watch.see(lambda order: order["lines"][0].update(qty="2")) == [Finding("retyped", "lines[].qty", "integer", "string")]
    assert watch.see(lambda order: order["amounts"].update(tax=0)) == []


def test_another_way_of_writing_is_found_after_some_in_a_row() -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    local = lambda order: order.update(created_at="16/01/2026 03:04")  # noqa: E731
    assert watch.see(local, IN_A_ROW - 1) == []
    assert watch.see(local) == [Finding("format", "created_at", "instant", "slashed_date")]


def test_a_new_field_is_told_once_for_all_that_lies_in_it() -> None:
    found = Watch().see(lambda order: order.update(loyalty={"level": "gold", "points": {"all": 3}}))
    assert found == [Finding("new", "loyalty", "", "object")]


def test_what_lies_in_an_object_that_is_declared_as_open_is_no_drift() -> None:
    assert Watch().see(lambda order: order["buyer"].update(level="gold")) == []


def test_a_new_word_is_named_and_one_that_may_be_anything_is_not() -> None:
    watch = Watch()
    assert watch.see(lambda order: order.update(status="packed")) == [Finding("word", "status", "", "packed")]
    assert watch.see(lambda order: order.update(status="call 13812345678")) == [Finding("word", "status", "", "****")]


@pytest.mark.parametrize(
    ("change", "source"),
    [
        (lambda order: order["amounts"].update(paid_total=order["amounts"].pop("paid")), "amounts.paid_total"),
        (lambda order: order["lines"][0].update(quantity=order["lines"][0].pop("qty")), "lines[].quantity"),
        (lambda order: order["amounts"].update(paid={"value": order["amounts"]["paid"], "currency": "CNY"}), None),
        (lambda order: order["amounts"].update(paid={"value": order["amounts"]["paid"]}), "amounts.paid.value"),
    ],
)
def test_a_rename_is_offered_where_type_form_place_and_name_agree(change: Callable[[dict[str, Any]], None], source: str | None) -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    offers = watch.offered(watch.see(change))
    found = next(offer for key, offer in offers.items() if not key.startswith("new"))
    assert (found.source if found else None) == (source or "amounts.paid.value")


def test_a_field_of_another_name_or_form_is_no_rename() -> None:
    watch = Watch()
    watch.see(times=ENOUGH)
    strange = watch.see(lambda order: order["amounts"].update(zeta="88.00") or order["amounts"].pop("paid"))
    assert watch.offered(strange)["vanished|amounts.paid|"] is None
    other = watch.see(lambda order: order["amounts"].update(paid_text="much") or order["amounts"].pop("paid"))
    assert watch.offered(other)["vanished|amounts.paid|"] is None


def test_a_word_that_is_nearly_a_known_one_is_offered_as_that() -> None:
    watch = Watch()
    found = watch.see(lambda order: order.update(status="Shiped"))
    assert watch.offered(found)["word|status|Shiped"] == Suggestion(word="shipped")


def test_names_are_alike_by_their_words() -> None:
    assert likeness("total_price", "totalPriceV2") > 0.8
    assert likeness("receiver.phone", "receiver.mobile_phone") > 0.8
    assert likeness("pay_time", "buyer_nick") < 0.5


def test_nothing_that_is_kept_holds_a_value_or_a_name_that_may_be_data() -> None:
    watch = Watch()
    order = copy.deepcopy(ORDER)
    order["buyer"] = {"13812345678": "张三", "nick": "测试乙"}
    shape = shape_of(order, watch.keeps_words)
    watch.profile.add(shape)
    kept = msgspec.json.encode(watch.profile).decode()
    for secret in ("13812345678", "张三", "测试", ORDER["receiver"]["phone"], ORDER["receiver"]["address"], ORDER["order_no"]):
        assert secret not in kept
    assert "buyer.*" in watch.profile.fields


def test_a_profile_stays_bounded_whatever_comes() -> None:
    profile, shape = Profile(), Shape()
    shape = shape_of({f"field_{'a' * (n % 30)}_{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}": n for n in range(5000)}, lambda _: False)
    assert len(shape.leaves) <= MOST_FIELDS
    profile.add(shape)
    for number in range(60):
        profile.add(shape_of({"status": f"word{chr(97 + number % 26)}{chr(97 + number // 26)}"}, lambda _: True))
    assert len(profile.fields) <= MOST_FIELDS
    assert profile.fields["status"].words is None if "status" in profile.fields else MOST_WORDS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026-01-16T03:04:05Z", "instant"), ("2026-01-16 03:04:05", "local_time"), ("2026-01-16", "date"), ("16/1/2026", "slashed_date"),
        ("88.00", "decimal"), ("1768532645", "digits"), ("https://shop.example", "url"), ("PAID", "word"), ("手工皂", "text"), ("", ""),
    ],
)  # fmt: skip
def test_texts_have_a_format(text: str, name: str) -> None:
    assert format_of(text) == name
