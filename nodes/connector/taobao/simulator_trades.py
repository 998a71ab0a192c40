"""Invented trades of a simulated Taobao shop, whose money adds up, and what becomes of them."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from nodes.connector.taobao.calls import beijing_text

SELLER: Final = "示例家居旗舰店"
_FIRST: Final = 4012600000000100000
_GOODS: Final = (
    ("北欧风收纳架 三层", "JJ-SNJ-3-YM", "颜色:原木色;规格:三层", "129.00"),
    ("收纳箱 55L", "JJ-SNX-55-W", "颜色:白色", "59.00"),
    ("手工皂 薰衣草", "SZ-XYC-100", "净含量:100g", "19.90"),
    ("落地灯 暖光", "DJ-LDD-01", "颜色:黑色", "268.00"),
)
_PLACES: Final = (
    ("浙江省", "杭州市", "西湖区", "三墩镇"),
    ("广东省", "深圳市", "南山区", "粤海街道"),
    ("湖北省", "", "仙桃市", "沙嘴街道"),
)
STATES: Final[dict[str, tuple[str, ...]]] = {
    "WAIT_SELLER_SEND_GOODS": ("REFUND_ASKED", "PAID_FORBID_CONSIGN", "SELLER_CONSIGNED_PART", "WAIT_BUYER_CONFIRM_GOODS", "TRADE_CLOSED"),
    "WAIT_BUYER_PAY": ("WAIT_SELLER_SEND_GOODS", "TRADE_CLOSED_BY_TAOBAO"),
    "PAID_FORBID_CONSIGN": ("WAIT_SELLER_SEND_GOODS", "TRADE_CLOSED"),
    "REFUND_ASKED": ("WAIT_SELLER_SEND_GOODS", "TRADE_CLOSED"),
    "SELLER_CONSIGNED_PART": ("WAIT_BUYER_CONFIRM_GOODS",),
    "WAIT_BUYER_CONFIRM_GOODS": ("TRADE_FINISHED", "TRADE_CLOSED"),
    "TRADE_FINISHED": (),
    "TRADE_CLOSED": (),
    "TRADE_CLOSED_BY_TAOBAO": (),
}
"""Taobao's own words, and ``REFUND_ASKED``: still to ship, but the buyer has asked for the money of a sub-order back."""
TOPICS: Final = {
    "WAIT_SELLER_SEND_GOODS": "taobao_trade_TradeBuyerPay",
    "WAIT_BUYER_PAY": "taobao_trade_TradeCreate",
    "PAID_FORBID_CONSIGN": "taobao_trade_TradeChanged",
    "REFUND_ASKED": "taobao_refund_RefundCreated",
    "SELLER_CONSIGNED_PART": "taobao_trade_TradePartlySellerShip",
    "WAIT_BUYER_CONFIRM_GOODS": "taobao_trade_TradeSellerShip",
    "TRADE_FINISHED": "taobao_trade_TradeSuccess",
    "TRADE_CLOSED": "taobao_trade_TradeClose",
    "TRADE_CLOSED_BY_TAOBAO": "taobao_trade_TradeClose",
}
_PAID_AND_OPEN = ("WAIT_SELLER_SEND_GOODS", "REFUND_ASKED", "PAID_FORBID_CONSIGN")
_USUAL: Final[dict[str, Any]] = {
    "title": SELLER,
    "type": "fixed",
    "seller_nick": SELLER,
    "buyer_nick": "测**",
    "discount_fee": "0.00",
    "adjust_fee": "0.00",
    "received_payment": "0.00",
    "shipping_type": "express",
    "receiver_country": "",
    "receiver_address": "振**路***号***室",
    "receiver_name": "测**",
    "receiver_zip": "000000",
    "seller_memo": "",
    "seller_flag": 0,
    "trade_from": "WAP,WAP",
    "is_part_consign": False,
    "top_hold": 0,
    "forbid_consign": 0,
    "is_sh_ship": False,
    "trade_attr": "{}",
}
"""What all trades have alike."""


