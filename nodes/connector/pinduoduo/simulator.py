"""Pinduoduo's open platform as a local server: signatures, clock, token, windows, pages from the same rules as the real one.

Source: open.pinduoduo.com, pdd.order.number.list.increment.get, pdd.order.list.get, pdd.order.information.get, pdd.logistics.online.send,
pdd.order.upload.extra.logistics, pdd.goods.list.get, pdd.pmc.user.permit; messages as ``engine/connection/clients/pinduoduo.py`` says.
"""

from __future__ import annotations

import copy
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl

from aiohttp import web

from engine.sdk import sorted_md5, write_json
from engine.testing.channel import ChannelSimulator, KeptOrder, Push, Sign, SocketPusher
from nodes.connector.pinduoduo.calls import PERMIT
from nodes.connector.pinduoduo.simulator_goods import goods_page
from nodes.connector.pinduoduo.simulator_messages import BY_STATE, MALL, acknowledged, is_login, message
from nodes.connector.pinduoduo.stock_calls import GOODS
from nodes.connector.samples import priced, sample, sold

_PATH: Final = "/api/router"
_MESSAGES: Final = "/message/"
_BEIJING: Final = timezone(timedelta(hours=8))
_TOLERANCE: Final = timedelta(minutes=10)
_MOST: Final = 100
_APART: Final = 10**9
"""Order numbers of two shops lie so far apart."""
_RENEWAL: Final = "pdd.pop.auth.token.refresh"
_CODES: Final[Mapping[str, Mapping[str, int]]] = {
    "to_ship": {
        "order_status": 1,
        "confirm_status": 1,
        "group_status": 1,
        "refund_status": 1,
        "risk_control_status": 0,
        "after_sales_status": 0,
    },
    "group_open": {"confirm_status": 0, "group_status": 0},
    "risk_review": {"risk_control_status": 1},
    "refunding": {"refund_status": 2, "after_sales_status": 2},
    "refunded": {"refund_status": 4, "after_sales_status": 10},
    "shipped": {"order_status": 2},
    "received": {"order_status": 3},
    "cancelled": {"confirm_status": 2},
}
_PERSONAL: Final = ("receiver_name", "receiver_phone", "receiver_address", "address")
_STAMPS: Final = {"shipped": "shipping_time", "received": "receive_time"}


