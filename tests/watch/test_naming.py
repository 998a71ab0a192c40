"""Alarms call channels, shops, systems, stages, couriers and rules as people do, in both languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.catalogue import LANGUAGES, entries
from engine.store.ports import Alarm
from engine.watch.message import item_of, problem_of, said
from engine.watch.naming import about, rule_title
from engine.watch.rule_documents import parse_rule
from engine.watch.rules import DEFAULTS, KINDS

AT = datetime(2026, 1, 16, 8, tzinfo=UTC)
DELAY = {"channel": "own_shop", "target": "wms", "order": "OWN-1", "seconds": 5, "took": 9.0}
ZONE = {"source": "own_shop/us1", "orders": 3, "order": "OWN-2", "off": "8:00", "written": "UTC+08:00", "read": "UTC"}
PARCEL = {"parcel": "SF…0012", "carrier": "sf", "channel": "jd", "order": "4012", "hours": 49}
DRIFT = {"operation": "taobao.order", "path": "payment", "found": "", "expected": "", "flows": "order_hub"}


def alarm(rule: str, subject: str, code: str, fields: dict[str, Any]) -> Alarm:
    return Alarm(1, rule, subject, code, fields, "raised", AT)


@pytest.mark.parametrize(
    ("one", "english", "chinese"),
    [
        (alarm("delay_over_5_s", "own_shop/wms", "alarm.delay_wms", DELAY), "Own shop → WMS", "自有商城 → WMS"),
        (alarm("delay_over_5_s", "jd/finance", "alarm.delay_finance", DELAY), "JD → Finance system", "京东 → 财务系统"),
        (alarm("wrong_clock", "own_shop/us1", "alarm.zone_ahead", ZONE), "Own shop (us1)", "自有商城（us1）"),
        (alarm("wrong_clock", "own_shop/own_shop", "alarm.clock_ahead", ZONE), "Own shop", "自有商城"),
        (alarm("wrong_clock", "overseas_wh/us1", "alarm.zone_behind", ZONE), "overseas_wh (us1)", "overseas_wh（us1）"),
        (alarm("quiet", "pinduoduo", "alarm.no_orders_of", {"channel": "pinduoduo"}), "Pinduoduo", "拼多多"),
        (alarm("quiet", "*", "alarm.no_orders", {"channel": "*"}), "", ""),
        (alarm("stuck_orders", "wms", "alarm.stuck_wms", {"order": "OWN-1", "count": 2}), "Warehouse", "仓库"),
        (alarm("changed_form", "taobao.order:payment", "alarm.drift_new", DRIFT), "Taobao order", "淘宝订单"),
        (alarm("parcel_still", "a1b2c3", "alarm.parcel_still", PARCEL), "SF…0012", "SF…0012"),
        (alarm("three_failures", "my_erp", "alarm.failures", {"connection": "my_erp", "count": 3}), "my_erp", "my_erp"),
    ],
    ids=lambda one: one.code if isinstance(one, Alarm) else None,
)
def test_what_an_alarm_is_about_has_a_name(one: Alarm, english: str, chinese: str) -> None:
    assert (about(one, "en"), about(one, "zh")) == (english, chinese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "fields"),
    [("alarm.delay_wms", DELAY), ("alarm.zone_ahead", ZONE), ("alarm.parcel_still", PARCEL), ("alarm.drift_new", DRIFT)],
)
def test_no_text_calls_a_channel_a_system_or_a_courier_by_its_slug(language: str, code: str, fields: dict[str, Any]) -> None:
    one = alarm("three_failures", "own_shop/wms", code, fields)
    head, whole = said("raised", one, language)
    data = item_of("raised", one, language)
    for text in (head, whole, data["text"], data["advice"], data["about"]):
        for slug in ("own_shop", "taobao", "sf ", "(sf)", "（sf）", "jd ", "three_failures", "taobao.order"):
            assert slug not in text, text
    assert {"own_shop": "自有商城", "taobao.order": "淘宝订单"}.get(fields.get("channel", ""), "") in data["text"] or language == "en"


def test_slugs_stay_in_what_programs_read() -> None:
    one = alarm("wrong_clock", "own_shop/us1", "alarm.zone_ahead", ZONE)
    data = json.loads(json.dumps(item_of("raised", one, "zh")))
    assert (data["rule"], data["subject"], data["about"]) == ("wrong_clock", "own_shop/us1", "自有商城（us1）")


def test_a_field_of_a_changed_form_is_no_source_of_orders() -> None:
    """The same field name means another thing there."""
    one = alarm("changed_form", "own_shop.order:paid", "alarm.drift_renamed", {**DRIFT, "source": "jd"})
    assert problem_of(one, "en").fields["source"] == "jd"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DEFAULTS)
def test_each_rule_of_the_beginning_has_a_title_of_its_own_in_both_languages(name: str, language: str) -> None:
    title = rule_title(name, DEFAULTS[name], language)
    assert title == rule_title(name, None, language)
    assert title not in {rule_title(other, None, language) for other in DEFAULTS if other != name}
    assert title != name


def test_a_rule_that_people_added_is_told_apart_by_its_name() -> None:
    rule = parse_rule("night_calls", {"kind": "failures"})
    assert rule_title("night_calls", rule, "en") == "Failures in a row (night_calls)"
    assert rule_title("night_calls", rule, "zh") == "连续失败（night_calls）"
    assert rule_title("night_calls", None, "zh") == "night_calls", "one that is no more"


def test_every_kind_of_rule_is_translated() -> None:
    assert [kind for kind, model in KINDS.items() if (None, model.title) not in entries("zh")] == []
