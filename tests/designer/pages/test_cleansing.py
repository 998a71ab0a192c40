"""The pages of the cleansing rules: matching a line, the table and its files, rules by shop, a trial, versions."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient, Response

from engine.app import Orderloom
from tests.designer.api.test_cleansing import CSV, PERSONAL, sell

__all__ = ["sell"]
HTML = {"Accept": "text/html"}
PATHS = ("/cleansing", "/cleansing/table", "/cleansing/rules", "/cleansing/rules/one?new=yes", "/cleansing/trial", "/cleansing/versions")


async def text(owner: AsyncClient, path: str, language: str = "en") -> str:
    answer = await owner.get(path, headers={**HTML, "Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert not any(personal in answer.text for personal in PERSONAL)
    return answer.text


async def submit(owner: AsyncClient, path: str, **form: str) -> Response:
    return await owner.post(path, data=form, headers={**HTML, "Accept-Language": "en"})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("language", "word"), [("en", "Matching table"), ("zh", "SKU对照表")])
async def test_every_page_is_there_in_both_languages(owner: AsyncClient, path: str, language: str, word: str) -> None:
    page = await text(owner, path, language)
    assert word in page or "one?new" in path


async def test_a_suggestion_that_is_accepted_lets_the_order_go_on(owner: AsyncClient, orderloom: Orderloom, sell: Any) -> None:
    await submit(owner, "/cleansing/matches", back="table", title="薰衣草 手工皂", spec="100 克", sku_code="SOAP-100", quantity="1")
    event = await sell()
    page = await text(owner, "/cleansing", "zh")
    assert "1 个订单等待" in page
    assert ">SOAP-100</span>" in page
    went = await submit(owner, "/cleansing/matches", channel="own_shop", title="手工皂 薰衣草", spec="100g", sku_code="SOAP-100")
    assert (went.status_code, went.headers["location"]) == (303, "/cleansing?version=2&released=1")
    await orderloom.dispatcher.idle()
    assert (await owner.get(f"/api/runs/{event}")).json()["state"] == "done"
    assert "Every SKU is known" in await text(owner, went.headers["location"])
    assert "Matched SKUs" in await text(owner, "/audit")


async def test_a_row_without_our_sku_shows_the_page_again(owner: AsyncClient) -> None:
    answer = await submit(owner, "/cleansing/matches", back="table", title="蜂蜜", quantity="x")
    assert answer.status_code == 422
    assert "sku_match.no_code" in answer.text
    assert "sku_match.bad_quantity" in answer.text
    assert 'value="蜂蜜"' in answer.text


async def test_a_gbk_file_is_imported_filtered_exported_and_a_row_ended(owner: AsyncClient) -> None:
    files = {"file": ("对照.csv", CSV.encode("gbk"), "text/csv")}
    went = await owner.post("/cleansing/table/file", files=files, headers=HTML)
    assert went.status_code == 303
    found = await text(owner, "/cleansing/table?q=薰衣草")
    assert "SOAP-L" in found
    assert "HONEY" not in found
    exported = await owner.get("/cleansing/table/file?form=csv_gbk", headers={"Accept-Language": "zh"})
    assert "手工皂 薰衣草" in exported.content.decode("gbk")
    row = (await owner.get("/api/sku-matches")).json()["items"][0]["id"]
    assert (await submit(owner, f"/cleansing/table/{row}/end")).status_code == 303
    assert "HONEY" not in await text(owner, "/cleansing/table")
    bad = await owner.post("/cleansing/table/file", files={"file": ("a.csv", b"x,y\n1,2\n", "text/csv")}, headers=HTML)
    assert bad.status_code == 422
    assert "sku_match.no_column" in bad.text
    assert "对照.csv" in await text(owner, "/cleansing/versions")


async def test_rules_of_a_shop_are_written_changed_and_given_up(owner: AsyncClient) -> None:
    one = "/cleansing/rules/one"
    wrong = await submit(owner, one, new="yes", edited="0", channel="jd", order_number="[")
    assert wrong.status_code == 422
    assert "This is no pattern for order numbers." in wrong.text
    made = await submit(
        owner, one, new="yes", edited="0", channel="jd", shop_id="s1", order_number="[0-9]+", other_number="note", names="on"
    )
    assert made.status_code == 303
    shown = await text(owner, f"{one}?channel=jd&shop=s1")
    assert 'value="[0-9]+"' in shown
    assert 'value="note" selected' in shown
    assert "Only note it" in await text(owner, "/cleansing/rules")
    assert "Rules" in await text(owner, "/cleansing/versions")
    late = await submit(owner, one, edited="0", channel="jd", shop_id="s1", order_number="")
    assert late.status_code == 409
    assert (await submit(owner, one, edited="1", channel="jd", shop_id="s1", delete="yes")).status_code == 303
    assert (await owner.get("/api/cleansing-rules")).json() == {"edited": 2, "shops": []}


async def test_a_trial_of_a_pasted_or_a_recent_order_is_masked(owner: AsyncClient, sell: Any) -> None:
    await sell()
    pasted = '{"channel": "jd", "channel_order_id": "1", "lines": [{"title": "皂", "qty": 1}], "receiver": {"name": " 张三丰"}}'
    tried = await submit(owner, "/cleansing/trial", order=pasted)
    assert tried.status_code == 200
    assert "receiver.name" in tried.text
    assert "张三丰" not in tried.text
    recent = await text(owner, "/cleansing/trial?channel=own_shop&number=OWN-17")
    assert "No SKU is known for:" in recent
    assert (await submit(owner, "/cleansing/trial", order="{")).status_code == 422
    assert (await submit(owner, "/cleansing/trial", order="{}")).text.count("rules.no_order") == 1


async def test_a_wrong_match_is_taken_back_and_its_orders_are_shown(owner: AsyncClient, orderloom: Orderloom, sell: Any) -> None:
    await submit(owner, "/cleansing/matches", back="table", title="手工皂 薰衣草", spec="100g", sku_code="HAMMER", quantity="1")
    await sell("OWN-1")
    (row,) = [one["id"] for one in (await owner.get("/api/sku-matches")).json()["items"]]
    assert f'href="/cleansing/table/{row}"' in await text(owner, "/cleansing/table")
    shown = await text(owner, f"/cleansing/table/{row}", "zh")
    assert "OWN-1" in shown
    assert "尚未发出" in shown
    assert not [one for one in PERSONAL if one in shown]
    assert [one["stage"] for one in (await owner.get(f"/api/sku-matches/{row}/orders")).json()["items"]] == ["here"]
    went = await submit(owner, f"/cleansing/table/{row}/withdrawal")
    assert (went.status_code, went.headers["location"]) == (303, f"/cleansing/table/{row}?again=1&left=0")
    await orderloom.dispatcher.idle()
    assert (await owner.get("/api/sku-matches/waiting")).json()["items"][0]["orders"] == 1
    after = await text(owner, f"/cleansing/table/{row}?again=1&left=0")
    assert "No order has goods by this match" in after
    assert (await owner.post(f"/api/sku-matches/{row}/withdrawal")).json() == {"version": 2, "again": 0, "left": 0}
    assert (await owner.post("/api/sku-matches/7/withdrawal")).status_code == 404
