"""Messages: masks, limits, and errors that hide in an answer 200."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.node.context import HttpAnswer
from engine.node.examples import Example
from engine.node.types import NodeType
from engine.testing import Outcome, run_example
from nodes.notify.dingtalk import dingtalk
from nodes.notify.dingtalk import judge as dingtalk_judge
from nodes.notify.email import email
from nodes.notify.feishu import feishu
from nodes.notify.feishu import judge as feishu_judge
from nodes.notify.message import CUT, fitted
from nodes.notify.webhook import webhook
from nodes.notify.wecom import LIMITS, wecom
from nodes.notify.wecom import judge as wecom_judge

ROBOT = {"robot": {"connection": "team_chat"}}
OK = {"status": 200, "body": {"errcode": 0, "code": 0}}


def send(node_type: NodeType, params: dict[str, Any], item: dict[str, Any], *answers: dict[str, Any]) -> Outcome:
    return run_example(node_type, Example(params, [item], answers=answers or (OK,)))


@pytest.mark.parametrize(
    ("judge", "body", "verdict"),
    [
        (wecom_judge, {"errcode": 0}, "done"),
        (wecom_judge, {"errcode": 45009}, "retry"),
        (wecom_judge, {"errcode": 93000}, "refused"),
        (dingtalk_judge, {"errcode": 0}, "done"),
        (dingtalk_judge, {"errcode": 310000}, "refused"),
        (dingtalk_judge, {"errcode": 130101}, "retry"),
        (dingtalk_judge, {"errcode": 410100}, "retry"),
        (feishu_judge, {"code": 0}, "done"),
        (feishu_judge, {"StatusCode": 0, "StatusMessage": "success"}, "done"),
        (feishu_judge, {"code": 19021}, "refused"),
        (feishu_judge, {"code": 11232}, "retry"),
        (feishu_judge, {}, "refused"),
        (wecom_judge, "ok", "refused"),
    ],
)
def test_the_code_inside_an_answer_200_decides(judge: Any, body: Any, verdict: str) -> None:
    assert judge(HttpAnswer(200, {}, body)) == verdict


def test_the_status_decides_before_the_code_inside() -> None:
    assert wecom_judge(HttpAnswer(503, {}, {"errcode": 0})) == "retry"


def test_a_group_that_receives_too_much_gets_the_message_later() -> None:
    outcome = send(wecom, {**ROBOT, "message": "x"}, {}, {"status": 200, "body": {"errcode": 45009}}, OK)
    assert outcome.problems == []


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_long_message_is_cut_to_what_wecom_takes(format: str) -> None:
    (request,) = send(wecom, {**ROBOT, "format": format, "message": "{{ item.display_no }}"}, {"display_no": "单" * 5000}).requests
    content = request["json"][format]["content"]
    assert LIMITS[format] - 3 < len(content.encode()) <= LIMITS[format]
    assert content.endswith("单" + CUT)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(20, 100), st.text(max_size=4))
def test_cut_text_fits_and_begins_like_the_whole(text: str, limit: int, ending: str) -> None:
    cut = fitted(text, limit, ending)
    assert len(cut.encode()) <= limit
    assert cut == text + ending or (cut.endswith(CUT + ending) and text.startswith(cut.removesuffix(CUT + ending)))


def test_a_message_beyond_64_kib_is_refused_instead_of_cut() -> None:
    outcome = send(wecom, {**ROBOT, "message": "{{ item.display_no }}"}, {"display_no": "单" * 30_000})
    assert [problem.code for problem in outcome.problems] == ["notify.too_long"]
    assert outcome.requests == []


@pytest.mark.parametrize("node_type", [wecom, dingtalk, feishu])
def test_undeclared_and_personal_fields_never_reach_a_chat(node_type: NodeType) -> None:
    item = {"secret_field": "hidden-value", "receiver": {"phone": "19900000101", "name": "张三丰"}}
    (request,) = send(
        node_type, {**ROBOT, "message": "{{ item.secret_field }} {{ item.receiver.phone }} {{ item.receiver.name }}"}, item
    ).requests
    assert not any(word in str(request) for word in ("hidden", "19900000101", "三丰"))


def test_the_request_carries_no_address_of_its_own() -> None:
    (request,) = send(dingtalk, {**ROBOT, "message": "x"}, {}).requests
    assert (request["connection"], request["path"]) == ("team_chat", "")


def test_dingtalk_mentions_stand_in_the_text_too() -> None:
    (request,) = send(dingtalk, {**ROBOT, "message": "x", "mention_phones": ["19900000101"]}, {}).requests
    assert request["json"] == {
        "msgtype": "text",
        "text": {"content": "x\n@19900000101"},
        "at": {"atMobiles": ["19900000101"], "isAtAll": False},
    }


def test_a_dingtalk_markdown_message_needs_a_title() -> None:
    with pytest.raises(ValidationError):
        dingtalk.params.model_validate({**ROBOT, "format": "markdown", "message": "x"})


def test_feishu_mentions_by_open_id() -> None:
    (request,) = send(feishu, {**ROBOT, "message": "x", "mention_users": ["all"]}, {}).requests
    assert request["json"]["content"]["text"] == 'x\n<at user_id="all"></at>'


def test_wecom_markdown_mentions_stand_in_the_text() -> None:
    (request,) = send(wecom, {**ROBOT, "format": "markdown", "message": "x", "mention_users": ["@all", "lin"]}, {}).requests
    assert request["json"] == {"msgtype": "markdown", "markdown": {"content": "x\n<@lin>"}}


def test_a_subject_cannot_bring_headers_of_its_own() -> None:
    params = {"server": {"connection": "mail"}, "to": ["a@example.com"], "subject": "{{ item.display_no }}", "text": "x"}
    (request,) = send(email, params, {"display_no": "A1\r\nBcc: b@example.com"}).requests
    assert request["subject"] == "A1 Bcc: b@example.com"


@pytest.mark.parametrize("address", ["nobody", "a@b, c@d", "A <a@example.com>", "a@b\nBcc: c@d"])
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        email.params.model_validate({"server": {"connection": "mail"}, "to": [address], "subject": "x", "text": "x"})


def test_a_webhook_message_names_its_flow() -> None:
    (request,) = send(webhook, {"receiver": {"connection": "alerts"}, "message": "x"}, {}, {"status": 200}).requests
    assert request["json"] == {"text": "x", "flow": "example"}
