"""A Chinese retailer's day, end to end with Chinese data: pushed, fetched and from a file in GBK; held, sent, shipped and reconciled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.testing.simulator import SimulatedTarget
from tests.whole.retailer import Retailer, open_retailer, today

pytestmark = [pytest.mark.crash, pytest.mark.slow]

TAOBAO, JD = "4012600000000100010", "300000000001"
PHONES = ("19900001234", "１９９－００００－１２３４", "１９９００００１２３４", "19900005678", "19900004321", "19900000101", "55500003")
PEOPLE = ("欧阳示例", "诸葛样例", "司马 示例", "司马　示例", "夏侯镕", "令狐喆")
STREETS = ("示例路128号", "示例路１２８号", "样例北街9号", "示例大街", "示例路1号", "示例路１号", "示例街3号")
SENT: dict[tuple[str, str], dict[str, Any]] = {
    ("own_shop", "OWN-0001"): {
        "receiver": ("欧阳示例", "19900001234", "浙江省", "杭州市", "西湖区", "示例路128号3幢2单元501室"),
        "lines": [("OS-SOAP-LAV", "手工皂 薰衣草（礼盒）", None, 2)],
        "note": "周六送，收件前打１９９００００１２３４，谢谢😊",
    },
    ("own_shop", "OWN-0002"): {
        "receiver": ("诸葛样例", "19900005678", "新疆维吾尔自治区", "乌鲁木齐市", "天山区", "样例北街9号"),
        "lines": [("OS-SOAP-LAV", "手工皂", None, 1)],
        "note": "发票抬头：样例贸易有限公司",
    },
    ("taobao", TAOBAO): {
        "receiver": ("测**", "*******0001", "广东省", "深圳市", "南山区", "振**路***号***室"),
        "lines": [("JJ-SNX-55-W", "收纳箱 55L", "颜色:白色", 2), ("SZ-XYC-100", "手工皂 薰衣草", "净含量:100g", 3)],
        "note": None,
    },
    ("jd", JD): {
        "receiver": ("司马 示例", "+8619900004321", "北京", "大兴区", "亦庄经济开发区", "示例大街1号院2号楼"),
        "lines": [("MY-NF-1D-900", "婴儿奶粉 1段 900g", None, 2), ("MY-ZP-WJ", "赠品 沐浴玩具", None, 1)],
        "note": "勿摇晃，工作日送",
    },
    ("own_shop", "XS8801"): {
        "receiver": ("夏侯镕", "19900000101", "广东省", "深圳市", "南山区", "示例路1号"),
        "lines": [("OS-SOAP-LAV", "手工皂 薰衣草", "100g", 2), ("OS-HONEY-250", "椴树蜂蜜", "250g", 1)],
        "note": "请放门口",
    },
    ("own_shop", "XS8802"): {
        "receiver": ("令狐喆", "020-55500003", "广东省", "广州市", "天河区", "示例街3号"),
        "lines": [("OS-GIFT-BOX", "中秋礼盒「团圆」", "大", 5)],
        "note": None,
    },
}
"""What the warehouse must read, to the character. Taobao sends its receivers with stars."""


async def test_a_day_in_chinese_from_order_to_reconciliation(tmp_path: Path) -> None:
    async with open_retailer(tmp_path) as day:
        await _sell(day)
        await _release(day)
        assert {name: _read(order) for name, order in day.at(day.wms).items()} == SENT
        assert _clear(str(day.at(day.finance).values()), PHONES) == []
        await _ship(day)
        await _nothing_is_shown_in_clear(day)
        await _whoever_knows_the_number_finds_the_order(day)
        await _all_agree_and_a_loss_is_noticed(day)


def _read(order: Any) -> dict[str, Any]:
    receiver = tuple(order["receiver"][name] for name in ("name", "phone", "province", "city", "district", "address"))
    lines = [tuple(line[name] for name in ("sku_code", "title", "spec", "qty")) for line in order["lines"]]
    return {"receiver": receiver, "lines": lines, "note": order["note"]["buyer"]}


def _clear(text: str, *words: tuple[str, ...]) -> list[str]:
    return [word for group in words for word in group if word in text]


async def _sell(day: Retailer) -> None:
    """Pushed by the own shop and by Taobao, fetched from JD, put into a folder as a file; one order waits for a person."""
    day.shops["own_shop"].create(2)
    day.shops["taobao"].create()
    day.shops["jd"].create()
    day.put_file("今日订单.csv", today())
    free = set(SENT) - {("own_shop", "OWN-0002")}
    await day.until("sold", lambda: set(day.at(day.wms)) == set(day.at(day.finance)) == free)
    assert (day.inbox / "done" / "今日订单.csv").exists()


async def _release(day: Retailer) -> None:
    (held,) = await day.api.all("/api/holds")
    assert (held["channel_order_id"], held["reasons"]) == ("OWN-0002", ["amount_mismatch"])
    assert _clear(page := await day.page("/holds"), PHONES, PEOPLE, STREETS) == []
    assert "金额不平" in page
    await day.post(f"/api/holds/{held['id']}/release")
    await day.until("released", lambda: set(day.at(day.wms)) == set(day.at(day.finance)) == set(SENT))


async def _ship(day: Retailer) -> None:
    """Each channel hears of its parcel, in its own codes, and the new state of the order goes to both targets."""
    for channel, number, courier, waybill in (
        ("own_shop", "OWN-0001", "顺丰", "SF0000000000001"),
        ("taobao", TAOBAO, "圆通", "YT0000000000002"),
        ("jd", JD, "圆通", "YT0000000000003"),
    ):
        await day.ship(channel, number, courier, waybill)
    shipped = {("own_shop", "OWN-0001"), ("taobao", TAOBAO), ("jd", JD)}
    await day.until("shipped", lambda: _in_state(day.wms, "shipped") == _in_state(day.finance, "shipped") == shipped)
    told = {name: kept.body for name, number in shipped if (kept := day.shops[name].orders.find(number)) is not None}
    assert told["own_shop"]["data"]["logistics"] == {"carrier": "SF", "tracking_no": "SF0000000000001"}
    assert (told["jd"]["logisticsId"], told["jd"]["waybill"]) == ("463", "YT0000000000003")
    assert {line["invoice_no"] for line in told["taobao"]["orders"]["order"]} == {"YT0000000000002"}


def _in_state(target: SimulatedTarget, state: str) -> set[tuple[str, str]]:
    return {(channel, number) for (channel, _, number), order in target.ledger.orders.items() if order["status"] == state}


async def _nothing_is_shown_in_clear(day: Retailer) -> None:
    """On no page and in no list of the API, nor of a run of each flow and a call of each system; the buyer wrote a number in full width."""
    runs = {run["flow"]: run for run in await day.api.all("/api/runs")}.values()
    calls = {(call["place"], call["direction"]): call for call in await day.api.all("/api/calls")}.values()
    passport = {"channel": "own_shop", "number": "OWN-0001", "shop": "own_shop"}
    one = "/orders/one?channel=own_shop&number=OWN-0001&shop=own_shop"
    shown = [
        *[str(await day.api.get(path)) for path in ("/api/orders", "/api/events", "/api/calls", "/api/parcels", "/api/holds?state=all")],
        *[str(await day.api.get(f"/api/runs/{run['id']}/steps")) for run in runs],
        *[str(await day.api.get(f"/api/calls/{call['id']}")) for call in calls],
        *[str(await day.api.get(f"/api/orders/{what}", **passport)) for what in ("passport", "versions")],
        *[await day.page(path) for path in ("/orders", one, "/holds?show=done", "/calls", "/events", "/runs", "/parcels")],
        *[await day.page(f"/runs/{run['id']}") for run in runs],
    ]
    assert [found for text in shown if (found := _clear(text, PHONES, PEOPLE, STREETS))] == []
    page = await day.page(one)
    assert _clear(page, ("欧***", "199****1234", "杭州市", "手工皂 薰衣草（礼盒）", "已发货", "顺丰", "****0001")) == [
        "欧***", "199****1234", "杭州市", "手工皂 薰衣草（礼盒）", "已发货", "顺丰", "****0001",
    ]  # fmt: skip


async def _whoever_knows_the_number_finds_the_order(day: Retailer) -> None:
    for phone in ("19900001234", "１９９ ００００ １２３４"):
        found = await day.post("/api/orders/search", {"phone": phone})
        assert [one["channel_order_id"] for one in found["items"]] == ["OWN-0001"], phone
    assert [
        one["channel_order_id"] for one in (await day.post("/api/orders/search", {"address": "示例路128号3幢2单元501室"}))["items"]
    ] == ["OWN-0001"]


async def _all_agree_and_a_loss_is_noticed(day: Retailer) -> None:
    days = {order["created_at"][:10] for order in day.at(day.wms).values()}
    found = [await day.api.reconcile(date, channel) for date in sorted(days) for channel in ("own_shop", "taobao", "jd")]
    assert [(one["channel"], one["rows"], one["failed"]) for one in found if one["differences"] or one["failed"]] == []
    assert [sum(one["counts"][system] for one in found) for system in ("source", "hub", "wms", "finance")] == [6, 6, 6, 6]
    day.finance.forget(("own_shop", "files", "XS8802"))
    lost = [await day.api.reconcile(date, "own_shop") for date in sorted(days)]
    assert [(row["channel_order_id"], row["system"], row["kind"]) for one in lost for row in one["rows"]] == [
        ("XS8802", "finance", "missing")
    ]
