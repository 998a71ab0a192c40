"""Shops without an interface: their orders come whole from real databases and from Chinese files, into the hub."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from engine.app import Orderloom
from engine.intake.table_rows import read_table
from engine.json_text import read_json
from engine.store.ports import OrderFilter

from .house import Place, numbers, until
from .test_folders import Inbox
from .test_tables import Maria, Postgres, made

SAMPLE = Path(__file__).parents[2] / "flows" / "orders_from_files" / "orders_gbk.csv"
FLOW = Path(__file__).parents[2] / "flows" / "orders_from_files.json"
ORDER = {
    "channel_order_id": "no", "status": "state", "paid_at": "paid", "updated_at": "changed", "amount.paid": "total",
    "receiver.name": "buyer", "receiver.address": "address",
}  # fmt: skip
COLUMNS = {
    Postgres: "id bigserial primary key, no text, state text, paid timestamp, changed timestamptz, total bigint, buyer text, address text, "
    "sku text, qty int, price bigint",
    Maria: "id bigint auto_increment primary key, no varchar(40), state varchar(20), paid datetime(6) null, changed timestamp(6) null, "
    "total bigint, buyer varchar(40), address varchar(80), sku varchar(40), qty int, price bigint",
}
LINES = {
    Postgres: "id bigserial primary key, no text, sku text, qty int, price bigint",
    Maria: "id bigint auto_increment primary key, no varchar(40), sku varchar(40), qty int, price bigint",
}
ADD = "INSERT INTO TABLE_ (no, state, paid, changed, total, buyer, address, sku, qty, price) VALUES "
ONE = "INSERT INTO TABLE_ (no, state, changed, total, buyer, address) VALUES "


def document(trigger: dict[str, Any], lines: dict[str, str]) -> bytes:
    """Trigger → order → rules → hub; amounts in fen."""
    params = {"order": ORDER, "lines": lines, "statuses": {"已付款": "awaiting_fulfillment"}, "unit": "smallest"}
    nodes = {
        "source": {"use": "connector.database_orders@1", "params": trigger},
        "order": {"use": "transform.order_from_rows@1", "params": params},
        "rules": {"use": "connector.cleansing_rules@1"},
        "hub": {"use": "connector.to_hub@1"},
    }
    test = {"name": "t", "trigger": "source", "input": [{"no": "A"}], "expect": {"source": {"items": [{}], "match": "subset"}}}
    wires = ["source -> order", "order -> rules", "rules.out -> hub"]
    return json.dumps({"format": 1, "name": "incoming", "nodes": nodes, "wires": wires, "tests": [test]}).encode()


@pytest.fixture(params=[Postgres, Maria])
async def shop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Any, Any]]:
    """The table of orders, and one of lines."""
    monkeypatch.setattr(request.param, "columns", COLUMNS[request.param])
    async with made(request.param) as orders:
        monkeypatch.setattr(request.param, "columns", LINES[request.param])
        async with made(request.param) as lines:
            yield orders, lines


def place(database: Any) -> Place:
    return Place({"server": database.connection})


def watched(database: Any, **more: Any) -> dict[str, Any]:
    given = {"table": database.table, "order_column": "no", "time_column": "changed", "every": "50ms", "page": 2, "zone": "Asia/Shanghai"}
    return {"database": {"connection": "server"}, **given, **more}


async def kept(app: Orderloom, count: int) -> dict[str, Any]:
    async def enough() -> bool:
        return len((await app.store.orders()).items) >= count

    await until(enough)
    return {one.channel_order_id: read_json(one.body) for one in (await app.store.orders()).items}


async def test_rows_of_one_number_are_one_order_also_when_only_one_of_them_changes(shop: tuple[Any, Any]) -> None:
    orders, _ = shop
    row = f"{ADD}({', '.join(['%s'] * 10)})"
    head = ("已付款", "2026-01-16 09:06:00", "2026-01-16 01:06:00+00:00" if isinstance(orders, Postgres) else "2026-01-16 01:06:00")
    for no, sku, qty in (("XS-1", "a-1", 2), ("XS-1", "b-2", 1), ("XS-2", "a-1", 4)):
        await orders.run(row, no, *head, 3000 if no == "XS-1" else 4000, "测试甲", "测试路1号", sku, qty, 1000)
    async with place(orders).open() as app:
        await app.publish(document(watched(orders), {"sku_code": "sku", "qty": "qty", "unit_price": "price"}), note="", actor="owner")
        found = await kept(app, 2)
        assert [(line["sku_code"], line["qty"], line["unit_price"]) for line in found["XS-1"]["lines"]] == [
            ("A-1", 2, "10.00"),
            ("B-2", 1, "10.00"),
        ]
        assert (found["XS-1"]["amount"]["paid"], found["XS-1"]["paid_at"]) == ("30.00", "2026-01-16T01:06:00Z")
        assert found["XS-1"]["hold_reasons"] == found["XS-2"]["hold_reasons"] == []
        later = "2026-01-16 01:09:00+00:00" if isinstance(orders, Postgres) else "2026-01-16 01:09:00"
        await orders.run("UPDATE TABLE_ SET qty = 5, changed = %s WHERE no = 'XS-1' AND sku = 'b-2'", later)

        async def newer() -> bool:
            return "amount_mismatch" in (await app.store.order("own_shop", "", "XS-1")).hold_reasons

        await until(newer)
        body = read_json((await app.store.order("own_shop", "", "XS-1")).body)
        assert ([line["qty"] for line in body["lines"]], body["version"]) == ([2, 5], "2026-01-16T01:09:00Z")
        assert set(await numbers(app)) == {"XS-1", "XS-2"}


async def test_lines_may_have_a_table_of_their_own(shop: tuple[Any, Any]) -> None:
    orders, lines = shop
    await orders.run(ONE + "('XS-9', '已付款', '2026-01-16 01:06:00', 1000, '测试乙', '示例路2号')")
    for no, sku, qty in (("XS-9", "a-1", 1), ("XS-8", "a-1", 1), ("XS-9", "z-9", 0)):
        await lines.run("INSERT INTO TABLE_ (no, sku, qty, price) VALUES (%s, %s, %s, 1000)", no, sku, qty)
    async with place(orders).open() as app:
        mapped = {"sku_code": "line.sku", "qty": "line.qty", "unit_price": "line.price"}
        await app.publish(document(watched(orders, lines_table=lines.table), mapped), note="", actor="owner")
        found = await kept(app, 1)
        assert [(line["sku_code"], line["qty"]) for line in found["XS-9"]["lines"]] == [("A-1", 1), ("Z-9", 0)]
        assert found["XS-9"]["amount"] == {**found["XS-9"]["amount"], "items": "10.00", "paid": "10.00"}


def workbook() -> bytes:
    rows = list(read_table(BytesIO(SAMPLE.read_bytes()), "sample", "gbk"))
    book = Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([int(value) if value.isdigit() and value.isascii() else value for value in row.values()])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("name", ["订单.csv", "订单.xlsx", "订单-utf8.csv"])
async def test_a_chinese_file_becomes_orders_of_the_hub(tmp_path: Path, name: str) -> None:
    inbox = Inbox(tmp_path / "in")
    content = workbook() if name.endswith("xlsx") else SAMPLE.read_bytes()
    inbox.put(name, content.decode("gbk").encode("utf-8-sig") if "utf8" in name else content)
    async with inbox.open() as app:
        flow = json.loads(FLOW.read_text())
        flow["nodes"]["files"]["params"]["every"] = "30ms"
        del flow["nodes"]["to_wms"], flow["layout"]["to_wms"]
        flow["tests"] = [{**flow["tests"][1], "expect": {"hub": flow["tests"][1]["expect"]["hub"]}}]
        flow["wires"] = [wire for wire in flow["wires"] if "to_wms" not in wire]
        await app.publish(json.dumps(flow).encode(), note="", actor="owner")
        found = await kept(app, 3)
        first, unpaid, large = (found[f"XS2026011600{n}"] for n in (1, 2, 3))
        assert [(line["sku_code"], line["qty"]) for line in first["lines"]] == [("OS-SOAP-LAV", 2), ("OS-HONEY-250", 1)]
        assert first["amount"] == {**first["amount"], "items": "128.00", "discount_seller": "8.00", "shipping": "6.00", "paid": "126.00"}
        assert (first["created_at"], first["receiver"]["phone"]) == ("2026-01-16T01:05:00Z", "19900000101")
        assert (unpaid["status"], unpaid["created_at"]) == ("pending_payment", "2026-01-16T01:07:00Z")
        assert (large["amount"]["paid"], large["receiver"]["city"], large["lines"][0]["qty"]) == ("1234.50", "广州市", 5)
        assert all(order["hold_reasons"] == [] for order in found.values())
        assert [one.channel_order_id for one in (await app.store.orders(OrderFilter(sku="OS-HONEY-250"))).items] == ["XS20260116001"]
