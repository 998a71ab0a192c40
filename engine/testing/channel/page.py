"""The page on which a person makes a simulated channel's orders, moves them to other states, and orders what goes wrong.

In Chinese or English, as ``?lang=`` or the browser says. Changing requests from other sites are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Final, Protocol

from aiohttp import web
from jinja2 import Environment

from engine.catalogue import LANGUAGES, explain, text
from engine.errors import InputInvalid
from engine.json_text import write_json
from engine.order.time import utc_text
from engine.testing.channel.behaviour import LIMITS, Behaviour, behaviour_of
from engine.testing.channel.faults import PushFault
from engine.testing.channel.goods import Offer
from engine.testing.channel.orders import KeptOrder, KeptOrders
from engine.testing.channel.pushes import Pusher
from engine.testing.channel.template import PAGE, STYLE

SHOWN: Final = 100
MOST: Final = 1000
FAULT_NAMES: Final[Mapping[PushFault, str]] = {
    "doubled": "twice",
    "lost": "never",
    "late": "after the one behind it",
    "forged": "first with a wrong signature",
}
_FAULTS: Final[Mapping[str, PushFault]] = {str(fault): fault for fault in FAULT_NAMES}
_POLICY: Final = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Shown(Protocol):
    """What the page needs of a channel."""

    channel: ClassVar[str]
    states: ClassVar[Mapping[str, tuple[str, ...]]]
    orders: KeptOrders
    pusher: Pusher
    url: str

    @property
    def connection(self) -> dict[str, Any]: ...
    @property
    def behaviour(self) -> Behaviour: ...
    @property
    def offers(self) -> Sequence[Offer]: ...
    def behave(self, how: Behaviour) -> None: ...
    def create(self, count: int = 1) -> list[KeptOrder]: ...
    def move(self, order_id: str, state: str) -> KeptOrder: ...
    def fail_next(self, times: int = 1, status: int = 503) -> None: ...


def page_routes(channel: Shown, prefix: str) -> Sequence[web.RouteDef]:
    page = _Page(channel, prefix)
    return [
        web.get(prefix, page.show),
        web.get(f"{prefix}/style.css", page.style),
        web.get(f"{prefix}/orders.json", page.list),
        web.post(f"{prefix}/orders", page.create),
        web.post(f"{prefix}/orders/{{order}}/state", page.move),
        web.post(f"{prefix}/pushes", page.push_fault),
        web.post(f"{prefix}/calls", page.call_fault),
        web.post(f"{prefix}/behaviour", page.behave),
    ]


class _Page:
    def __init__(self, channel: Shown, prefix: str) -> None:
        self._channel, self._prefix = channel, prefix

    async def show(self, request: web.Request) -> web.Response:
        language = _language(request)
        shown = sorted(self._channel.orders, key=lambda one: one.updated_at, reverse=True)[:SHOWN]
        html = _template().render(
            _=_texts(language),
            lang=language,
            prefix=self._prefix,
            channel=self._channel,
            count=len(self._channel.orders),
            orders=[(one, utc_text(one.updated_at.replace(microsecond=0)), self._channel.states[one.state]) for one in shown],
            sent=list(self._channel.pusher.sent)[-20:][::-1],
            faults=FAULT_NAMES,
            connection=write_json(self._channel.connection).decode(),
            most=MOST,
            how=self._channel.behaviour,
            limits=LIMITS,
            offers=self._channel.offers[:SHOWN],
            offered=len(self._channel.offers),
        )
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})

    async def style(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=STYLE, content_type="text/css")

    async def list(self, request: web.Request) -> web.Response:
        """For programs: ``[{"id", "state", "updated_at"}]``."""
        del request
        rows = [{"id": one.id, "state": one.state, "updated_at": utc_text(one.updated_at)} for one in self._channel.orders]
        return web.Response(body=write_json(rows), content_type="application/json")

    async def create(self, request: web.Request) -> web.Response:
        form = await _own_form(request)
        self._channel.create(_number(form.get("count"), MOST))
        return self._back(request)

    async def move(self, request: web.Request) -> web.Response:
        form = await _own_form(request)
        try:
            self._channel.move(request.match_info["order"], form.get("state", ""))
        except ValueError:
            raise web.HTTPConflict from None
        return self._back(request)

    async def push_fault(self, request: web.Request) -> web.Response:
        form = await _own_form(request)
        if form.get("release"):
            self._channel.pusher.release()
            return self._back(request)
        if fault := _FAULTS.get(form.get("fault", "")):
            self._channel.pusher.faults.next(fault)
        return self._back(request)

    async def call_fault(self, request: web.Request) -> web.Response:
        form = await _own_form(request)
        self._channel.fail_next(_number(form.get("times"), MOST))
        return self._back(request)

    async def behave(self, request: web.Request) -> web.Response:
        form = await _own_form(request)
        try:
            self._channel.behave(behaviour_of(form))
        except InputInvalid as error:
            said = "\n".join(explain(problem, _language(request))["what"] for problem in error.problems)
            raise web.HTTPUnprocessableEntity(text=said) from None
        return self._back(request)

    def _back(self, request: web.Request) -> web.Response:
        language = request.query.get("lang", "")
        raise web.HTTPSeeOther(f"{self._prefix}?lang={language}" if language in LANGUAGES else self._prefix)


async def _own_form(request: web.Request) -> dict[str, str]:
    """The form's fields. A page of another site could send one, too, but the browser then names that site."""
    origin = request.headers.get("Origin")
    if origin not in (None, f"http://{request.host}") or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise web.HTTPForbidden
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def _number(value: str | None, most: int) -> int:
    return min(int(value), most) if value and value.isascii() and value.isdigit() and len(value) < 10 else 1


def _texts(language: str) -> Callable[..., str]:
    def say(key: str, **fields: Any) -> str:
        return text(key, language, **fields)

    return say


def _language(request: web.Request) -> str:
    wishes = [request.query.get("lang", ""), *request.headers.get("Accept-Language", "").lower().split(",")]
    return next((wish.strip()[:2] for wish in wishes if wish.strip()[:2] in LANGUAGES), "en")


@cache
def _template() -> Any:
    made: Callable[[str], Any] = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string
    return made(PAGE)
