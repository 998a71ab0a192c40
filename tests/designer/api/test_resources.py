from __future__ import annotations

from typing import Any

from httpx import AsyncClient
from jsonschema import Draft202012Validator

Client = AsyncClient


async def test_nodes_come_in_the_readers_language_with_their_schema(owner: Client) -> None:
    english = (await owner.get("/api/nodes", headers={"Accept-Language": "en"})).json()["items"]
    chinese = (await owner.get("/api/nodes", headers={"Accept-Language": "zh;q=0.9, en;q=0.1"})).json()["items"]
    assert [one["use"] for one in english] == [one["use"] for one in chinese]
    assert [one["label"] for one in english] != [one["label"] for one in chinese]
    for one in english:
        Draft202012Validator.check_schema(one["params"])


async def test_the_form_and_the_ports_of_a_node_speak_the_readers_language(owner: Client) -> None:
    answer = await owner.get("/api/nodes", headers={"Accept-Language": "zh"})
    nodes = {one["use"]: one for one in answer.json()["items"]}
    hub, label = nodes["connector.to_hub@1"], nodes["connector.to_wms@1"]
    assert (hub["accepts"], nodes["rule.condition@1"]["accepts"]) == ("order", "any")
    assert [(port["name"], port["title"], port["change"], port["type"]) for port in hub["ports"]][:2] == [
        ("new", "新增", "passes", None), ("changed", "有变更", "passes", None),
    ]  # fmt: skip
    assert nodes["rule.switch@1"]["ports"][2]["title"] == "分支 3"
    assert nodes["transform.canonical_order@1"]["ports"][0]["type"] == "order"
    assert not label["params"]["properties"]["wms"]["description"].isascii()
    cases = nodes["rule.switch@1"]["params"]
    inner = [field for model in cases["$defs"].values() for field in model["properties"].values()]
    assert inner
    assert all(not field["title"].isascii() for field in inner)


async def test_a_field_called_title_or_description_stays_a_field(owner: Client) -> None:
    from designer.api.form_texts import in_language

    schema = {"title": "Path", "properties": {"title": {"title": "Path", "default": {"title": "Path"}}}, "required": ["title"]}
    shown = in_language(schema, "zh")
    assert (list(shown["properties"]), shown["properties"]["title"]["default"]) == (["title"], {"title": "Path"})
    assert shown["title"] == shown["properties"]["title"]["title"] != "Path"


async def test_values_are_called_by_their_names_wherever_they_stand(owner: Client) -> None:
    """As the field says, the elements of a list too; channels, reasons to hold and states as on all pages."""
    nodes = {one["use"]: one["params"] for one in (await owner.get("/api/nodes", headers={"Accept-Language": "zh"})).json()["items"]}
    [key] = [model["properties"] for model in nodes["transform.sort@1"]["$defs"].values()]
    by, reason = nodes["rule.split_order@1"]["properties"]["by"], nodes["connector.hold_order@1"]["properties"]["reason"]
    assert key["order"]["enumTitles"] == {"asc": "从小到大", "desc": "从大到小"}
    assert (by["items"]["enumTitles"]["weight"], "enumTitles" in by) == ("按重量", False)
    assert reason["anyOf"][0]["enumTitles"]["merge_wait"] == "等待合单"


async def test_who_knows_the_nodes_already_is_not_sent_them_again(owner: Client) -> None:
    first = await owner.get("/api/nodes", headers={"Accept-Language": "en"})
    tag = first.headers["etag"]
    again = await owner.get("/api/nodes", headers={"Accept-Language": "en", "If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await owner.get("/api/nodes", headers={"Accept-Language": "zh", "If-None-Match": tag})).status_code == 200


async def test_the_cookie_wins_over_the_browsers_language(owner: Client) -> None:
    answer = await owner.get("/api/flows/nobody", headers={"Accept-Language": "en", "Cookie": "language=zh"})
    assert answer.json()["title"] == "名为 nobody 的流程不存在。"


async def test_a_connections_secret_goes_in_and_never_comes_out(owner: Client) -> None:
    document = {"type": "wms", "url": "https://wms.example.com", "secret": "very-secret-word"}
    put = await owner.put("/api/connections/wms", json=document)
    listed = await owner.get("/api/connections")
    assert put.status_code == 200
    assert put.json()["secret"] == {"set": True}
    assert [one["name"] for one in listed.json()["items"]] == ["own_shop", "wms"]
    assert "very-secret-word" not in put.text + listed.text + (await owner.get("/api/audit")).text


async def test_a_faulty_connection_is_refused_with_all_problems(owner: Client) -> None:
    answer = await owner.put("/api/connections/wms", json={"type": "wms", "url": "ftp://x", "odd": 1})
    assert answer.status_code == 422
    assert len(answer.json()["problems"]) == 2


async def test_a_connection_of_the_settings_stays_as_it_is(owner: Client) -> None:
    answer = await owner.put("/api/connections/own_shop", json={"type": "own_shop", "secret": "whsec_bmV3"})
    assert (answer.status_code, answer.json()["type"]) == (409, "connection.in_settings")


async def test_orders_are_an_empty_list_at_first(owner: Client) -> None:
    assert (await owner.get("/api/orders?channel=taobao&status=shipped&text=17")).json() == {"items": [], "next": None}


async def test_health_names_the_flows_that_run(published: Client) -> None:
    health = (await published.get("/api/health")).json()
    assert (health["status"], health["flows"], health["broken"]) == ("ok", ["small"], {})


async def test_probes_and_figures_need_no_key(client: Client) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}
    figures = await client.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "orderloom_writer_backlog 0\n" in figures.text
    assert "process_resident_memory_bytes " in figures.text


async def test_figures_count_deliveries_and_runs(published: Client) -> None:
    for _ in range(2):
        await published.post("/hooks/small/plain", json={"no": "A1", "good": True})
    await published.post("/hooks/small/plain", content=b"{")
    figures = (await published.get("/metrics")).text
    assert 'orderloom_hook_deliveries_total{outcome="accepted"} 1\n' in figures
    assert 'orderloom_hook_deliveries_total{outcome="duplicate"} 1\n' in figures
    assert 'orderloom_hook_deliveries_total{outcome="400"} 1\n' in figures


async def test_the_openapi_description_is_complete(client: Client) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    paths = schema["paths"]
    assert set(paths["/api/flows/{name}/draft"]) == {"get", "put"}
    assert "requestBody" in paths["/api/flows/{name}/draft"]["put"]
    parameters = {one["name"] for one in paths["/api/runs"]["get"]["parameters"]}
    assert parameters == {"flow", "state", "order", "since", "until", "limit", "cursor"}
    assert all(
        operation["security"] == [{"key": []}] for path, one in paths.items() if path.startswith("/api/") for operation in one.values()
    )


async def test_every_reference_of_the_openapi_description_leads_somewhere(client: Client) -> None:
    schema = (await client.get("/schema/openapi.json")).json()
    names = set(schema["components"]["schemas"])
    assert {ref.removeprefix("#/components/schemas/") for ref in references(schema)} <= names
    for one in schema["components"]["schemas"].values():
        Draft202012Validator.check_schema(one)


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
        return found.union(*(references(child) for child in value.values()))
    return set[str]().union(*(references(child) for child in value)) if isinstance(value, list) else set()


async def test_examples_of_node_types_can_be_left_out(owner: Client) -> None:
    whole = (await owner.get("/api/nodes")).json()["items"]
    short = (await owner.get("/api/nodes?examples=false")).json()["items"]
    assert any(node["examples"] for node in whole)
    assert short == [{**node, "examples": []} for node in whole]
