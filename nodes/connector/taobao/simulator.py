"""Taobao's open platform as a local server: the gateway ``/router/rest``, its errors, and the messages that it pushes.

Signature, clock (ten minutes), session, paging, frequency and the rules of shipping are checked as the platform does; every answer
has status 200. What it does not have: any call that the adapter does not make.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from engine.sdk import write_json
from engine.testing.channel import ChannelSimulator, KeptOrder, Push, Sign, TokenDesk
from nodes.connector.samples import priced, sold
from nodes.connector.taobao.calls import BEIJING, DETAIL, LIST, LONGEST, SEND, beijing_text
from nodes.connector.taobao.sign import TOLERANCE, sign
from nodes.connector.taobao.simulator_goods import on_sale, skus
from nodes.connector.taobao.simulator_trades import SELLER, STATES, TOPICS, moved_trade, new_trade, ship_lines
from nodes.connector.taobao.stock_calls import AT_ONCE, ON_SALE, SKUS

APP_KEY: Final = "12345678"
SESSION: Final = "simulated-session"
RENEWAL: Final = "/token"
COURIERS: Final = frozenset({"YTO", "ZTO", "STO", "YUNDA", "SF", "EMS", "JD", "POST", "ZJS"})
MOST_LISTED: Final = 20_000
"""Listings that pages may reach."""
_FIRST_MESSAGE: Final = 5160000000000000000
_SHIPPING: Final = "isv.logistics-offline-service-error"
_REMOTE: Final = (15, "Remote service error")


class Refused(Exception):
    """The platform says no: ``code``, its words, a more exact code word, and what else it says."""

    def __init__(self, code: int, msg: str, word: str = "", said: str = "") -> None:
        super().__init__(word or msg)
        self.answer = {"code": code, "msg": msg, **({"sub_code": word} if word else {}), **({"sub_msg": said} if said else {})}


class TaobaoSimulator(ChannelSimulator):
    """``session``: the one that is accepted; another one that a test sets here makes the old one an ended one.

    ``names_shop``: whether messages name their shop, which some real ones do not.
    """

    channel: ClassVar[str] = "taobao"
    sells: ClassVar[tuple[str, ...]] = sold("taobao")
    prices: ClassVar = priced("taobao")
    open_paths = frozenset({RENEWAL})
    states: ClassVar[Mapping[str, tuple[str, ...]]] = STATES

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.tokens = TokenDesk(SESSION)
        self.names_shop = True

    @property
    def session(self) -> str:
        return self.tokens.access

    @session.setter
    def session(self, value: str) -> None:
        self.tokens.access = value

    @property
    def connection(self) -> dict[str, Any]:
        address = f"{self.url}/router/rest"
        return {"type": "taobao", "secret": self.secret, "app_key": APP_KEY, "session": SESSION, "url": address}

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.post("/router/rest", self._call), web.get("/router/rest", self._call), web.post(RENEWAL, self._renew)]

    async def _renew(self, request: web.Request) -> web.StreamResponse:
        """As oauth.taobao.com/token."""
        asked = _params(request, await request.read())
        known = asked.get("client_id") == APP_KEY and asked.get("client_secret") == self.secret
        given = self.tokens.renew(asked.get("refresh_token", "")) if known else None
        return _answer({"error": "invalid_client"} if given is None else {**given, "token_type": "Bearer"})

    def refusal(self, request: web.Request, body: bytes) -> web.StreamResponse | None:
        try:
            self._check(_params(request, body))
        except Refused as refused:
            return _answer({"error_response": refused.answer})
        return None

    def busy(self, seconds: float) -> web.StreamResponse:
        said = f"This ban will last for {max(1, round(seconds))} more seconds"
        refused = Refused(7, "App Call Limited", "accesscontrol.limited-by-api-access-count", said)
        return _answer({"error_response": refused.answer})

    def draft(self, number: int, at: datetime) -> tuple[str, dict[str, Any]]:
        trade = new_trade(number, at)
        return trade["tid_str"], trade

    def moved(self, order: KeptOrder, state: str, at: datetime) -> dict[str, Any]:
        return moved_trade(order.body, state, at)

    def push(self, order: KeptOrder, state: str, number: int) -> Sign:
        """A message of TMC, which only names the trade, signed as the platform signs what it sends to an address of ours."""
        content = {"tid": int(order.id), "status": order.body["status"], "payment": order.body["payment"]}
        seller = order.body.get("seller_nick", SELLER)
        if self.names_shop:
            content["seller_nick"] = seller
        message = {
            "id": _FIRST_MESSAGE + number,
            "topic": TOPICS[state],
            "pub_time": beijing_text(order.updated_at),
            **({"user_nick": seller} if self.names_shop else {}),
            "content": json.dumps(content, ensure_ascii=False),
        }
        body = write_json(message)

        def signed(*, forged: bool) -> Push:
            query = {"app_key": APP_KEY, "timestamp": beijing_text(self.now()), "sign_method": "md5"}
            query["sign"] = sign(query, "another secret" if forged else self.secret, body=body)
            return Push(body, {"Content-Type": "application/json;charset=UTF-8"}, urlencode(query))

        return signed

    def name_of(self, request: web.Request, body: bytes) -> str:
        return _params(request, body).get("method", "")

    def _check(self, params: Mapping[str, str]) -> None:
        needed = {"method": (21, "Missing Method"), "app_key": (28, "Missing App Key"), "timestamp": (30, "Missing Timestamp")}
        for name, (code, msg) in {**needed, "v": (32, "Missing Version"), "sign": (24, "Missing Signature")}.items():
            if not params.get(name):
                raise Refused(code, msg)
        if params["app_key"] != APP_KEY:
            raise Refused(29, "Invalid App Key", "isv.appkey-not-exists")
        self._check_clock(params["timestamp"])
        try:
            right = sign(params, self.secret, params.get("sign_method", "md5"))
        except ValueError:
            raise Refused(25, "Invalid Signature") from None
        if params["sign"].upper() != right:
            raise Refused(25, "Invalid Signature")
        if not params.get("session"):
            raise Refused(26, "Missing Session")
        if not self.tokens.takes(params["session"]):
            raise Refused(27, "Invalid Session", "sessionkey-not-generated-by-server")

    def _check_clock(self, text: str) -> None:
        try:
            sent = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise Refused(31, "Invalid Timestamp") from None
        if abs(self.now() - sent) > TOLERANCE:
            raise Refused(31, "Invalid Timestamp")

    async def _call(self, request: web.Request) -> web.StreamResponse:
        params = _params(request, await request.read())
        method = params["method"]
        calls = {LIST: self._list, DETAIL: self._detail, SEND: self._send, ON_SALE: self._on_sale, SKUS: self._skus}
        try:
            inside = calls.get(method, _unknown)(params)
        except Refused as refused:
            return _answer({"error_response": refused.answer})
        name = method.removeprefix("taobao.").replace(".", "_")
        return _answer({f"{name}_response": {**inside, "request_id": "simulated"}})

    def _list(self, params: Mapping[str, str]) -> dict[str, Any]:
        since, until = _time(params, "start_modified"), _time(params, "end_modified")
        if not timedelta(0) <= until - since <= LONGEST:
            raise Refused(*_REMOTE, "isv.invalid-parameter", "end_modified")
        size, page = _number(params, "page_size", 40, 100), _number(params, "page_no", 1, 10_000)
        found = self.orders.changed(since, until + timedelta(seconds=1) - timedelta(microseconds=1), self.now())
        rows = found[(page - 1) * size : page * size]
        answer: dict[str, Any] = {"trades": {"trade": [_thin(order, params.get("fields", "")) for order in rows]}} if rows else {}
        if params.get("use_has_next") == "true":
            return {**answer, "has_next": page * size < len(found)}
        return {**answer, "total_results": len(found)}

    def _detail(self, params: Mapping[str, str]) -> dict[str, Any]:
        return {"trade": self._known(params, "isv.trade-not-exist").body}

    def _send(self, params: Mapping[str, str]) -> dict[str, Any]:
        order = self._known(params, f"{_SHIPPING}:B01")
        courier, number = params.get("company_code", ""), params.get("out_sid", "")
        lines: list[dict[str, Any]] = order.body["orders"]["order"]
        wanted = frozenset(params["sub_tid"].split(",")) if params.get("sub_tid") else None
        if courier not in COURIERS:
            raise Refused(*_REMOTE, f"{_SHIPPING}:B56")
        if len(number) < 8 or not number.isalnum():
            raise Refused(*_REMOTE, f"{_SHIPPING}:B60")
        if (wanted is None) != (params.get("is_split", "0") != "1"):
            raise Refused(*_REMOTE, f"{_SHIPPING}:CD25")
        to_ship = {line["oid_str"] for line in lines if line["status"] == "WAIT_SELLER_SEND_GOODS"}
        if order.state not in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART") or not (wanted or to_ship) <= to_ship:
            known = {line["oid_str"] for line in lines}
            raise Refused(*_REMOTE, f"{_SHIPPING}:{'B04' if wanted is None or wanted <= known else 'P38'}")
        at = self.now()
        order.body, state = ship_lines(order.body, wanted or frozenset(to_ship), courier, number, at)
        self.move(order.id, state, at=at)
        return {"shipping": {"is_success": True}}

    def _on_sale(self, params: Mapping[str, str]) -> dict[str, Any]:
        size, page = _number(params, "page_size", 40, 200), _number(params, "page_no", 1, 10_000)
        if page * size > MOST_LISTED:
            raise Refused(*_REMOTE, "isv.invalid-parameter", "page_no")
        return on_sale(self.goods, _fields(params), page, size)

    def _skus(self, params: Mapping[str, str]) -> dict[str, Any]:
        numbers = params.get("num_iids", "")
        if not 1 <= len(numbers.split(",")) <= AT_ONCE:
            raise Refused(*_REMOTE, "isv.invalid-parameter", "num_iids")
        return skus(self.goods, _fields(params), numbers)

    def _known(self, params: Mapping[str, str], word: str) -> KeptOrder:
        order = self.orders.find(params.get("tid", ""))
        if order is None:
            raise Refused(*_REMOTE, word)
        return order


def _params(request: web.Request, body: bytes) -> dict[str, str]:
    """All that was sent, in the address and as a form."""
    return {**request.query, **dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))}


def _fields(params: Mapping[str, str]) -> str:
    if not params.get("fields"):
        raise Refused(40, "Missing Required Arguments", "isv.missing-parameter:fields")
    return params["fields"]


def _unknown(params: Mapping[str, str]) -> dict[str, Any]:
    del params
    raise Refused(22, "Invalid Method", "isv.invalid-method")


def _thin(order: KeptOrder, fields: str) -> dict[str, Any]:
    return {name: order.body[name] for name in fields.split(",") if name in order.body}


def _time(params: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.strptime(params.get(name, ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise Refused(40, "Missing Required Arguments", f"isv.missing-parameter:{name}") from None


def _number(params: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = params.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise Refused(*_REMOTE, "isv.invalid-parameter", name)
    return int(text)


def _answer(body: Mapping[str, Any]) -> web.Response:
    return web.Response(body=write_json(dict(body)), content_type="application/json")
