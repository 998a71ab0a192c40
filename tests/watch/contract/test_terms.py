"""Payloads read in other terms: values go back to where they belong, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.node.items import Item
from engine.node.terms import Terms, are_apart, in_terms, read_terms, terms_document

PLAIN = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abxy"), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [
        (("pay", "paid"), {"pay": 1, "x": 2}, {"x": 2, "paid": 1}),
        (("money.pay", "money.paid"), {"money": {"pay": 1}}, {"money": {"paid": 1}}),
        (("paid.value", "paid"), {"paid": {"value": 1, "currency": "CNY"}}, {"paid": 1}),
        (("lines[].n", "lines[].qty"), {"lines": [{"n": 1}, {"qty": 2}, 3]}, {"lines": [{"qty": 1}, {"qty": 2}, 3]}),
        (("a.b", "c.d"), {"a": {"b": 1, "e": 2}}, {"a": {"e": 2}, "c": {"d": 1}}),
        (("pay", "paid"), {"pay": 1, "paid": 2}, {"pay": 1, "paid": 2}),
        (("pay", "paid"), {"pay": None, "x": 2}, {"pay": None, "x": 2}),
        (("a.b", "c"), {"a": "text"}, {"a": "text"}),
    ],
)
def test_a_value_moves_to_where_it_belongs(move: tuple[str, str], before: Item, after: Item) -> None:
    assert in_terms(before, Terms(1, (move,))) == after


def test_a_word_is_said_as_before_and_a_code_stays_a_number() -> None:
    terms = Terms(1, (), (("status", "packed", "paid"), ("lines[].state", "9", "2")))
    found = in_terms({"status": "packed", "lines": [{"state": 9}, {"state": 1}]}, terms)
    assert found == {"status": "paid", "lines": [{"state": 2}, {"state": 1}]}


def test_wrappers_around_an_order_may_be_there_or_not() -> None:
    terms = Terms(1, (("pay", "paid"),), (), ("response", "order"))
    for wrap in (lambda order: order, lambda order: {"order": order}, lambda order: {"response": {"order": order}, "id": 1}):
        assert in_terms(wrap({"pay": 1}), terms) == wrap({"paid": 1})


def test_a_move_stays_within_one_object_or_one_element() -> None:
    assert are_apart("lines[].n", "lines[].qty")
    assert are_apart("a.b", "c")
    for source, target in (("lines[].n", "n"), ("n", "lines[].n"), ("a[].n", "b[].n"), ("a", "a"), ("a[]", "b")):
        assert not are_apart(source, target)


@given(st.dictionaries(st.sampled_from("abxy"), PLAIN, max_size=4))
def test_whatever_comes_is_borne_and_terms_applied_twice_change_nothing_more(item: Item) -> None:
    terms = Terms(3, (("x", "a"), ("b.y", "b.a")), (("y", "1", "2"),))
    once = in_terms(item, terms)
    assert in_terms(once, terms) == once


def test_terms_come_back_as_they_were_kept() -> None:
    terms = Terms(2, (("a", "b"),), (("s", "new", "known"),), ("data",))
    assert read_terms(terms_document(terms)) == terms
    assert read_terms(None) is None
