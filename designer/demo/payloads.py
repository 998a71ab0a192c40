"""Orders in the form of their channel, as dictionaries ready to be sent. Amounts add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from designer.demo.goods import Article, Person

Basket = Sequence[tuple[Article, int]]
_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Sale:
    """What was bought by whom. ``number`` counts the sales; ``day`` and ``number`` make order numbers that never come twice."""

    number: int
    at: datetime
    basket: Basket
    buyer: Person
    note: str = ""

    @property
    def serial(self) -> int:
        """Sixteen digits: seconds since 1970 and a count."""
        return int(self.at.timestamp()) * 1_000_000 + self.number


def taobao(sale: Sale, status: str = "WAIT_SELLER_SEND_GOODS") -> dict[str, Any]:
    """A whole trade; the receiver is masked by the platform itself."""
    tid, local = 4_000_000_000_000_000_000 + sale.serial, sale.at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    goods, province, city, district = _goods(sale.basket), *sale.buyer.region
    post = Decimal("6.00")
    trade = {
        "tid": tid, "tid_str": str(tid), "type": "fixed", "status": status, "seller_nick": "织单示例旗舰店", "buyer_nick": "织**",
        "buyer_open_uid": f"AADemo{sale.serial}", "created": local, "pay_time": local, "modified": local, "total_fee": str(goods),
        "discount_fee": "0.00", "adjust_fee": "0.00", "post_fee": str(post), "payment": str(goods + post), "received_payment": "0.00",
        "shipping_type": "express", "receiver_country": "", "receiver_state": province, "receiver_city": city,
        "receiver_district": district, "receiver_town": "", "receiver_address": "示**道***号", "receiver_name": sale.buyer.name[0] + "**",
        "receiver_mobile": "*******" + sale.buyer.phone[-4:], "receiver_zip": "000000", "oaid": f"1Demo{sale.serial}==",
        "buyer_message": sale.note, "seller_memo": "", "seller_flag": 0,
        "orders": {"order": [_taobao_line(tid, n, article, count, status) for n, (article, count) in enumerate(sale.basket, 1)]},
    }  # fmt: skip
    return {"trade_fullinfo_get_response": {"trade": trade}}


def taobao_push(sale: Sale) -> dict[str, Any]:
    """A push message that only names a trade: whoever gets it has to fetch the trade."""
    tid, local = 4_000_000_000_000_000_000 + sale.serial, sale.at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "id": 5_000_000_000_000_000_000 + sale.serial,
        "topic": "taobao_trade_TradeBuyerPay",
        "pub_time": local,
        "content": f'{{"tid":{tid}}}',
    }


def shopify(sale: Sale) -> dict[str, Any]:
    """An order resource of the Admin API."""
    number, at = sale.serial, sale.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    goods = sum((article.dollars * count for article, count in sale.basket), Decimal(0))
    shipping = Decimal("6.00")
    first, _, last = sale.buyer.name.partition(" ")
    state, city, _ = sale.buyer.region
    return {
        "id": number, "name": f"#D{sale.number:05d}", "order_number": sale.number, "test": False, "email": f"{first.lower()}@example.com",
        "created_at": at, "processed_at": at, "updated_at": at, "cancelled_at": None, "currency": "USD", "presentment_currency": "USD",
        "financial_status": "paid", "fulfillment_status": None, "total_line_items_price": str(goods), "subtotal_price": str(goods),
        "total_discounts": "0.00", "total_tax": "0.00", "total_price": str(goods + shipping), "current_total_price": str(goods + shipping),
        "total_shipping_price_set": {"shop_money": {"amount": str(shipping), "currency_code": "USD"}}, "taxes_included": False,
        "note": sale.note or None, "customer": {"id": number + 7, "first_name": first, "last_name": last},
        "shipping_address": {
            "first_name": first, "last_name": last, "name": sale.buyer.name, "address1": sale.buyer.street, "phone": sale.buyer.phone,
            "city": city, "zip": "00000", "province": state, "country": "United States", "country_code": "US",
        },
        "line_items": [_shopify_line(number, n, article, count) for n, (article, count) in enumerate(sale.basket, 1)],
        "refunds": [], "fulfillments": [],
    }  # fmt: skip


def own_shop(sale: Sale, kind: str = "order.created", later: int = 0, **changes: Any) -> dict[str, Any]:
    """A webhook of the own shop; ``later``: seconds from the sale to the change of the order; ``changes`` replace fields of it."""
    at, goods = _utc(sale.at), _goods(sale.basket)
    province, city, district = sale.buyer.region
    changed = _utc(sale.at + timedelta(seconds=later))
    data = {
        "order_no": f"OWN-{sale.serial}", "created_at": at, "paid_at": at, "updated_at": changed, "currency": "CNY",
        "amounts": {"items": str(goods), "discount": "0.00", "shipping": "0.00", "tax": "0.00", "paid": str(goods)},
        "buyer": {"id": f"u{sale.number}", "email": None},
        "receiver": {
            "name": sale.buyer.name, "phone": sale.buyer.phone, "country": "CN", "province": province, "city": city, "district": district,
            "address": sale.buyer.street,
        },
        "lines": [
            {"line_no": str(n), "sku": article.sku, "title": article.zh, "qty": count, "unit_price": str(article.yuan)}
            for n, (article, count) in enumerate(sale.basket, 1)
        ],
        "note": sale.note,
    }  # fmt: skip
    return {"type": kind, "timestamp": changed, "data": {**data, **changes}}


def earlier(time: str, by: timedelta) -> str:
    """A time as the own shop writes it, so much before."""
    return _utc(datetime.fromisoformat(time) - by)


def _taobao_line(tid: int, number: int, article: Article, count: int, status: str) -> dict[str, Any]:
    total = str(article.yuan * count)
    return {
        "oid": tid + number, "oid_str": str(tid + number), "num_iid": 690000000000 + number, "title": article.zh,
        "sku_id": str(5200000000000 + number), "outer_iid": article.sku, "outer_sku_id": article.sku, "num": count,
        "price": str(article.yuan), "total_fee": total, "payment": total, "discount_fee": "0.00", "adjust_fee": "0.00",
        "divide_order_fee": total, "part_mjz_discount": "0.00", "status": status, "refund_status": "NO_REFUND", "store_code": "WH-DEMO-01",
    }  # fmt: skip


def _shopify_line(order: int, number: int, article: Article, count: int) -> dict[str, Any]:
    return {
        "id": order + number, "sku": article.sku, "title": article.en, "name": article.en, "quantity": count, "current_quantity": count,
        "fulfillable_quantity": count, "price": str(article.dollars), "total_discount": "0.00", "requires_shipping": True, "taxable": False,
        "gift_card": False, "fulfillment_status": None, "discount_allocations": [],
    }  # fmt: skip


def _goods(basket: Basket) -> Decimal:
    return sum((article.yuan * count for article, count in basket), Decimal(0))


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