def new_trade(number: int, at: datetime) -> dict[str, Any]:
    """The so-manieth trade, paid and to ship; the same each time."""
    tid = _FIRST + number * 10
    lines = [_line(tid + 1 + index, number + index, 1 + (number + index) % 3) for index in range(1 + number % 3)]
    goods = sum((Decimal(line["total_fee"]) for line in lines), Decimal(0))
    postage = Decimal("0.00") if goods >= 200 else Decimal("6.00")
    if len(lines) == 1:
        lines[0]["payment"] = f"{goods + postage:.2f}"
    state, city, district, town = _PLACES[number % len(_PLACES)]
    moment = beijing_text(at)
    return _USUAL | {
        "tid": tid,
        "tid_str": str(tid),
        "status": "WAIT_SELLER_SEND_GOODS",
        "buyer_open_uid": f"AAFixtureOpenUid{number:06d}",
        "created": moment,
        "pay_time": moment,
        "modified": moment,
        "total_fee": f"{goods:.2f}",
        "post_fee": f"{postage:.2f}",
        "payment": f"{goods + postage:.2f}",
        "num": lines[0]["num"] if len(lines) == 1 else 0,
        "receiver_state": state,
        "receiver_city": city,
        "receiver_district": district,
        "receiver_town": town,
        "receiver_mobile": f"*******{number % 10_000:04d}",
        "oaid": f"1Fixture{number:06d}==",
        "buyer_message": "请周末送货" if number % 5 == 0 else "",
        "orders": {"order": lines},
        "promotion_details": {"promotion_detail": []},
        "service_tags": {"logistics_tag": []},
    }


def moved_trade(trade: dict[str, Any], state: str, at: datetime) -> dict[str, Any]:
    """The trade in another state, changed at that time."""
    made, moment = deepcopy(trade), beijing_text(at)
    lines: list[dict[str, Any]] = made["orders"]["order"]
    made["modified"] = moment
    made["status"] = "WAIT_SELLER_SEND_GOODS" if state == "REFUND_ASKED" else state
    made["forbid_consign"] = int(state == "PAID_FORBID_CONSIGN")
    if state == "WAIT_BUYER_PAY":
        made["pay_time"] = None
    elif made.get("pay_time") is None and state != "TRADE_CLOSED_BY_TAOBAO":
        made["pay_time"] = moment
    if state in _PAID_AND_OPEN:
        lines[0]["refund_status"] = "WAIT_SELLER_AGREE" if state == "REFUND_ASKED" else "NO_REFUND"
    for number, line in enumerate(lines):
        _move_line(line, number, state, moment)
    made["is_part_consign"] = state == "SELLER_CONSIGNED_PART"
    if state in ("TRADE_FINISHED", "TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"):
        made["end_time"] = moment
    return made


def ship_lines(trade: dict[str, Any], oids: frozenset[str], company: str, number: str, at: datetime) -> tuple[dict[str, Any], str]:
    """The trade with these sub-orders sent, and the state that it is in then."""
    made = deepcopy(trade)
    lines: list[dict[str, Any]] = made["orders"]["order"]
    for line in lines:
        if line["oid_str"] in oids:
            line |= {"status": "WAIT_BUYER_CONFIRM_GOODS", "logistics_company": company, "invoice_no": number}
            line["consign_time"] = beijing_text(at)
    whole = all(line["status"] == "WAIT_BUYER_CONFIRM_GOODS" for line in lines)
    return made, "WAIT_BUYER_CONFIRM_GOODS" if whole else "SELLER_CONSIGNED_PART"


def _move_line(line: dict[str, Any], number: int, state: str, moment: str) -> None:
    """Of a trade that is sent in part, the first sub-order goes first."""
    sent = state == "WAIT_BUYER_CONFIRM_GOODS" or (state == "SELLER_CONSIGNED_PART" and number == 0)
    if sent and not line.get("consign_time"):
        line |= {"consign_time": moment, "logistics_company": "圆通速递", "invoice_no": f"YT{line['oid'] % 10**13:013d}"}
    if state == "SELLER_CONSIGNED_PART":
        line["status"] = "WAIT_BUYER_CONFIRM_GOODS" if line.get("consign_time") else "WAIT_SELLER_SEND_GOODS"
    else:
        line["status"] = "WAIT_SELLER_SEND_GOODS" if state in _PAID_AND_OPEN else state
    if state == "TRADE_CLOSED":
        line["refund_status"] = "SUCCESS"


def _line(oid: int, kind: int, quantity: int) -> dict[str, Any]:
    title, sku, properties, price = _GOODS[kind % len(_GOODS)]
    total = f"{Decimal(price) * quantity:.2f}"
    return {
        "oid": oid,
        "oid_str": str(oid),
        "num_iid": 690000000001 + kind % len(_GOODS),
        "title": title,
        "sku_id": f"52000000{kind % len(_GOODS):05d}",
        "sku_properties_name": properties,
        "outer_iid": sku.rpartition("-")[0],
        "outer_sku_id": sku,
        "num": quantity,
        "price": price,
        "total_fee": total,
        "payment": total,
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "divide_order_fee": total,
        "part_mjz_discount": "0.00",
        "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
        "pic_path": "https://img.example.invalid/1.jpg",
        "cid": 50008163,
        "store_code": "WH-HD-01",
        "is_oversold": False,
        "seller_type": "B",
        "order_from": "WAP",
    }
