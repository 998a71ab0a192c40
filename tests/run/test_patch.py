"""JSON Patch over items, by the examples of RFC 6902 (appendix A) and RFC 6901; and how a journaled mend is read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import InputInvalid
from engine.json_text import write_json
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.run.facts import read_facts
from engine.run.patch import apply_patch, general, pointer, read_patch, tokens_of
from engine.run.shown_changes import changes_of, leaves_of
from engine.store.ports import Fact

PHONE = FieldClass(DataClass.RESTRICTED, Kind.PHONE)
OPEN = FieldClass(DataClass.INTERNAL)


def op(name: str, path: str, *value: Any) -> dict[str, Any]:
    return {"op": name, "path": path, **({"value": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("document", "patch", "after"),
    [
        ({"foo": "bar"}, op("add", "/baz", "qux"), {"foo": "bar", "baz": "qux"}),
        ({"foo": ["bar", "baz"]}, op("add", "/foo/1", "qux"), {"foo": ["bar", "qux", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, op("remove", "/baz"), {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, op("remove", "/foo/1"), {"foo": ["bar", "baz"]}),
        ({"baz": "qux", "foo": "bar"}, op("replace", "/baz", "boo"), {"baz": "boo", "foo": "bar"}),
        ({"baz": "qux", "foo": ["a", 2, "c"]}, op("test", "/foo/1", 2), {"baz": "qux", "foo": ["a", 2, "c"]}),
        ({"foo": "bar"}, op("add", "/child", {"grandchild": {}}), {"foo": "bar", "child": {"grandchild": {}}}),
        ({"/": 9, "~1": 10}, op("test", "/~01", 10), {"/": 9, "~1": 10}),
        ({"foo": ["bar"]}, op("add", "/foo/-", ["abc", "def"]), {"foo": ["bar", ["abc", "def"]]}),
        ({"a": 1}, op("replace", "", {"b": 2}), {"b": 2}),
        ({"": 1}, op("replace", "/", 2), {"": 2}),
        ({"a": Decimal("1.50")}, op("test", "/a", Decimal("1.5")), {"a": Decimal("1.50")}),
    ],
)
def test_the_examples_of_the_standard(document: Any, patch: Any, after: Any) -> None:
    before = write_json(document)
    assert write_json(apply_patch(document, [patch])) == write_json(after)
    assert write_json(document) == before


@pytest.mark.parametrize(
    ("document", "patch", "code"),
    [
        ({"baz": "qux"}, op("test", "/baz", "bar"), "patch.differs"),
        ({"a": "10"}, op("test", "/a", 10), "patch.differs"),
        ({"a": 1}, op("test", "/a", True), "patch.differs"),
        ({"a": {"b": [1]}}, op("test", "/a", {"b": [2]}), "patch.differs"),
        ({"foo": "bar"}, op("add", "/baz/bat", "qux"), "patch.no_place"),
        ({"foo": "bar"}, op("replace", "/bar", 1), "patch.no_place"),
        ({"foo": ["a"]}, op("add", "/foo/2", 1), "patch.no_place"),
        ({"foo": ["a"]}, op("replace", "/foo/1", 1), "patch.no_place"),
        ({"foo": ["a"]}, op("replace", "/foo/-", 1), "patch.no_place"),
        ({"foo": ["a"]}, op("remove", "/foo/00"), "patch.no_place"),
        ({"foo": ["a"]}, op("remove", "/foo/٠"), "patch.no_place"),
        ({"foo": "a"}, op("remove", ""), "patch.no_place"),
    ],
)
def test_what_does_not_fit_is_named(document: Any, patch: Any, code: str) -> None:
    with pytest.raises(InputInvalid) as refused:
        apply_patch(document, [patch], None, "item")
    assert refused.value.problems[0].code == code
    assert refused.value.problems[0].where == ("item", *tokens_of(patch["path"]))


@pytest.mark.parametrize(
    "given",
    [
        5,
        {"op": "add"},
        ["add"],
        [op("move", "/a")],
        [{"op": "copy", "from": "/a", "path": "/b"}],
        [op("add", "/a")],
        [op("add", "a", 1)],
        [{"op": "remove"}],
        [op("remove", "/a")] * 1001,
    ],
)
def test_a_patch_of_another_form_is_refused_and_nothing_is_carried_from_place_to_place(given: Any) -> None:
    with pytest.raises(InputInvalid):
        read_patch(given, "item")


def test_places_have_pointers_and_general_paths() -> None:
    document = {"lines": [{"sku/code": 1, "a.b": 2}]}
    assert pointer(["lines", "0", "sku/code"]) == "/lines/0/sku~1code"
    assert tokens_of("/lines/0/sku~1code") == ["lines", "0", "sku/code"]
    assert general(document, ["lines", "0", "sku/code"]) == "lines[].sku/code"
    assert general(document, ["lines", "-", "x"]) == "lines[].x"
    assert general({"0": {"x": 1}}, ["0", "x"]) == "0.x"


def test_a_form_shows_each_field_masked_and_knows_what_it_is() -> None:
    item = {"phone": "13812345678", "n": 1, "ok": True, "张三": {"x": "y"}, "lines": [{"qty": 2}], "none": [], "gone": None}
    found = {leaf.label: leaf for leaf in leaves_of(item, {"phone": PHONE, "n": OPEN, "ok": OPEN, "lines[].qty": OPEN})}
    assert list(found) == ["phone", "n", "ok", "****1.x", "lines.0.qty", "none", "gone"]
    assert (found["phone"].shown, found["phone"].hidden, found["phone"].tokens) == ("138****5678", True, ("phone",))
    assert found["****1.x"].tokens == ("张三", "x")
    assert [found[name].type for name in ("n", "ok", "none", "gone")] == ["number", "flag", "json", "text"]


def test_changes_are_shown_masked_before_and_after() -> None:
    item = {"phone": "13812345678", "lines": ["a"], "n": 1}
    patch = [
        op("replace", "/phone", "13900001111"),
        op("add", "/lines/-", "b"),
        op("add", "/lines/0", "c"),
        op("remove", "/n"),
        op("test", "/lines/0", "c"),
    ]
    changes = changes_of("item", item, patch, {"phone": PHONE, "n": OPEN, "lines[]": OPEN})
    assert [(one.path, one.before, one.after, one.had, one.has) for one in changes] == [
        ("phone", "138****5678", "139****1111", True, True),
        ("lines.1", None, "b", False, True),
        ("lines.0", "a", "c", False, True),
        ("n", 1, None, True, False),
    ]


def mending(attempt: str | None, called: str = "1") -> Fact:
    body = {"step": "call", "key": "1", "called": called, "item": [op("add", "/a", 1)], "parameters": [], "attempt": attempt}
    return Fact(1, 1_000_000, "mending", write_json(body), "li", datetime.now(UTC))


def entry(kind: str, **more: Any) -> Fact:
    one = {"id": "e", "digest": "d", "step": "call", "key": "1", **more}
    return Fact(1, 1, kind, write_json({"results": [one]} if kind == "results" else one), "system", datetime.now(UTC))


@pytest.mark.parametrize(
    "before", [entry("intention"), entry("results", ok={}), entry("results", failed={"code": "x", "where": [], "fields": {}})]
)
def test_a_mend_after_an_attempt_raises_the_generation_and_supersedes_what_was_recorded(before: Fact) -> None:
    recorded = read_facts([before, mending("sent")])
    assert recorded.generations == {("call", "1"): 1}
    assert not recorded.intentions
    assert set(recorded.results) <= recorded.superseded
    assert recorded.patches == {("call", "1"): [op("add", "/a", 1)]}


def test_a_mend_before_any_attempt_keeps_the_key() -> None:
    assert read_facts([mending(None)]).generations == {}
    assert read_facts([mending("not_sent", called="7")]).generations == {("call", "7"): 1}
