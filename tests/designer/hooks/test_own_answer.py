"""A trigger's own answer to its hook: made from the event alone, after it is durable, and never a reason to refuse it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from engine.app import Orderloom
from engine.errors import FlowInvalid

pytestmark = pytest.mark.slow

PLAIN = "/hooks/small/plain"
XML = {"headers": {"Content-Type": "application/xml", "X-Result": "SUCCESS"}, "text": "<xml><no>{{ item.no }}</no></xml>"}


async def answering(orderloom: Orderloom, flow: dict[str, Any], answer: dict[str, Any], version_path: str | None = None) -> None:
    flow["nodes"]["plain"]["params"] = {"key_path": "no", "answer": answer, **({"version_path": version_path} if version_path else {})}
    await orderloom.publish(json.dumps(flow).encode(), note="", actor="test")


def codes(error: pytest.ExceptionInfo[FlowInvalid]) -> list[str]:
    return [problem.code for problem in error.value.problems]


async def test_the_body_is_made_of_the_event(sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    await answering(orderloom, flow, {"status": 202, "body": '{"code": "SUCCESS", "no": item.no, "event": event.id}'})
    answer = await sender.post(PLAIN, json={"no": "A1", "good": True})
    assert (answer.status, answer.content_type) == (202, "application/json")
    event = (await orderloom.store.events()).items[0]
    assert await answer.json() == {"code": "SUCCESS", "no": "A1", "event": str(event.id)}


async def test_text_goes_out_with_the_headers_that_are_set(sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    await answering(orderloom, flow, XML)
    answer = await sender.post(PLAIN, json={"no": "A1", "good": True})
    assert (answer.status, answer.content_type, answer.headers["X-Result"]) == (200, "application/xml", "SUCCESS")
    assert await answer.text() == "<xml><no>A1</no></xml>"


async def test_no_browser_takes_an_answer_for_a_page(sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    await answering(orderloom, flow, {"headers": {"Content-Type": "text/html"}, "text": "{{ item.no }}"})
    answer = await sender.post(PLAIN, json={"no": "<script>alert(1)</script>", "good": True})
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_status_alone_keeps_the_usual_body(sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    await answering(orderloom, flow, {"status": 201})
    answer = await sender.post(PLAIN, json={"no": "A1", "good": True})
    assert (answer.status, set(await answer.json())) == (201, {"event", "duplicate"})
    await answering(orderloom, flow, {"status": 204})
    empty = await sender.post(PLAIN, json={"no": "A2", "good": True})
    assert (empty.status, await empty.read()) == (204, b"")


async def test_a_duplicate_is_answered_as_the_first_was(sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any]) -> None:
    await answering(orderloom, flow, {"body": '{"at": event.received_at, "id": event.id, "no": item.no}'})
    first = await sender.post(PLAIN, json={"no": "A1", "good": True})
    again = await sender.post(PLAIN, json={"good": True, "no": "A1"})
    assert await first.read() == await again.read()
    assert len((await orderloom.store.events()).items) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"body": '{"code": item.nothing}'}, "expression.no_such_field"),
        ({"text": "{{ item.nothing.more }}"}, "template.failed"),
        ({"body": "item.long + item.long + item.long + item.long + item.long"}, "hook_answer.too_large"),
    ],
)
async def test_an_answer_that_cannot_be_made_refuses_nothing_and_is_told(
    sender: ClientSession, orderloom: Orderloom, flow: dict[str, Any], answer: dict[str, Any], code: str
) -> None:
    await answering(orderloom, flow, answer)
    for _ in range(2):
        sent = await sender.post(PLAIN, json={"no": "A1", "good": True, "long": "x" * 15_000})
        assert (sent.status, set(await sent.json())) == (200, {"event", "duplicate"})
    assert len((await orderloom.store.events()).items) == 1
    (spoilt,) = orderloom.world.noted.of("small", 2)
    assert (spoilt.trigger, spoilt.problem.code, spoilt.count) == ("plain", code, 2)
    assert 'orderloom_trigger_faults_total{flow="small",trigger="plain",what="answer"} 2' in await (await sender.get("/metrics")).text()
    page = await seen(sender, "/flows/small")
    assert "An answer to the sender could not be made" in await page.text()
    await answering(orderloom, flow, {"status": 200})
    assert "An answer to the sender could not be made" not in await (await seen(sender, "/flows/small")).text()


async def seen(sender: ClientSession, path: str) -> ClientResponse:
    return await sender.get(path, headers={"Authorization": "Bearer the-key-of-the-tests"})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"headers": {"Set-Cookie": "key=1"}}, "hook_answer.header"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "hook_answer.header"),
        ({"headers": {"Content-Length": "3"}}, "hook_answer.header"),
        ({"headers": {"Content-Security-Policy": ""}}, "hook_answer.header"),
        ({"headers": {"X-A\r\nX-B": "1"}}, "hook_answer.header"),
        ({"headers": {"": "1"}}, "hook_answer.header"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "params.invalid"),
        ({"headers": {"X-A": "1\n"}}, "params.invalid"),
        ({"headers": {"X-A": "织"}}, "params.invalid"),
        ({"body": "1", "text": "1"}, "hook_answer.two_bodies"),
        ({"status": 204, "text": "1"}, "hook_answer.no_body"),
        ({"status": 302}, "params.invalid"),
        ({"status": 500}, "params.invalid"),
        ({"body": "item."}, "expression.syntax"),
    ],
)
async def test_what_an_answer_must_not_be_is_found_before_publication(
    orderloom: Orderloom, flow: dict[str, Any], answer: Any, code: str
) -> None:
    async with orderloom:
        with pytest.raises(FlowInvalid) as error:
            await answering(orderloom, flow, answer)
    assert codes(error) == [code]
