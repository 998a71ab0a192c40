"""Parcels: found by a number that stands nowhere, still or late by what is known, in one truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import InputInvalid, NodeError
from engine.hub.journey import outlook, still_hours, usual_of
from engine.hub.parcels import carrier_of, parcel_id, parcel_of_order, shown, tracking_of, wanted_parcel, waybill
from engine.store.parcel_records import Journey, Parcel, Track

AT = datetime(2026, 1, 16, 8, tzinfo=UTC)
KEY = b"k" * 32
ORDER: dict[str, Any] = {
    "channel": "taobao", "shop_id": "s1", "channel_order_id": "1", "status": "shipped", "shipped_at": "2026-01-16T08:00:00Z",
    "receiver": {"province": "上海"}, "logistics": {"carrier": "圆通速递", "tracking_no": "yt 0000000000013"},
}  # fmt: skip


def test_a_number_is_found_however_it_is_written_and_shown_by_its_mask() -> None:
    said = parcel_of_order(ORDER, KEY)
    assert said is not None
    assert said.id == wanted_parcel(" YT0000000000013 ", KEY) == parcel_id("YT0000000000013", KEY)
    assert said.id != parcel_id("YT0000000000013", b"o" * 32)
    assert (said.shown, said.carrier, said.region, said.order, said.shipped_at) == (
        "YT*********0013",
        "yto",
        "上海",
        ("taobao", "s1", "1"),
        AT,
    )
    assert "00000" not in said.shown + said.id


@pytest.mark.parametrize("number", ["", None, "1234", "YT***0013", "a" * 41, 5])
def test_what_is_no_whole_number_names_no_parcel(number: object) -> None:
    assert waybill(number) is None
    assert parcel_of_order({**ORDER, "logistics": {"tracking_no": number}}, KEY) is None
    with pytest.raises(InputInvalid, match=r"parcel\.unsearchable"):
        wanted_parcel(str(number), KEY)


def test_a_short_number_hides_most_of_itself() -> None:
    assert shown("AB1234") == "AB**1234"


def test_what_a_courier_tells_becomes_events_and_what_it_says_wrongly_is_named() -> None:
    told = tracking_of(
        {"tracking_no": "YT0000000000013", "events": [{"at": "2026-01-16T16:00:00+08:00", "state": "moving", "place": " 上海 "}]}, KEY
    )
    assert told.tracks == (Track(AT, "moving", "上海"),)
    for event, field in (
        ({"at": "2026-01-16T08:00:00Z", "state": "flying"}, "state"),
        ({"at": "soon", "state": "moving"}, "at"),
        ("odd", "state"),
    ):
        with pytest.raises(NodeError) as caught:
            tracking_of({"tracking_no": "YT0000000000013", "events": [event]}, KEY)
        assert (caught.value.problem.code, caught.value.problem.fields["field"]) == ("parcel.bad_event", field)
    with pytest.raises(NodeError, match=r"parcel\.no_number"):
        tracking_of({"tracking_no": "YT***", "events": []}, KEY)


def test_couriers_are_known_by_any_of_their_names() -> None:
    assert {carrier_of(name) for name in ("YTO", "圆通", "yuantong", "圆通速递")} == {"yto"}
    assert carrier_of("Nobody's Post") == "nobody'spost"
    assert carrier_of(None) == ""


def test_a_parcel_stands_still_since_it_was_shipped_or_moved_last() -> None:
    booked = Parcel("a", "a", shipped_at=AT)
    moved = Parcel("a", "a", shipped_at=AT, state="moving", state_at=AT + timedelta(hours=30))
    there = Parcel("a", "a", shipped_at=AT, state="delivered", state_at=AT)
    now = AT + timedelta(hours=49)
    assert [still_hours(one, now) for one in (booked, moved, there, Parcel("a", "a"))] == [49, 19, 0, 0]


def test_what_is_usual_is_the_median_of_those_that_arrived_and_needs_a_few() -> None:
    arrived = [Journey("yto", "上海", hours * 3600.0) for hours in (20, 22, 24, 26, 90)] + [Journey("yto", "西藏", 200 * 3600.0)]
    assert usual_of(arrived) == {("yto", "上海"): 24 * 3600.0, ("yto", ""): 25 * 3600.0}
    assert usual_of(arrived[:4]) == {}


USUAL = {("yto", "上海"): 24 * 3600.0, ("yto", ""): 30 * 3600.0}


@pytest.mark.parametrize(
    ("promised", "hours", "late"),
    [(30, 10, False), (30, 31, True), (20, 1, True), (None, 35, False), (None, 37, True)],
    ids=["in time", "over", "will be over", "usual", "slow"],
)
def test_a_parcel_is_late_against_its_promise_or_what_is_usual(promised: int | None, hours: int, late: bool) -> None:
    due = None if promised is None else AT + timedelta(hours=promised)
    one = Parcel("a", "a", "yto", region="上海", shipped_at=AT, promised_at=due, state="moving", state_at=AT)
    assert outlook(one, USUAL, AT + timedelta(hours=hours)).late() is late


def test_nothing_is_said_of_a_courier_that_nobody_knows_and_of_what_has_arrived() -> None:
    later = AT + timedelta(days=9)
    assert not outlook(Parcel("a", "a", "sf", shipped_at=AT), USUAL, later).late()
    assert outlook(Parcel("a", "a", "yto", region="西藏", shipped_at=AT), USUAL, later).expected_at == AT + timedelta(hours=30)
    over = Parcel("a", "a", "yto", shipped_at=AT, promised_at=AT, state="delivered", state_at=AT, arrived_at=AT)
    assert not outlook(over, USUAL, later).late()