class PinduoduoSimulator(ChannelSimulator):
    channel = "pinduoduo"
    sells: ClassVar = sold("pinduoduo")
    prices: ClassVar = priced("pinduoduo")
    states: ClassVar = {
        "to_ship": ("shipped", "group_open", "risk_review", "refunding", "cancelled"),
        "group_open": ("to_ship", "cancelled"),
        "risk_review": ("to_ship", "cancelled"),
        "refunding": ("to_ship", "refunded"),
        "shipped": ("received", "refunding"),
        "received": (),
        "refunded": (),
        "cancelled": (),
    }

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        push_to: str | None = None,
        secret: str = "simulator-secret",  # noqa: S107
        mall: int = MALL,
        app: PinduoduoSimulator | None = None,
    ) -> None:
        """``push_to`` has no meaning here: messages go to whoever listens, once the shop has permitted them.

        ``mall``: the number of the shop; ``app``: another shop, whose app this one uses too: who listens there gets its messages.
        """
        del push_to
        super().__init__(now=now, secret=app.secret if app else secret)
        self.pusher: SocketPusher = app.pusher if app else SocketPusher()
        self.malls: set[int] = app.malls if app else set()
        self.malls.add(mall)
        self.mall, self.permits = mall, False

    @property
    def connection(self) -> dict[str, Any]:
        return {
            "type": self.channel,
            "url": self.url + _PATH,
            **({"messages_url": self.url} if self.url else {}),
            "client_id": "simulator",
            "secret": self.secret,
            "access_token": self.tokens.access,
        }

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.post(_PATH, self._call), web.get(f"{_MESSAGES}{{client}}/{{at}}/{{proof}}", self._listen)]

    def name_of(self, request: web.Request, body: bytes) -> str:
        return _MESSAGES if request.path.startswith(_MESSAGES) else _form(body).get("type", request.path)

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        if request.path.startswith(_MESSAGES):
            return None if is_login(request.path, self.secret, self.now(), _TOLERANCE) else web.Response(status=401)
        params = _form(body)
        sent = params.get("timestamp", "")
        if not hmac.compare_digest(params.get("sign", ""), sorted_md5(params, self.secret)):
            return _error(20004, "签名sign校验失败")
        if not sent.isdigit() or abs(self.now() - datetime.fromtimestamp(int(sent), UTC)) > _TOLERANCE:
            return _error(10001, "公共参数错误:timestamp")
        if params.get("type") != _RENEWAL and not self.tokens.takes(params.get("access_token", "")):
            return _error(10019, "access_token已过期")
        return None

    def busy(self, seconds: float) -> web.StreamResponse:
        del seconds
        return _error(70031, "调用过于频繁，请调整调用频率")

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        order = copy.deepcopy(sample(self.channel)["order_info_get_response"]["order_info"])
        order_sn = f"{at.astimezone(_BEIJING):%y%m%d}-{(self.mall - MALL) * _APART + number:015d}"
        times = dict.fromkeys(("created_time", "pay_time", "confirm_time", "updated_at"), _text(at))
        return order_sn, {**order, "order_sn": order_sn, **times, "last_ship_time": _text(at + timedelta(hours=48))}

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        """Personal fields are cipher text only while the order is to be shipped."""
        body = {**order.body, **_CODES["to_ship"], **_CODES[state], "updated_at": _text(at)}
        if order.state in ("shipped", "received") and state == "refunding":
            body["order_status"] = 2
        if state in _STAMPS:
            body[_STAMPS[state]] = _text(at)
        clear = self.draft(1, at)[1]
        return {
            **body,
            **{name: clear[name] if body["order_status"] == 1 and not body["risk_control_status"] else "" for name in _PERSONAL},
        }

    def push(self, order: KeptOrder, state: str, number: int) -> Sign | None:
        """A message, which only names shop and order."""
        if not self.permits:
            return None

        changed = order.updated_at

        def signed(*, forged: bool) -> Push:
            del forged
            return message(BY_STATE[state], number, order.id, changed, self.now(), self.mall)

        return signed

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self.pusher.join(socket, lambda frame: acknowledged(frame, self.malls))
        return socket

    async def _call(self, request: web.Request) -> web.StreamResponse:
        params = _form(await request.read())
        answers = {
            "pdd.order.number.list.increment.get": self._increment,
            "pdd.order.list.get": self._list,
            "pdd.order.information.get": self._order,
            "pdd.logistics.online.send": self._ship,
            "pdd.order.upload.extra.logistics": self._ship_further,
            GOODS: self._goods,
            _RENEWAL: self._renew,
            PERMIT: self._permit,
        }
        answer = answers.get(params.get("type", ""))
        if answer is None:
            return _error(10000, "参数错误:type")
        try:
            return answer(params)
        except (KeyError, ValueError, OverflowError):
            return _error(10000, "参数错误")

    def _renew(self, params: Mapping[str, str]) -> web.StreamResponse:
        given = self.tokens.renew(params["refresh_token"])
        return _error(10035, "refresh_token已过期") if given is None else _answer({"pop_auth_token_refresh_response": given})

    def _permit(self, params: Mapping[str, str]) -> web.StreamResponse:
        """From now on the shop's messages go to the app."""
        self.permits = bool(params["topics"])
        if self.permits:
            self.pusher.to = self.url
        return _answer({"pmc_user_permit_response": {"is_success": True}})

    def _increment(self, params: Mapping[str, str]) -> web.StreamResponse:
        since, until = _moment(params["start_updated_at"]), _moment(params["end_updated_at"])
        if not timedelta(0) <= until - since <= timedelta(minutes=30):
            return _error(10000, "参数错误:开始时间结束时间间距不超过 30 分钟")
        page = self._page(self.orders.changed(since, until + timedelta(milliseconds=999), self.now()), params)
        return _answer({"order_sn_increment_get_response": {"total_count": page[1], "order_sn_list": page[0]}})

    def _list(self, params: Mapping[str, str]) -> web.StreamResponse:
        since, until = _moment(params["start_confirm_at"]), _moment(params["end_confirm_at"])
        if not timedelta(0) <= until - since <= timedelta(hours=24):
            return _error(10000, "参数错误:开始时间结束时间间距不超过 24 小时")
        page = self._page(self.orders.created(since, until, self.now()), params)
        return _answer({"order_list_get_response": {"total_count": page[1], "order_list": page[0]}})

    def _goods(self, params: Mapping[str, str]) -> web.StreamResponse:
        """One of three filters is needed."""
        if params.get("is_onsale") != "1":
            return _error(10000, "参数错误:outer_id,is_onsale,goods_name三选一")
        return _answer({"goods_list_get_response": goods_page(self.goods, *_place(params))})

    def _page(self, found: list[KeptOrder], params: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
        page, size = _place(params)
        return [one.body for one in found[(page - 1) * size : page * size]], len(found)

    def _order(self, params: Mapping[str, str]) -> web.StreamResponse:
        order = self.orders.find(params["order_sn"])
        return _answer({"order_info_get_response": {"order_info": order.body}}) if order else _error(50002, "订单不存在")

    def _ship(self, params: Mapping[str, str]) -> web.StreamResponse:
        order = self.orders.find(params["order_sn"])
        if order is None or order.state != "to_ship":
            return _error(50002, "订单状态不是待发货")
        order.body |= {"logistics_id": int(params["logistics_id"]), "tracking_number": params["tracking_number"]}
        self.move(order.id, "shipped")
        return _answer({"logistics_online_send_response": {"is_success": True}})

    def _ship_further(self, params: Mapping[str, str]) -> web.StreamResponse:
        """Raises ``ValueError`` for what is no list of parcels."""
        order = self.orders.find(params["order_sn"])
        if order is None or order.state not in _STAMPS:
            return _error(50002, "订单未发货，不能上传额外运单")
        parcels = json.loads(params["extra_track_list"])
        held = [{"logistics_id": int(one["shipping_id"]), "tracking_number": str(one["tracking_number"])} for one in parcels]
        order.body["extra_delivery_list"] = held
        self.touch(order.id)
        return _answer({"upload_extra_logistics_response": {"success": True}})


def _place(params: Mapping[str, str]) -> tuple[int, int]:
    """The page and its size. Raises ``ValueError`` for one that there cannot be."""
    page, size = int(params.get("page", "1")), int(params.get("page_size", str(_MOST)))
    if page < 1 or not 1 <= size <= _MOST:
        raise ValueError(size)
    return page, size


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _text(at: datetime) -> str:
    return f"{at.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _answer(body: Mapping[str, Any]) -> web.Response:
    return web.Response(body=write_json(body), content_type="application/json")


def _error(code: int, words: str) -> web.Response:
    refusal = {"error_code": code, "error_msg": words, "sub_code": str(code), "sub_msg": words, "request_id": "simulator"}
    return _answer({"error_response": refusal})
