"""Words that a row need not repeat come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.store.short_words import short_actor, short_fact, short_key, whole_actor, whole_fact, whole_key

keys = st.text(st.characters(min_codepoint=32))
names = st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True)


@given(order_key=keys, rest=keys)
def test_an_event_key_comes_back_whole(order_key: str, rest: str) -> None:
    for key in (order_key + rest, rest):
        assert whole_key(short_key(key, order_key), order_key) == key


def test_an_event_key_does_not_repeat_the_ordering_key() -> None:
    assert "T1" not in short_key("taobao|shop|T1|2026-01-05", "taobao|shop|T1")


@given(flow=names, trigger=names, actor=names)
def test_an_actor_comes_back_whole(flow: str, trigger: str, actor: str) -> None:
    for one in (f"hook:{flow}/{trigger}", f"hook:{actor}/{trigger}", actor):
        assert whole_actor(short_actor(one, flow, trigger), flow, trigger) == one
    assert short_actor(f"hook:{flow}/{trigger}", flow, trigger) == ""


@given(kind=st.sampled_from(("results", "intention", "share")), actor=st.sampled_from(("system", "runner", "")))
def test_a_fact_comes_back_whole_and_the_usual_one_takes_no_words(kind: str, actor: str) -> None:
    assert whole_fact(*short_fact(kind, actor)) == (kind, actor)
    assert short_fact("results", "system") == ("", "")


def test_rows_from_before_bear_whole_words() -> None:
    assert whole_key("taobao|shop|T1|2026-01-05", "taobao|shop|T1") == "taobao|shop|T1|2026-01-05"
    assert whole_actor("hook:hub/shop", "hub", "shop") == "hook:hub/shop"
    assert whole_fact("results", "system") == ("results", "system")
