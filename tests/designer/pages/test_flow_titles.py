"""Pages name flows as people called them, in the language of the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from designer.pages.flow_titles import MOST, choice_titles, flow_titles, node_titles
from engine.app import Orderloom

from .conftest import HUB_FLOW, Sell

Client = AsyncTestClient[Any]


async def main_of(client: Client, path: str, language: str) -> str:
    answer = await client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main")[2]


@pytest.mark.parametrize(("language", "title"), [("en", "Hub only"), ("zh", "仅入库")])
async def test_runs_incidents_and_orders_show_the_flows_title(hub: Client, sell: Sell, language: str, title: str) -> None:
    run = await sell(1)
    parked = await sell(2, currency="")
    order = re.search(r'href="(/orders/one\?[^"]+)"', await main_of(hub, "/orders", language))
    assert order
    for path in ("/runs", "/runs?flow=hub_only", f"/runs/{run}", f"/runs/{parked}", "/incidents", order[1].replace("&amp;", "&")):
        text = await main_of(hub, path, language)
        assert re.search(rf'href="/flows/hub_only[^"]*" title="hub_only">{title}<', text), path
        assert not re.search(r">[^<]*hub_only", text.replace('value="hub_only"', "")), path
    assert re.search(rf'<option value="hub_only"[^>]*>{title}<', await main_of(hub, "/incidents", language))


@pytest.mark.parametrize(("language", "title"), [("en", "Hub only"), ("zh", "仅入库")])
async def test_overview_events_and_calls_show_the_flows_title(hub: Client, sell: Sell, language: str, title: str) -> None:
    await sell(1)
    await sell(2, currency="")
    (call, *_) = (await hub.get("/api/calls")).json()["items"]
    for path, linked in (
        ("/", True), ("/events", True), ("/events?flow=hub_only", True), ("/calls", False), (f"/calls/{call['id']}", False),
        ("/calls?connection=hub_only/shop", False),
    ):  # fmt: skip
        text = await main_of(hub, path, language)
        wanted = rf'href="/flows/hub_only[^"]*" title="hub_only">{title}<' if linked else rf'title="hub_only/shop">{title} › shop<'
        assert re.search(wanted, text), path
        seen = re.sub(r"<[^>]*>", " ", text).replace("/hooks/hub_only/", "")
        assert "hub_only" not in seen, path


async def test_a_title_is_shown_as_it_was_written_and_a_flow_without_one_by_its_name(hub: Client, sell: Sell, orderloom: Orderloom) -> None:
    odd = {**HUB_FLOW, "name": "odd", "title": {"en": "{0} <b>&"}}
    await hub.put("/api/flows/odd/draft", json=odd)
    await hub.put("/api/flows/bare/draft", json={**HUB_FLOW, "name": "bare", "title": {}})
    await sell(1)
    text = await main_of(hub, "/runs", "en")
    assert ">{0} &lt;b&gt;&amp;<" in text
    assert '<option value="bare">bare<' in text
    assert await flow_titles(orderloom, ["odd", "bare", "gone"], "zh") == {"odd": "odd", "bare": "bare", "gone": "gone"}


async def test_of_very_many_flows_the_further_ones_keep_their_names(hub: Client, orderloom: Orderloom) -> None:
    names = [*(f"f{n}" for n in range(MOST)), "hub_only"]
    assert (await flow_titles(orderloom, names, "en"))["hub_only"] == "hub_only"
    assert (await flow_titles(orderloom, ["hub_only", *names], "en"))["hub_only"] == "Hub only"


TITLED = {
    **HUB_FLOW,
    "nodes": {**HUB_FLOW["nodes"], "order": {**HUB_FLOW["nodes"]["order"], "title": {"en": "Make it canonical", "zh": "转为标准订单"}}},
}


@pytest.mark.parametrize(("language", "title"), [("en", "Make it canonical"), ("zh", "转为标准订单")])
async def test_incidents_runs_and_orders_name_nodes_by_their_titles(hub: Client, sell: Sell, language: str, title: str) -> None:
    await hub.put("/api/flows/hub_only/draft", json=TITLED, headers={"If-Match": "*"})
    assert (await hub.post("/api/flows/hub_only/publication", json={"note": "titles"})).status_code == 201
    parked = await sell(1, currency="")
    incidents = await main_of(hub, "/incidents", language)
    assert f'<b title="order">{title}</b>' in incidents
    assert re.search(rf'<option value="order"[^>]*>{title}<', incidents)
    assert '<span class="where">' not in incidents
    assert f'<span class="where">{title}' in await main_of(hub, f"/runs/{parked}", language)
    assert f"› {title} ·" in await main_of(hub, "/", language)


async def test_nodes_without_a_title_are_called_by_their_slug_in_words(orderloom: Orderloom, hub: Client) -> None:
    bare = {**HUB_FLOW, "name": "bare", "nodes": {**HUB_FLOW["nodes"], "late_orders": {"use": "connector.to_hub@1"}}}
    await hub.put("/api/flows/bare/draft", json=bare)
    places = [("bare", "late_orders"), ("hub_only", "gone_node"), ("nowhere", "order")]
    assert list((await node_titles(orderloom, places, "zh")).values()) == ["late orders", "gone node", "order"]


async def test_a_node_whose_slug_was_made_of_its_type_is_called_by_the_type(orderloom: Orderloom, hub: Client) -> None:
    drawn = {**HUB_FLOW["nodes"], "condition": {"use": "rule.condition@1"}, "condition_2": {"use": "rule.condition@1"}}
    await hub.put("/api/flows/drawn/draft", json={**HUB_FLOW, "name": "drawn", "nodes": drawn})
    places = [("drawn", "condition"), ("drawn", "condition_2")]
    assert list((await node_titles(orderloom, places, "zh")).values()) == ["条件", "条件 2"]
    assert "条件 2" in await main_of(hub, "/flows/drawn", "zh")


def test_choices_among_nodes_of_the_same_title_tell_them_apart() -> None:
    titles = {("a", "order"): "Order", ("b", "order"): "Order", ("b", "order_2"): "Order", ("c", "order_3"): "Third", ("a", "wms"): "WMS"}
    assert choice_titles(titles, titles) == {"order": "Order (order)", "order_2": "Order (order_2)", "order_3": "Third", "wms": "WMS"}
