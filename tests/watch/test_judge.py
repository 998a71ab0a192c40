"""When an alarm begins and when it is over: once each, whatever the order of what is observed and wherever it is cut."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.json_text import canonical_json, read_json
from engine.watch.ears import Ears
from engine.watch.judge import Judgement, Over, Raised, State, judge
from engine.watch.observations import Arrival, Call, Delivery, Ending, Gauge, Level, Observation, Skew
from engine.watch.rule import Rule
from engine.watch.rule_documents import parse_rule
from engine.watch.rules import KINDS
from engine.watch.subjects import looked_at
from engine.watch.verdicts import Memory

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


def rule(kind: str, **fields: Any) -> Rule:
    return parse_rule("r", {"kind": kind, **fields})


def at(**span: float) -> datetime:
    return NOW + timedelta(**span)


def calls(outcomes: str, connection: str = "wms", start: datetime = NOW) -> list[Observation]:
    """``x``: failed, ``.``: went; a second apart."""
    return [Call(connection, one == ".", start + timedelta(seconds=n)) for n, one in enumerate(outcomes)]


def judged(one: Rule, observations: Iterable[Observation], state: State | None = None, now: datetime = NOW) -> Judgement:
    """Of what a kind of rule does not look at, nothing changes a judgement."""
    everything = list(observations)
    found = judge(one, state or State(), everything, now)
    assert judge(one, state or State(), looked_at([one], everything)[type(one)], now) == found
    return found


def told(judgement: Judgement) -> list[str]:
    return [f"{'+' if isinstance(turn, Raised) else '-'}{turn.subject}" for turn in judgement.turns]


def test_three_failures_in_a_row_raise_one_alarm_and_the_first_success_ends_it() -> None:
    three = rule("failures")
    assert told(judged(three, calls("xx"))) == []
    assert told(judged(three, calls("xx.xx"))) == []
    assert told(judged(three, calls("xxx"))) == ["+wms"]
    assert told(judged(three, calls("xxxxxxxx"))) == ["+wms"]
    assert told(judged(three, calls("xxx."))) == ["+wms", "-wms"]
    assert told(judged(three, calls("xxx.xxx"))) == ["+wms", "-wms", "+wms"]
    (raised,) = judged(three, calls("xxx")).raised
    assert (raised.code, raised.fields) == ("alarm.failures", {"connection": "wms", "count": 3})


def test_failures_of_two_connections_are_two_alarms_and_do_not_add_up() -> None:
    three = rule("failures")
    assert told(judged(three, [*calls("xx"), *calls("xx", "finance")])) == []
    assert told(judged(three, [*calls("xxx"), *calls("xxx", "finance", at(minutes=1))])) == ["+wms", "+finance"]
    assert told(judged(rule("failures", connection="finance"), calls("xxx"))) == []


@given(st.lists(st.text("x.", max_size=12), max_size=4), st.sampled_from(("failures", "error_share")))
def test_calls_that_are_heard_together_are_judged_as_if_each_was_told_by_itself(portions: list[str], kind: str) -> None:
    """All within a minute: what is heard together counts where it began, and a look is a second long."""
    clock = [NOW]
    one, ears, together, apart = rule(kind), Ears(lambda: clock[0]), State(), State()
    for portion in portions:
        said = calls(portion, start=clock[0] + timedelta(seconds=1))
        for call in cast("list[Call]", said):
            clock[0] = call.at
            ears.called(call.connection, went=call.went)
        heard = ears.take()
        assert len(heard) <= 1 + sum(before != after for before, after in pairwise(portion))
        together, apart = (judge(one, *each, clock[0]).state for each in ((together, heard), (apart, said)))
        assert {*together.open} == {*apart.open}
        assert without_times(together) == without_times(apart)


def without_times(state: State) -> dict[str, Memory]:
    return {subject: {name: value for name, value in memory.items() if name != "at"} for subject, memory in state.memory.items()}


def test_a_failure_that_is_told_late_does_not_count_after_a_success() -> None:
    three = rule("failures")
    first = judged(three, calls("xx."))
    assert told(judged(three, calls("xxx", start=at(seconds=-10)), first.state)) == []


def test_the_share_of_errors_counts_the_calls_of_some_minutes() -> None:
    share = rule("error_share", percent=20, minutes=10, at_least=10)
    assert told(judged(share, calls("xxx" + "." * 6), now=at(minutes=1))) == []
    high = judged(share, calls("xxx" + "." * 7), now=at(minutes=1))
    assert told(high) == ["+wms"]
    assert high.raised[0].fields == {"connection": "wms", "percent": 30, "calls": 10, "minutes": 10}
    still = judged(share, calls("." * 10, start=at(minutes=2)), high.state, at(minutes=3))
    assert told(still) == []
    assert told(judged(share, calls("." * 30, start=at(minutes=4)), still.state, at(minutes=5))) == ["-wms"]
    assert told(judged(share, (), high.state, at(minutes=30))) == [], "silence is no evidence"


def delivery(seconds: float, order: str = "A1", when: datetime = NOW, **changes: Any) -> Delivery:
    return Delivery("taobao", changes.pop("target", "wms"), order, when, seconds, **changes)


def test_an_order_that_takes_longer_than_five_seconds_is_named() -> None:
    five = rule("delay")
    assert told(judged(five, [delivery(5.0)])) == []
    late = judged(five, [delivery(5.1, "A7"), delivery(9.0, "A8", at(seconds=1))])
    assert told(late) == ["+taobao/wms"]
    assert (late.raised[0].code, late.raised[0].fields["order"], late.raised[0].fields["took"]) == ("alarm.delay_wms", "A7", 5.1)
    assert judged(five, [delivery(6, target="finance")]).raised[0].code == "alarm.delay_finance"


def test_a_delay_is_over_after_some_minutes_without_a_late_order() -> None:
    five = rule("delay", calm=5)
    late = judged(five, [delivery(6)])
    assert told(judged(five, [delivery(1, when=at(minutes=4))], late.state, at(minutes=4))) == []
    again = judged(five, [delivery(7, when=at(minutes=4))], late.state, at(minutes=4))
    assert told(judged(five, (), again.state, at(minutes=8))) == []
    assert told(judged(five, (), again.state, at(minutes=10))) == ["-taobao/wms"]


def test_a_delay_may_be_counted_from_the_channels_own_stamp() -> None:
    stamped = rule("delay", since="stamp")
    assert told(judged(stamped, [delivery(1, since_stamp=60.0)])) == ["+taobao/wms"]
    assert told(judged(stamped, [delivery(60)])) == []


def order(when: datetime, channel: str = "taobao", offset: float | None = 1.0) -> Arrival:
    return Arrival(channel, "s1", f"N{when:%H%M%S}", when, offset)


def test_no_orders_in_business_hours_of_the_zone_raise_an_alarm_and_the_next_order_ends_it() -> None:
    """NOW is 16:00 in Shanghai."""
    quiet = rule("no_orders", minutes=60, open_from="09:00", open_to="22:00", zone="Asia/Shanghai")
    state = judged(quiet, [order(NOW)]).state
    assert told(judged(quiet, (), state, at(minutes=60))) == []
    silent = judged(quiet, (), state, at(minutes=61))
    assert told(silent) == ["+*"]
    assert told(judged(quiet, [order(at(minutes=62))], silent.state, at(minutes=62))) == ["-*"]
    assert told(judged(quiet, (), state, at(hours=7))) == [], "23:00 in Shanghai"
    assert told(judged(quiet, (), state, at(hours=17, minutes=30))) == [], "half an hour after opening"
    assert told(judged(quiet, (), state, at(hours=18, minutes=1))) == ["+*"]


def test_no_orders_counts_from_the_first_look_and_only_on_business_days() -> None:
    """The 17th is a Saturday."""
    weekdays = rule("no_orders", minutes=30, days="mon,tue,wed,thu,fri", channel="jd")
    first = judged(weekdays, [order(NOW)])
    assert told(judged(weekdays, (), first.state, at(minutes=31))) == ["+jd"], "orders of another channel do not count"
    assert told(judged(weekdays, (), first.state, at(days=1))) == []


@pytest.mark.parametrize(
    ("kind", "gauge", "fields", "bad", "between", "good"),
    [
        ("queue", "queue", {"most": 100}, 101, 90, 80),
        ("standing", "standing", {}, 1, None, 0),
        ("incidents", "incidents", {"at_least": 20}, 20, None, 19),
    ],
)
def test_levels(kind: str, gauge: Gauge, fields: dict[str, Any], bad: int, between: int | None, good: int) -> None:
    level = rule(kind, **fields)
    high = judged(level, [Level(gauge, bad, NOW)])
    assert told(high) == ["+*"]
    if between is not None:
        assert told(judged(level, [Level(gauge, between, at(seconds=1))], high.state)) == []
    assert told(judged(level, [Level(gauge, good, at(seconds=1))], high.state)) == ["-*"]
    assert told(judged(level, [Level("queue" if gauge != "queue" else "standing", 10_000, NOW)])) == []


def test_orders_that_are_late_at_a_stage_are_an_alarm_of_that_stage_which_names_the_oldest() -> None:
    late = Level("stuck", 3, NOW, "wms", "A1")
    judged_now = judged(rule("stuck"), [late, Level("stuck", 0, NOW, "finance")])
    assert told(judged_now) == ["+wms"]
    assert (judged_now.raised[0].code, judged_now.raised[0].fields) == ("alarm.stuck_wms", {"count": 3, "stage": "wms", "order": "A1"})
    assert told(judged(rule("stuck"), [Level("stuck", 0, at(seconds=30), "wms")], judged_now.state)) == ["-wms"]
    assert told(judged(rule("stuck", stage="finance"), [late])) == []
    assert told(judged(rule("stuck", at_least=4), [late])) == []
    assert told(judged(rule("standing"), [late])) == [], "runs that stand still are another matter"


def ending(days: float, *, renews: bool = False, failed: str | None = None, what: Any = "token", when: datetime = NOW) -> Ending:
    return Ending(what, "shop", NOW + timedelta(days=days), when, renews, failed)


def test_a_token_that_ends_within_seven_days_is_an_alarm_until_there_is_a_new_one() -> None:
    tokens = rule("token_ends")
    assert told(judged(tokens, [ending(7.1)])) == []
    soon = judged(tokens, [ending(6.9)])
    assert (told(soon), soon.raised[0].code, soon.raised[0].fields["days"]) == (["+shop"], "alarm.token_ends", 6)
    assert judged(tokens, [ending(-1)]).raised[0].code == "alarm.token_ended"
    assert told(judged(tokens, [ending(30, when=at(seconds=30))], soon.state, at(seconds=30))) == ["-shop"]


def test_a_token_that_is_renewed_by_itself_is_an_alarm_once_that_fails() -> None:
    tokens = rule("token_ends")
    assert told(judged(tokens, [ending(0.01, renews=True)])) == []
    failed = judged(tokens, [ending(0.01, renews=True, failed="token.refused")])
    assert (failed.raised[0].code, failed.raised[0].fields["reason"]) == ("alarm.renewal_failed", "token.refused")
    assert told(judged(tokens, [ending(30, renews=True, when=at(seconds=30))], failed.state, at(seconds=30))) == ["-shop"]


def test_a_certificate_that_ends_is_another_rule() -> None:
    certificates = rule("certificate_ends")
    found = judged(certificates, [ending(13, what="certificate"), ending(1)])
    assert (told(found), found.raised[0].code) == (["+shop"], "alarm.certificate_ends")
    assert judged(certificates, [ending(0, what="certificate")]).raised[0].code == "alarm.certificate_ended"
    assert told(judged(rule("token_ends"), [ending(1, what="certificate")])) == []
    assert told(judged(rule("token_ends", connection="other"), [ending(1)])) == []


def test_a_rule_that_is_put_out_of_use_ends_its_alarms_and_raises_none() -> None:
    off = rule("failures", enabled=False)
    assert told(judged(off, calls("xxxxx"), State(open={"wms": NOW}))) == ["-wms"]
    assert told(judged(off, calls("xxxxx"))) == []


def test_an_open_alarm_whose_memory_was_lost_is_neither_begun_again_nor_ended_by_silence() -> None:
    for kind in KINDS:
        one = rule(kind)
        lost = State(open=dict.fromkeys(("wms", "taobao/wms", "taobao/s1"), NOW))
        assert told(judged(one, (), lost)) in ([], ["+*"])
    assert told(judged(rule("failures"), calls("xxx"), State(open={"wms": NOW}))) == []


MOMENTS = st.integers(0, 2000).map(lambda seconds: at(seconds=seconds))
OFFSETS = st.sampled_from([0.0, 2.0, -28_800.0, 28_800.0, -400.0])
GAUGES = st.sampled_from(["queue", "standing", "incidents", "stuck"])
SYSTEMS = st.sampled_from(["wms", "finance"])
SOME = st.one_of(
    st.builds(Call, SYSTEMS, st.booleans(), MOMENTS),
    st.builds(lambda when, took, target: delivery(took, when=when, target=target), MOMENTS, st.floats(0, 20), SYSTEMS),
    st.builds(lambda when, offset: order(when, offset=offset), MOMENTS, OFFSETS),
    st.builds(Level, GAUGES, st.integers(0, 30), MOMENTS, st.sampled_from(["wms", "finance"])),
)


def as_kept(state: State, *, lost: bool) -> State:
    """What a restart finds: the memory as JSON, or none if it was not written; what is open stands in the store."""
    return State({} if lost else read_json(canonical_json(dict(state.memory))), state.open)


@given(
    st.sampled_from(sorted(KINDS)), st.lists(SOME, max_size=60), st.lists(st.integers(1, 6), min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_beginnings_and_ends_take_turns_whatever_the_order_and_wherever_it_is_cut(
    kind: str, observations: list[Observation], sizes: list[int], chance: random.Random
) -> None:
    one, state, turns, now = rule(kind), State(), list[Raised | Over](), NOW
    chance.shuffle(observations)
    for number, portion in enumerate(portions(observations, sizes)):
        now = max([now, *(each.at for each in portion)]) + timedelta(seconds=chance.randint(0, 400))
        judgement = judge(one, state, [*portion, *chance.sample(portion, chance.randint(0, len(portion)))], now)
        turns += judgement.turns
        state = judgement.state
        if chance.random() < 0.5:
            state = as_kept(state, lost=number % 3 == 0)
    for subject in {turn.subject for turn in turns}:
        kinds = [type(turn) for turn in turns if turn.subject == subject]
        assert kinds[:1] == [Raised]
        assert all(before is not after for before, after in pairwise(kinds))
        assert (kinds[-1] is Raised) == (subject in state.open)


def portions(observations: Sequence[Observation], sizes: Sequence[int]) -> Iterable[list[Observation]]:
    start = number = 0
    while start < len(observations):
        size = sizes[number % len(sizes)]
        yield list(observations[start : start + size])
        start, number = start + size, number + 1


@given(st.lists(st.booleans(), max_size=40), st.lists(st.integers(1, 6), min_size=1, max_size=20))
def test_how_calls_are_cut_into_portions_changes_nothing(outcomes: list[bool], sizes: list[int]) -> None:
    three, whole = rule("failures"), calls("".join(".x"[not went] for went in outcomes))
    state, turns = State(), list[Raised | Over]()
    for portion in portions(whole, sizes):
        judgement = judge(three, state, portion, NOW)
        state, turns = as_kept(judgement.state, lost=False), [*turns, *judgement.turns]
    assert turns == list(judge(three, State(), whole, NOW).turns)


def skew(*seconds: float, connection: str = "jd") -> list[Skew]:
    return [Skew(connection, one, at(seconds=n)) for n, one in enumerate(seconds)]


@pytest.mark.parametrize(("seconds", "least", "code"), [
    (61.0, 60, "alarm.skew_ahead"), (-200.0, 60, "alarm.skew_behind"),
    (660.0, 300, "alarm.skew_grave_ahead"), (-301.0, 300, "alarm.skew_grave_behind"),
])  # fmt: skip
def test_a_clock_that_differs_is_told_with_its_side(seconds: float, least: int, code: str) -> None:
    found = judged(rule("skew", seconds=least), skew(seconds, seconds, seconds))
    assert [(one.code, one.fields["seconds"]) for one in found.raised] == [(code, round(abs(seconds)))]
    assert told(judged(rule("skew", seconds=least), skew(*[float(least)] * 3))) == []


def test_one_answer_that_was_long_on_its_way_says_nothing_of_the_clock() -> None:
    differs = rule("skew", seconds=60)
    assert told(judged(differs, skew(0.5, 600.0, 0.2))) == []
    off = judged(differs, skew(600.0, 600.0, 600.0))
    assert told(judged(differs, [Skew("jd", 0.3, at(minutes=1)), Skew("jd", 0.1, at(minutes=2))], off.state)) == ["-jd"]
