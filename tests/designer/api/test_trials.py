"""A document is tried in the sandbox before it is published: everything masked, and no trace left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient

from engine.app import Orderloom
from engine.errors import Problem
from engine.store.ports import IncidentFilter, RunFilter

Client = AsyncClient
PHONE, BUYER = "19900001234", "林小满"
ITEM = {"no": "A1", "good": True, "status": "paid", "receiver": {"name": BUYER, "phone": PHONE}}
ORDER = {
    "order_no": "OWN-17", "status": "paid", "payment_status": "paid", "created_at": "2026-01-16T03:04:05Z", "currency": "CNY",
    "amounts": {"items": "80.00", "paid": "80.00"}, "receiver": {"name": BUYER, "phone": PHONE, "address": "南京东路一号"},
    "lines": [{"line_no": "1", "sku": "A-1", "title": "Cup", "qty": 1, "unit_price": "80.00"}],
}  # fmt: skip
CALL = {"service": {"connection": "nowhere"}, "path": "/orders/{{ item.receiver.name }}", "query": {"tel": "{{ item.receiver.phone }}"}}


@pytest.fixture
def tried(flow: dict[str, Any]) -> dict[str, Any]:
    """``small`` with a call behind it, whose connection nobody has set, and a test."""
    flow["nodes"]["call"] = {"use": "connector.http_request@1", "params": {**CALL}}
    flow["nodes"]["few"] = {"use": "transform.limit@1", "params": {"count": 1}}
    flow["wires"] += ["good.yes -> call", "good.no -> few"]
    expect = {"good": {"items": [{"no": "A1", "good": True}]}, "call": {"requests": []}}
    flow["tests"] = [{"name": "one good", "trigger": "plain", "input": [{"no": "A1", "good": True}], "expect": expect}]
    return flow


async def run(client: Client, document: Any, sample: Any, trigger: str = "plain", status: int = 200) -> Any:
    body = {"document": document, "trigger": trigger, "sample": sample}
    answer = await client.post("/api/flows/small/test-runs", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def deliver(client: Client, orderloom: Orderloom, item: Any, path: str = "/hooks/small/plain") -> str:
    answer = await client.post(path, json=item)
    assert answer.status_code == 200, answer.text
    await orderloom.dispatcher.idle()
    return answer.json()["event"]


def steps(answer: Any, number: int = 0) -> dict[str, Any]:
    return {step["slug"]: step for step in answer["runs"][number]["steps"]}


async def trace(orderloom: Orderloom) -> tuple[int, ...]:
    """How much the store holds of everything."""
    store = orderloom.store
    pages = (
        await store.events(limit=500),
        await store.runs(RunFilter(), limit=500),
        await store.orders(limit=500),
        await store.incidents(IncidentFilter(state=None), limit=500),
        await store.audit_rows(limit=500),
    )
    return (*(len(page.items) for page in pages), len(await store.flow_names()), await store.change_mark(), store.journal.backlog())


async def test_each_wire_shows_its_items_masked_and_each_effect_its_request(owner: Client, tried: dict[str, Any]) -> None:
    answer = await run(owner, tried, {"kind": "input", "input": [ITEM, {"no": "A2", "good": False}]})
    first, second = steps(answer), steps(answer, 1)
    assert [one["item"]["receiver"] for one in first["good"]["inputs"]] == [{"name": "***", "phone": "*" * 11}]
    assert {slug: one["state"] for slug, one in first.items()} == {"plain": "done", "good": "done", "call": "done", "few": "skipped"}
    assert list(second["few"]["outputs"]) == ["out"]
    request = first["call"]["requests"][0]
    assert (request["request"]["method"], request["request"]["url"]) == ("POST", "nowhere:/orders/****?tel=****")
    assert request["answer"]["status"] == 200
    assert PHONE not in json.dumps(answer)
    assert BUYER not in json.dumps(answer, ensure_ascii=False)


async def test_a_test_run_leaves_no_trace(
    published: Client, orderloom: Orderloom, tried: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await deliver(published, orderloom, ITEM)
    sent: list[object] = []
    monkeypatch.setattr(orderloom.client, "send", sent.append)
    tried["nodes"]["hub"] = {"use": "connector.to_hub@1"}
    tried["nodes"]["order"] = {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}}
    tried["wires"] += ["signed -> order", "order -> hub"]
    before = await trace(orderloom)
    for trigger, sample in (
        ("plain", {"kind": "event", "ref": event}),
        ("plain", {"kind": "input", "input": ITEM}),
        ("plain", {"kind": "test", "ref": "one good"}),
        ("signed", {"kind": "example", "ref": "0"}),
    ):
        assert (await run(published, tried, sample, trigger))["runs"]
    assert await trace(orderloom) == before
    assert sent == []


async def test_a_recorded_event_is_read_by_the_drafts_trigger_and_nothing_of_it_is_shown_in_clear(
    published: Client, orderloom: Orderloom, tried: dict[str, Any]
) -> None:
    event = await deliver(published, orderloom, ITEM)
    tried["nodes"]["plain"]["params"] = {"key_path": "receiver.phone", "channel": "erp"}
    tried["nodes"]["call"]["params"]["body"] = '{"status": item.receiver.name, "n": [item.receiver.phone], "said": "hello"}'
    answer = await run(published, tried, {"kind": "event", "ref": event})
    text = json.dumps(answer, ensure_ascii=False)
    assert PHONE not in text
    assert BUYER not in text
    assert (answer["runs"][0]["event_key"], answer["runs"][0]["order_key"]) == ("****", "****")
    assert steps(answer)["call"]["requests"][0]["request"]["body"] == {"status": "***", "n": ["*" * 11], "said": "hello"}


async def test_what_an_expression_makes_of_a_recorded_order_tells_nobody_whose_it_is(
    published: Client, orderloom: Orderloom, tried: dict[str, Any]
) -> None:
    event = await deliver(published, orderloom, {**ORDER, "no": "A1", PHONE: "x", BUYER: "x"})
    digits = ", ".join(f"item.receiver.phone.matches('^.{{{n}}}{digit}')" for n in range(11) for digit in range(10))
    fields = {"keys": "{item.receiver.name: 1, item.receiver.phone: 2}", "asked": f"[{digits}]", "yes": "item.receiver.phone != ''"}
    tried["nodes"]["order"] = {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}}
    tried["nodes"]["spy"] = {"use": "transform.set_fields@1", "params": {"fields": fields}}
    tried["nodes"]["copy"] = {
        "use": "transform.set_fields@1",
        "params": {"fields": {"same": "item.receiver", "no": "item.channel_order_id"}},
    }
    tried["wires"] += ["plain -> order", "order -> spy", "order -> copy"]
    answer = await run(published, tried, {"kind": "event", "ref": event})
    spied, copied = (steps(answer)[slug]["outputs"]["out"][0]["item"] for slug in ("spy", "copy"))
    assert {name: spied[name] for name in fields} == dict.fromkeys(fields, "****")
    assert (copied["no"], list(copied["same"])[:3]) == ("OWN-17", ["name", "phone", "address"])
    assert [note["path"] for note in spied["drift"]] == ["payment_status", "no", "****", "****"]
    text = json.dumps(answer, ensure_ascii=False)
    assert PHONE not in text
    assert BUYER not in text


async def test_a_test_brings_its_answers_and_its_time(owner: Client, tried: dict[str, Any]) -> None:
    tried["tests"][0] |= {"answers": {"call": [{"status": 404}]}, "received_at": "2026-03-04T05:06:07Z"}
    tried["nodes"]["good"]["params"]["when"] = 'event.received_at == timestamp("2026-03-04T05:06:07Z")'
    del tried["nodes"]["call"]["params"]["path"], tried["nodes"]["call"]["params"]["query"]
    call = steps(await run(owner, tried, {"kind": "test", "ref": "one good"}))["call"]
    assert (call["state"], call["requests"][0]["failed"]["code"]) == ("parked", "effect.refused")
    assert call["failures"][0]["problem"]["code"] == "effect.refused"


async def test_input_and_documents_may_begin_with_a_byte_order_mark(owner: Client, tried: dict[str, Any]) -> None:
    body = {"document": tried, "trigger": "plain", "sample": {"kind": "input", "input": ITEM}}
    for name, given in (("test-runs", body), ("test-results", tried)):
        marked = json.dumps(given).encode("utf-8-sig")
        answer = await owner.post(f"/api/flows/small/{name}", content=marked, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200, answer.text


async def test_only_a_missing_connection_is_forgiven(owner: Client, tried: dict[str, Any]) -> None:
    tried["nodes"]["good"]["params"]["when"] = "item.good >"
    tried["wires"].append("plain -> nobody")
    refused = await run(owner, tried, {"kind": "input", "input": {}}, status=422)
    assert [(one["code"], one["node"], one["wire"], one["position"]) for one in refused["problems"]] == [
        ("expression.syntax", "good", None, 10),
        ("wire.unknown_node", None, "plain -> nobody", None),
    ]


@pytest.mark.parametrize(
    ("sample", "trigger", "status", "code"),
    [
        ({"kind": "test", "ref": "nobody"}, "plain", 404, "sample.unknown"),
        ({"kind": "test", "ref": "one good"}, "signed", 404, "sample.unknown"),
        ({"kind": "example", "ref": "99"}, "plain", 404, "sample.unknown"),
        ({"kind": "example", "ref": "-1"}, "plain", 404, "sample.unknown"),
        ({"kind": "event", "ref": "1"}, "plain", 404, "event.unknown"),
        ({"kind": "event", "ref": "x"}, "plain", 404, "event.unknown"),
        ({"kind": "event", "ref": "9" * 19}, "plain", 404, "event.unknown"),
        ({"kind": "input", "input": [{}] * 51}, "plain", 422, "trial.too_many"),
        ({"kind": "input", "input": {"x": "y" * 20_000}}, "plain", 422, "body.too_large"),
        ({"kind": "input", "input": {}}, "good", 422, "run.no_such_trigger"),
        ({"kind": "input", "input": {}}, "asleep", 422, "run.no_such_trigger"),
        ({"kind": "input"}, "plain", 400, "request.invalid"),
        ({"kind": "odd", "ref": "1"}, "plain", 400, "request.invalid"),
        ({"kind": "test", "ref": 1}, "plain", 400, "request.invalid"),
        (None, "plain", 400, "request.invalid"),
        ({"kind": "input", "input": {}}, None, 400, "request.invalid"),
    ],
)
async def test_what_cannot_be_tried_is_said(
    owner: Client, tried: dict[str, Any], sample: Any, trigger: Any, status: int, code: str
) -> None:
    assert (await run(owner, tried, sample, trigger, status))["type"] == code


async def test_an_event_of_another_flow_or_trigger_is_no_sample(published: Client, orderloom: Orderloom, tried: dict[str, Any]) -> None:
    event = await deliver(published, orderloom, ITEM)
    elsewhere = {"document": {**tried, "name": "other"}, "trigger": "plain", "sample": {"kind": "event", "ref": event}}
    assert (await published.post("/api/flows/other/test-runs", json=elsewhere)).json()["type"] == "event.unknown"
    assert (await run(published, tried, {"kind": "event", "ref": event}, "signed", 422))["type"] == "sample.other_trigger"
    tried["nodes"]["plain"] = {"use": "connector.own_shop_orders@1", "params": {"shop": {"connection": "own_shop"}}}
    tried["tests"] = []
    assert (await run(published, tried, {"kind": "event", "ref": event}, status=422))["type"] == "sample.other_trigger"


async def test_an_erased_event_says_so(
    published: Client, orderloom: Orderloom, tried: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await deliver(published, orderloom, ITEM)

    async def erased(event_id: int) -> bytes:
        from engine.errors import NotFound

        raise NotFound(Problem("event.erased"))

    monkeypatch.setattr(orderloom.store, "event_body", erased)
    assert (await run(published, tried, {"kind": "event", "ref": event}, status=404))["type"] == "event.erased"


async def test_samples_are_tests_examples_and_what_arrived_lately(published: Client, orderloom: Orderloom, tried: dict[str, Any]) -> None:
    published.headers["Accept-Language"] = "en"
    tried["nodes"]["plain"]["params"] = {"key_path": "no"}
    await published.put("/api/flows/small/draft", json={**tried, "nodes": {**tried["nodes"]}, "tests": []})
    events = [await deliver(published, orderloom, {"no": f"N{n}", "good": True, "receiver": {"phone": PHONE}}) for n in range(22)]
    items = (await published.post("/api/flows/small/samples", json=tried)).json()["items"]
    by_kind = {kind: [one for one in items if one["kind"] == kind] for kind in ("test", "example", "event")}
    assert [(one["trigger"], one["ref"], one["title"]) for one in by_kind["test"]] == [("plain", "one good", "one good")]
    examples = [(one["trigger"], one["ref"]) for one in by_kind["example"]]
    assert examples == [("signed", "0"), ("signed", "1"), ("signed", "2"), ("plain", "0"), ("plain", "1")]
    assert [one["ref"] for one in by_kind["event"]] == events[::-1][:20]
    assert by_kind["event"][0]["title"].startswith("webhook")
    assert by_kind["event"][0]["at"].endswith("Z")


async def test_samples_of_a_faulty_document_are_those_that_are_left(owner: Client, tried: dict[str, Any]) -> None:
    tried["nodes"]["signed"] = {"use": 1}
    items = (await owner.post("/api/flows/small/samples", json=tried)).json()["items"]
    assert {one["trigger"] for one in items} == {"plain"}
    assert (await owner.post("/api/flows/small/samples", json={})).json() == {"items": [], "next": None}


async def test_the_tests_of_a_document_say_what_differs(owner: Client, tried: dict[str, Any]) -> None:
    tried["tests"].append({**tried["tests"][0], "name": "red", "expect": {"good": {"items": [{"no": PHONE, "good": True}]}}})
    tried["nodes"]["call"]["disabled"] = True
    answer = await owner.post("/api/flows/small/test-results", json=tried)
    assert answer.json()["items"] == [
        {"name": "one good", "green": True, "differences": []},
        {"name": "red", "green": False, "differences": [{"where": ["good", "items", "1", "no"], "expected": "199****1234", "came": "A1"}]},
    ]


async def test_the_tests_of_a_faulty_document_are_not_run(owner: Client, tried: dict[str, Any]) -> None:
    tried["wires"].append("plain -> nobody")
    answer = await owner.post("/api/flows/small/test-results", json=tried)
    assert (answer.status_code, [one["wire"] for one in answer.json()["problems"]]) == (422, ["plain -> nobody"])
