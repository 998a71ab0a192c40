"""The context for tests of effect nodes."""

from __future__ import annotations

import pytest

from engine.errors import NodeError
from engine.node.context import HttpCall, Mail
from engine.node.params import ConnectionRef
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.testing import FakeContext

TARGET = ConnectionRef(connection="target")


async def test_answers_are_used_in_order() -> None:
    context = FakeContext([{"status": 200, "body": 1}, {"status": 200, "body": 2}])
    assert [(await context.http(TARGET, HttpCall())).body for _ in range(2)] == [1, 2]


async def test_a_call_is_repeated_for_as_long_as_there_are_answers() -> None:
    context = FakeContext([{"status": 503}, {"status": 200, "body": "ok"}])
    assert (await context.http(TARGET, HttpCall())).body == "ok"
    assert len(context.requests) == 1


@pytest.mark.parametrize(("status", "code"), [(404, "effect.refused"), (503, "effect.gave_up")])
async def test_a_call_that_fails_for_good_raises(status: int, code: str) -> None:
    with pytest.raises(NodeError) as raised:
        await FakeContext([{"status": status}]).http(TARGET, HttpCall())
    assert raised.value.problem.code == code


async def test_a_call_without_an_answer_left_fails_the_test() -> None:
    context = FakeContext([{"status": 200}])
    await context.http(TARGET, HttpCall())
    with pytest.raises(AssertionError):
        await context.http(TARGET, HttpCall())


async def test_requests_are_remembered_by_kind() -> None:
    context = FakeContext()
    await context.http(TARGET, HttpCall("GET", "/a", {"q": "1"}))
    await context.mail(TARGET, Mail(("a@example.com",), "s", "t"))
    assert await context.to_hub({"channel": "c", "channel_order_id": "1", "version": "1"}) == "new"
    assert [request["kind"] for request in context.requests] == ["http", "mail", "hub"]


def test_fields_without_a_class_are_hidden() -> None:
    context = FakeContext(classes={"phone": FieldClass(DataClass.RESTRICTED, Kind.PHONE), "no": FieldClass(DataClass.INTERNAL)})
    assert context.masked({"phone": "19900000101", "no": "A1", "other": "abc"}) == {"phone": "199****0101", "no": "A1", "other": "***"}
