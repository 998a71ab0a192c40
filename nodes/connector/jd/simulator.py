"""JD's open platform as a local server: signatures, clock, token, windows, pages from the same rules as the real one.

Source: open.jd.com, jingdong.pop.order.search, jingdong.pop.order.get, jingdong.pop.order.shipment, jingdong.sku.read.searchSkuList.
"""

from __future__ import annotations

import copy
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from aiohttp import web

from engine.sdk import InputInvalid, read_json, sorted_md5, write_json
from engine.testing.channel import ChannelSimulator, KeptOrder
from nodes.connector.jd.simulator_goods import skus
from nodes.connector.jd.stock_calls import SKUS
from nodes.connector.samples import priced, sample, sold

_PATH: Final = "/routerjson"
_BEIJING: Final = timezone(timedelta(hours=8))
_TOLERANCE: Final = timedelta(minutes=6)
_RENEWAL: Final = "/oauth2/refresh_token"
_MOST: Final = 100
_NEVER: Final = "0001-01-01 00:00:00"
_ENDED: Final = ("FINISHED_L", "TRADE_CANCELED")
_OK: Final = {"success": True, "englishErrCode": "success", "chineseErrCode": "成功", "numberCode": 10100000}


class JdSimulator(ChannelSimulator):
    channel = "jd"
    sells: ClassVar = sold("jd")
    prices: ClassVar = priced("jd")
    open_paths = frozenset({_RENEWAL})
    states: ClassVar = {
        "WAIT_SELLER_STOCK_OUT": ("WAIT_GOODS_RECEIVE_CONFIRM", "LOCKED", "PAUSE", "TRADE_CANCELED"),
        "PAUSE": ("WAIT_SELLER_STOCK_OUT", "TRADE_CANCELED"),
        "LOCKED": ("WAIT_SELLER_STOCK_OUT", "TRADE_CANCELED"),
        "WAIT_GOODS_RECEIVE_CONFIRM": ("FINISHED_L",),
        "FINISHED_L": (),
        "TRADE_CANCELED": (),
    }

    @property
    def connection(self) -> dict[str, Any]:
        return {
            "type": self.channel,
            "url": self.url + _PATH,
            "app_key": "simulator",
            "secret": self.secret,
            "access_token": self.tokens.access,
        }

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.post(_PATH, self._call), web.get(_RENEWAL, self._renew)]

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        """As open-oauth.jd.com: the secret stands in the query."""
        asked = request.query
        known = hmac.compare_digest(asked.get("app_secret", "").encode(), self.secret.encode()) and asked.get("app_key") == "simulator"
        given = self.tokens.renew(asked.get("refresh_token", "")) if known else None
        return _answer({"code": 400, "msg": "refresh_token invalid"} if given is None else given)

    def name_of(self, request: web.Request, body: bytes) -> str:
        return _form(body).get("method", request.path)

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        del request
        params = _form(body)
        if not hmac.compare_digest(params.get("sign", ""), sorted_md5(params, self.secret)):
            return _error("12", "无效签名", "Invalid Signature")
        sent = _stamp(params.get("timestamp", ""))
        if sent is None or abs(self.now() - sent) > _TOLERANCE:
            return _error("8", "非法的时间戳参数", "Invalid Timestamp")
        if not self.tokens.takes(params.get("access_token", "")):
            return _error("19", "无效access_token", "Invalid access_token")
        return None

    def busy(self, seconds: float) -> web.StreamResponse:
        del seconds
        return _error("2", "限制时间内调用失败次数", "App Call Limited")

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order = copy.deepcopy(sample(self.channel)["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"])
        order_id = str(300_000_000_000 + number)
        times = dict.fromkeys(("orderStartTime", "paymentConfirmTime", "modified"), _text(at))
        coupons = [{**coupon, "orderId": order_id} for coupon in order["couponDetailList"]]
        return order_id, {
            **order,
            "orderId": order_id,
            **times,
            "orderEndTime": _NEVER,
            "outBoundDate": _NEVER,
            "couponDetailList": coupons,
        }

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        body = {**order.body, "orderState": state, "modified": _text(at)}
        if state == "WAIT_GOODS_RECEIVE_CONFIRM":
            body["outBoundDate"] = _text(at)
        if state in _ENDED:
            body["orderEndTime"] = _text(at)
        return body

    async def _call(self, request: web.Request) -> web.StreamResponse:
        params = _form(await request.read())
        answers = {
            "jingdong.pop.order.search": self._search,
            "jingdong.pop.order.get": self._get,
            "jingdong.pop.order.shipment": self._ship,
            SKUS: self._skus,
        }
        method = params.get("method", "")
        if method not in answers:
            return _error("15", "不存在的方法名", "Invalid Method")
        try:
            business: dict[str, Any] = read_json(params.get("360buy_param_json", ""))
            found = answers[method](business)
        except (KeyError, ValueError, TypeError, AttributeError, InputInvalid):
            return _error("22", "参数错误", "Invalid Parameter")
        return _answer({f"{method.replace('.', '_')}_responce": {"code": "0", **found}})

    def _search(self, business: Mapping[str, Any]) -> dict[str, Any]:
        since, until = _moment(business["start_date"]), _moment(business["end_date"])
        page, size = int(business["page"]), int(business["page_size"])
        if not timedelta(0) <= until - since <= timedelta(days=31) or page < 1 or not 1 <= size <= _MOST:
            return {"searchorderinfo_result": {"apiResult": _failure(10100001, "时间范围或分页参数错误")}}
        listed = self.orders.changed(since, until + timedelta(milliseconds=999), self.now())
        found = [one for one in reversed(listed) if one.state in business["order_state"].split(",")]
        shown = [_shown(one.body, business) for one in found[(page - 1) * size : page * size]]
        return {"searchorderinfo_result": {"apiResult": _OK, "orderTotal": len(found), "orderInfoList": shown}}

    def _get(self, business: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.find(business["order_id"])
        if order is None:
            return {"orderDetailInfo": {"apiResult": _failure(10100002, "订单不存在")}}
        return {"orderDetailInfo": {"apiResult": _OK, "orderInfo": _shown(order.body, business)}}

    def _skus(self, business: Mapping[str, Any]) -> dict[str, Any]:
        return skus(self.goods, business)

    def _ship(self, business: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.find(business["orderId"])
        if order is None or order.state != "WAIT_SELLER_STOCK_OUT":
            return {"sopjosshipment_result": {"success": "false", "errorCode": "10400001", "chineseErrCode": "订单状态不能出库"}}
        order.body |= {"logisticsId": business["logiCoprId"], "waybill": business["logiNo"]}
        self.move(order.id, "WAIT_GOODS_RECEIVE_CONFIRM")
        return {"sopjosshipment_result": {"success": "true", "errorCode": "0"}}


def _shown(body: Mapping[str, Any], business: Mapping[str, Any]) -> dict[str, Any]:
    """A field comes only if it is asked for; the number and the time of change always do."""
    wanted = {*business["optional_fields"].split(","), "orderId", "modified"}
    return {name: value for name, value in body.items() if name in wanted}


def _failure(code: int, words: str) -> dict[str, Any]:
    return {"success": False, "englishErrCode": "failed", "chineseErrCode": words, "numberCode": code}


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _text(at: datetime) -> str:
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_BEIJING)


def _stamp(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f%z")
    except ValueError:
        return None


def _answer(body: Mapping[str, Any]) -> web.Response:
    return web.Response(body=write_json(body), content_type="application/json")


def _error(code: str, zh: str, en: str) -> web.Response:
    return _answer({"error_response": {"code": code, "zh_desc": zh, "en_desc": en}})
