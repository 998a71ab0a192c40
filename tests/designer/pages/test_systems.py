"""The register of systems in the browser and over the API."""

from __future__ import annotations

import re

import pytest
from httpx import AsyncClient

HTML = {"Accept": "text/html"}
CHINESE = {**HTML, "Accept-Language": "zh"}
ENTRY = {
    "_name": "erp",
    "title": "ERP",
    "owner": "IT",
    "connection.own_shop": "on",
    "offer.file": "on",
    "per_minute": "60",
    "limits": "夜间维护",
}


@pytest.mark.parametrize("path", ["/systems", "/systems/new", "/systems/erp", "/systems/erp/entry"])
async def test_every_page_speaks_chinese_and_needs_no_inline_code(owner: AsyncClient, path: str) -> None:
    assert (await owner.post("/systems", data=ENTRY, headers=HTML, follow_redirects=False)).status_code == 303
    assert (await owner.post("/systems/erp/assessments", headers=HTML, follow_redirects=False)).status_code == 303
    answer = await owner.get(path, headers=CHINESE)
    assert answer.status_code == 200
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", answer.text)
    main = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    assert re.findall(r"\b[A-Za-z][a-z]+(?: [a-z]+){2,}", main) == []


async def test_an_entry_is_written_by_the_form_changed_and_forgotten(owner: AsyncClient) -> None:
    assert "own_shop" in (await owner.get("/systems", headers=HTML)).text
    assert (await owner.post("/systems", data=ENTRY, headers=HTML, follow_redirects=False)).headers["location"] == "/systems/erp"
    text = (await owner.get("/systems/erp", headers=HTML)).text
    assert "夜间维护" in text
    assert "Not assessed yet" in text
    stale = await owner.post("/systems", data={**ENTRY, "owner": "Ops", "_version": "0"}, headers=HTML)
    assert stale.status_code == 409
    assert 'value="Ops"' in stale.text
    wrong = await owner.post("/systems", data={**ENTRY, "title": "", "per_minute": "many", "_version": "1"}, headers=HTML)
    assert wrong.status_code == 422
    assert wrong.text.count('class="error small"') == 2
    assert (await owner.post("/systems/erp/deletion", headers=HTML, follow_redirects=False)).status_code == 303
    assert (await owner.get("/systems/erp", headers=HTML)).status_code == 404


@pytest.mark.parametrize("headers", [HTML, CHINESE])
async def test_a_bad_name_is_told_beside_all_other_faults(owner: AsyncClient, headers: dict[str, str]) -> None:
    wrong = {"_name": "My ERP!", "title": "", "per_minute": "many", "connection.nowhere": "on"}
    answer = await owner.post("/systems", data=wrong, headers=headers)
    assert answer.status_code == 422
    assert answer.text.count('class="error small"') == 4
    for field in ("name", "title", "per_minute"):
        assert re.search(rf'id="f-{field}"[^>]*aria-invalid="true" aria-describedby="e-{field}"', answer.text)
    assert not re.search("Input should|at least 1 item|{[a-z_]+}", answer.text)
    refused = await owner.put("/api/systems/My%20ERP!", json={"title": "", "connections": ["nowhere"], "offers": ["pigeon"]})
    assert sorted(one["code"] for one in refused.json()["problems"]) == [
        "path.invalid", "path.invalid", "system.bad_name", "system.no_connection",
    ]  # fmt: skip


@pytest.mark.parametrize(("headers", "title"), [(HTML, "Own shop"), (CHINESE, "自有商城")])
async def test_a_system_that_nobody_wrote_down_is_called_as_its_kind(owner: AsyncClient, headers: dict[str, str], title: str) -> None:
    assert f'<a href="/systems/own_shop">{title}</a>' in (await owner.get("/systems", headers=headers)).text
    assert f"<h1>{title}</h1>" in (await owner.get("/systems/own_shop", headers=headers)).text


async def test_an_assessment_recommends_the_way_in_and_stays(owner: AsyncClient) -> None:
    answer = await owner.post("/api/systems/own_shop/assessments")
    assert (answer.status_code, answer.json()["way"]) == (201, "webhook_and_polling")
    assert answer.json()["reasons"] == ["pushes_and_reads", "webhook_not_heard", "api_not_proven"]
    text = (await owner.get("/systems/own_shop", headers=HTML)).text
    assert "A push brings an order within seconds, and polling finds the pushes that got lost." in text
    assert (await owner.get("/api/systems/own_shop")).json()["assessment"]["way"] == "webhook_and_polling"
    assert (await owner.get("/api/systems/nowhere")).status_code == 404


async def test_the_api_keeps_an_entry_under_its_version(owner: AsyncClient) -> None:
    body = {"title": "ERP", "connections": ["own_shop"], "offers": ["database"]}
    assert (await owner.put("/api/systems/erp", json=body, headers={"If-Match": '"0"'})).json() == {"version": 1}
    assert (await owner.put("/api/systems/erp", json=body, headers={"If-Match": '"0"'})).status_code == 412
    assert (await owner.put("/api/systems/erp", json={**body, "connections": ["nowhere"]})).status_code == 422
    (one,) = (await owner.get("/api/systems")).json()["items"]
    assert (one["name"], one["offers"]) == ("erp", ["webhook", "api", "database"])
    assert (await owner.delete("/api/systems/erp")).status_code == 204
