"""Cleansing rules and the SKU matching table over the API: versions, conflicts, files, a trial, and orders set free."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import Workbook, load_workbook

from engine.app import Orderloom

from .test_orders import FLOW, ORDER, PHONE

CLEANSING: dict[str, Any] = {
    **FLOW,
    "nodes": {
        "orders": {"use": "connector.webhook@1", "params": {"key_path": "order_no", "version_path": "updated_at"}},
        "canonical": {"use": "transform.canonical_order@1", "params": {"channel": "own_shop"}},
        "rules": {"use": "connector.cleansing_rules@1"},
        "hub": {"use": "connector.to_hub@1"},
    },
    "wires": ["orders -> canonical", "canonical -> rules", "rules.out -> hub", "rules.released -> hub"],
}
LINE = {"line_no": "1", "title": "手工皂 薰衣草", "spec": "100g", "qty": 1, "unit_price": "80.00"}
PERSONAL = (PHONE, "张三丰", "南京东路一号")


@pytest.fixture
async def sell(owner: AsyncClient, orderloom: Orderloom) -> Any:
    """``await sell(number)`` sends an order with a line that has no code."""
    await orderloom.publish(json.dumps(CLEANSING).encode(), note="", actor="test")

    async def send(number: str = "OWN-17", **line: Any) -> str:
        order = {**ORDER, "order_no": number, "lines": [{**LINE, **line}]}
        event = (await owner.post("/hooks/keeping/orders", json=order)).json()["event"]
        await orderloom.dispatcher.idle()
        return event

    return send


def codes(answer: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["where"]) for one in answer.json()["problems"]]


async def test_a_match_sets_free_all_orders_that_waited_for_it(owner: AsyncClient, orderloom: Orderloom, sell: Any) -> None:
    await owner.post("/api/sku-matches", json={"rows": [{"title": "薰衣草 手工皂", "spec": "100 克", "sku_code": "SOAP-100"}]})
    events = [await sell("OWN-1"), await sell("OWN-2")]
    (waiting,) = (await owner.get("/api/sku-matches/waiting")).json()["items"]
    assert (waiting["title"], waiting["orders"], waiting["channel"]) == ("手工皂 薰衣草", 2, "own_shop")
    assert waiting["candidates"][0]["sku_code"] == "SOAP-100"
    row = {name: waiting[name] for name in ("channel", "title", "spec")} | {"sku_code": "SOAP-100"}
    accepted = (await owner.post("/api/sku-matches", json={"rows": [row], "note": "seen"})).json()
    assert accepted == {"version": 2, "released": 2}
    await orderloom.dispatcher.idle()
    for event in events:
        assert (await owner.get(f"/api/runs/{event}")).json()["state"] == "done"
        told = [one["what"] for one in (await owner.get(f"/api/runs/{event}/timeline")).json()["items"]]
        assert [one for one in told if "rules" in one] == [f"The cleansing rules were asked: version {n}." for n in (1, 2)]
    assert (await owner.get("/api/sku-matches/waiting")).json()["items"] == []
    assert (await owner.get("/api/orders", params={"channel": "own_shop"})).json()["items"]


async def test_rules_are_versions_and_a_second_writer_is_told(owner: AsyncClient) -> None:
    assert (await owner.get("/api/cleansing-rules")).json() == {"edited": 0, "shops": []}
    shop = {"channel": "jd", "order_number": "[0-9]{12}", "other_number": "note"}
    saved = await owner.put("/api/cleansing-rules", json={"edited": 0, "shops": [shop], "note": "twelve digits"})
    assert saved.json() == {"version": 1, "released": 0}
    assert (await owner.put("/api/cleansing-rules", json={"edited": 0, "shops": []})).status_code == 409
    shown = (await owner.get("/api/cleansing-rules")).json()
    assert shown["edited"] == 1
    assert shown["shops"][0]["order_number"] == "[0-9]{12}"
    (version,) = (await owner.get("/api/cleansing-rules/versions")).json()["items"]
    assert (version["version"], version["part"], version["actor"], version["note"]) == (1, "rules", "owner", "twelve digits")


async def test_every_fault_of_the_rules_is_told_at_once(owner: AsyncClient) -> None:
    shops = [{"shop_id": "7", "order_number": "[", "names": "yes", "colour": 1}, {"channel": "jd"}, {"channel": "jd"}]
    answer = await owner.put("/api/cleansing-rules", json={"edited": 0, "shops": shops})
    assert answer.status_code == 422
    assert {code for code, _ in codes(answer)} == {
        "rules.unknown_field", "rules.bad_value", "rules.bad_pattern", "rules.no_channel", "rules.same_shop",
    }  # fmt: skip


async def test_a_trial_shows_what_each_rule_changes_masked_and_keeps_nothing(owner: AsyncClient, orderloom: Orderloom) -> None:
    await owner.put("/api/cleansing-rules", json={"edited": 0, "shops": [{"order_number": "[A-Z]+"}]})
    order = {
        "channel": "jd", "channel_order_id": "12", "currency": "CNY", "amount": {"items": "80.00", "paid": "70.00"},
        "receiver": {"name": " 张三丰", "phone": f"+86 {PHONE}", "province": "上海", "address": "上海市南京东路一号"},
        "lines": [{"sku_code": None, "title": "手工皂", "qty": 1, "unit_price": "80.00"}],
    }  # fmt: skip
    answer = await owner.post("/api/cleansing-rules/trials", json=order)
    tried = answer.json()
    assert not any(personal in answer.text for personal in PERSONAL)
    assert [(one["rule"], one["place"]) for one in tried["changes"]][-3:] == [(rule, "hold_reasons") for rule in ("sku", "number", "money")]
    assert {one["place"]: one["after"] for one in tried["changes"]}["receiver.province"] == "上海市"
    assert tried["holds"] == ["sku_unmapped", "number_mismatch", "amount_mismatch"]
    assert tried["unmatched"] == [{"sku": "", "title": "手工皂", "spec": ""}]
    assert (await orderloom.store.orders()).items == []
    assert codes(await owner.post("/api/cleansing-rules/trials", json={"tid": 1}))[0][0] == "rules.no_order"


CSV = "渠道,店铺,商家编码,标题,规格,本公司SKU,换算数量\r\njd,,TB-１,手工皂 薰衣草,3块装,soap-l,３\r\n,,,蜂蜜,500g,HONEY,\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
async def test_a_file_of_any_encoding_is_taken_in(owner: AsyncClient, encoding: str) -> None:
    answer = await owner.post("/api/sku-matches/file", params={"name": "对照.csv"}, content=CSV.encode(encoding))
    assert answer.json() == {"version": 1, "released": 0}
    honey, soap = (await owner.get("/api/sku-matches")).json()["items"]
    assert (soap["channel"], soap["platform_sku"], soap["sku_code"], soap["quantity"]) == ("jd", "TB-1", "SOAP-L", 3)
    assert (honey["channel"], honey["title"], honey["quantity"]) == ("", "蜂蜜", 1)
    assert (await owner.get("/api/sku-matches", params={"q": "薰衣草"})).json()["items"] == [soap]


async def test_a_workbook_is_taken_in_and_what_is_exported_may_be_imported_again(owner: AsyncClient) -> None:
    book = Workbook()
    book.active.append(["平台SKU", "本公司SKU", "备注"])
    book.active.append([1001, "A-1", "x"])
    book.active.append(["@cmd|1", "A-2", ""])
    content = BytesIO()
    book.save(content)
    await owner.post("/api/sku-matches/file", params={"name": "skus.xlsx"}, content=content.getvalue())
    for form in ("csv", "csv_gbk", "xlsx"):
        exported = await owner.get("/api/sku-matches/file", params={"format": form}, headers={"Accept-Language": "zh"})
        name = "a.xlsx" if form == "xlsx" else "a.csv"
        assert (await owner.post("/api/sku-matches/file", params={"name": name}, content=exported.content)).json()["version"] == 1
    sheet = load_workbook(BytesIO(exported.content)).active
    assert [[cell.value for cell in row][2] for row in sheet.iter_rows()] == ["平台SKU", "1001", "'@cmd|1"]


async def test_a_faulty_file_tells_every_row_and_changes_nothing(owner: AsyncClient) -> None:
    rows = "Platform SKU,Our SKU,Channel,Quantity\nP-1,,jd,1\n,A-2,jd,1\nP-3,A-3,J D,0\nP-4,A-4,,1\nP-4,A-5,,1\n"
    answer = await owner.post("/api/sku-matches/file", params={"name": "a.csv"}, content=rows.encode())
    assert answer.status_code == 422
    assert codes(answer) == [
        ("sku_match.no_code", "2 › sku_code"),
        ("sku_match.no_name", "3 › title"),
        ("sku_match.bad_channel", "4 › channel"),
        ("sku_match.bad_quantity", "4 › quantity"),
        ("sku_match.twice", "6"),
    ]
    for name, content, problem in (("a.csv", b"a,b\n1,2\n", "sku_match.no_column"), ("a.pdf", b"x", "input.unknown_format")):
        answer = await owner.post("/api/sku-matches/file", params={"name": name}, content=content)
        assert codes(answer)[0][0] == problem
    assert (await owner.get("/api/sku-matches")).json()["items"] == []


async def test_a_row_is_ended_once(owner: AsyncClient) -> None:
    await owner.post("/api/sku-matches", json={"rows": [{"platform_sku": "P", "sku_code": "A"}]})
    (row,) = (await owner.get("/api/sku-matches")).json()["items"]
    assert (await owner.delete(f"/api/sku-matches/{row['id']}")).status_code == 204
    assert (await owner.delete(f"/api/sku-matches/{row['id']}")).status_code == 404
    assert (await owner.get("/api/sku-matches")).json()["items"] == []
