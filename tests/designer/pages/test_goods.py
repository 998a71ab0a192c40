"""Stock and parcels as pages: what is wrong first, limits of a SKU, a parcel by a number that is never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar.testing import AsyncTestClient

from engine.app import Orderloom

NUMBER = "YT0000000000013"


async def stock(orderloom: Orderloom, sku: str, quantity: int, holds: str = "goods", system: str = "wms") -> None:
    levels = [{"sku_code": sku, "quantity": quantity}]
    at = "2026-01-16T08:00:00Z"
    await orderloom.desk.stock.keep({"system": system, "holds": holds, "at": at, "levels": levels})


async def parcel(orderloom: Orderloom, number: str, hours: float, state: str = "moving") -> None:
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    order = {"channel": "taobao", "shop_id": "s1", "channel_order_id": "4012"}
    await orderloom.desk.parcels.keep(
        {"items": [{"tracking_no": number, "carrier": "yto", **order, "events": [{"at": at, "state": state}]}]}
    )


async def test_what_is_wrong_with_stock_is_shown_first_and_all_on_demand(owner: AsyncTestClient[Any], orderloom: Orderloom) -> None:
    assert "No stock is known yet" in (await owner.get("/stock")).text
    await stock(orderloom, "CUP-01", 3)
    await stock(orderloom, "TEA/02 绿", 300)
    await stock(orderloom, "TEA/02 绿", 0, "offer", "taobao")
    wrong, every = (await owner.get("/stock")).text, (await owner.get("/stock?show=all&sku=tea")).text
    assert "CUP-01" in wrong
    assert "Not offered" in wrong
    assert "CUP-01" not in every
    one = await owner.get("/stock/one", params={"sku": "TEA/02绿"})
    assert "What each system says" in one.text
    assert "taobao" in one.text


async def test_limits_of_a_sku_are_kept_and_a_bad_one_is_said(owner: AsyncTestClient[Any], orderloom: Orderloom) -> None:
    await stock(orderloom, "A/B", 30)
    bad = await owner.post("/stock/limit", data={"sku": "A/B", "at_least": "many", "days": "0"})
    assert bad.status_code == 422
    assert bad.text.count("stock.bad_limit") == 2
    assert 'value="many"' in bad.text
    kept = await owner.post("/stock/limit", data={"sku": "A/B", "at_least": "40", "days": ""}, follow_redirects=True)
    assert "The limits are kept." in kept.text
    assert "A/B" in (await owner.get("/stock?show=short")).text
    assert (await owner.get("/stock/one?sku=NOBODY")).status_code == 404


async def test_a_parcel_that_stands_still_is_listed_and_found_by_its_number_alone(
    owner: AsyncTestClient[Any], orderloom: Orderloom
) -> None:
    assert "No parcel stands still" in (await owner.get("/parcels")).text
    await parcel(orderloom, NUMBER, 60)
    await parcel(orderloom, "YT0000000000014", 1, "delivered")
    still = await owner.get("/parcels")
    assert "YT*********0013" in still.text
    assert "0014" not in still.text
    assert "0014" in (await owner.get("/parcels?show=all")).text
    assert "No parcel fits" in (await owner.get("/parcels?show=all&carrier=sf")).text
    found = await owner.post("/parcels/found", data={"tracking_no": f" {NUMBER.lower()} "}, follow_redirects=True)
    assert found.status_code == 200
    assert "Its way" in found.text
    assert NUMBER not in found.text + still.text
    lost: Any = await owner.post("/parcels/found", data={"tracking_no": "0013"})
    assert lost.status_code == 422
    assert "parcel.unsearchable" in lost.text
    assert (await owner.get("/parcels/found", follow_redirects=True)).url.path == "/parcels"
