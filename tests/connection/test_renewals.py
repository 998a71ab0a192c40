"""Tokens are renewed before they end, one renewal at a time, and the new one is durable before the old one is left."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.connection.book import ConnectionBook
from engine.connection.client import HttpClient
from engine.connection.guard import AddressGuard
from engine.connection.http import HttpRequest
from engine.connection.renewals import is_due, renewal, renewed
from engine.connection.renewer import Renewer
from engine.connection.types import parse_connection
from engine.errors import NodeError, Problem
from engine.store.memory import MemoryStore
from engine.store.problems import StoreUnavailable
from engine.testing.channel import ChannelSimulator
from nodes.connector.jd.simulator import JdSimulator
from nodes.connector.pinduoduo.simulator import PinduoduoSimulator
from nodes.connector.shopify.simulator import ShopifySimulator
from nodes.connector.taobao.simulator import TaobaoSimulator

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
PLATFORMS = pytest.mark.parametrize(
    "kind", [TaobaoSimulator, JdSimulator, PinduoduoSimulator, ShopifySimulator], ids=lambda one: one.channel
)
PATHS = {"taobao": "/token", "jd": "/oauth2/refresh_token", "pinduoduo": "/api/router", "shopify": "/admin/oauth/access_token"}


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


class Shop:
    def __init__(self, platform: ChannelSimulator, store: MemoryStore, renewer: Renewer, book: ConnectionBook, clock: Clock) -> None:
        self.platform, self.store, self.renewer, self.book, self.clock = platform, store, renewer, book, clock

    @property
    def token(self) -> str:
        fields = self.book.get("shop").fields()
        return str(fields["session"] if fields["type"] == "taobao" else fields["access_token"])

    async def kept(self) -> dict[str, Any]:
        return json.loads(await self.store.connection("shop") or b"{}")


@asynccontextmanager
async def opened(kind: type[ChannelSimulator], store: MemoryStore | None = None, **changes: Any) -> AsyncIterator[Shop]:
    clock, store = Clock(), store or MemoryStore()
    async with kind(now=clock) as platform, HttpClient(AddressGuard(("127.0.0.0/8",)), timeout=5) as client:
        book = ConnectionBook({}, store)
        more = {
            "refresh_token": platform.tokens.refresh,
            "token_url": platform.url + PATHS[kind.channel],
            "expires_at": "2026-01-16T08:05:00Z",
        }
        await book.put("shop", {**platform.connection, **more, **changes}, actor="owner")
        yield Shop(platform, store, Renewer(store, book, client, clock), book, clock)


@PLATFORMS
async def test_a_token_that_ends_soon_is_renewed_and_the_new_one_is_let_in(kind: type[ChannelSimulator]) -> None:
    async with opened(kind) as shop:
        assert await shop.renewer.look() == 1
        assert shop.token == shop.platform.tokens.access == "access-1"
        kept = await shop.kept()
        assert (kept["refresh_token"], kept["expires_at"]) == ("refresh-1", "2026-02-15T08:00:00Z")
        assert kept["secret"] == shop.platform.secret
        assert await shop.renewer.look() == 0, "it is new"
        assert shop.platform.tokens.takes(shop.token)


@PLATFORMS
async def test_a_refusal_leaves_the_old_token_and_is_told_and_tried_again_later_and_later(kind: type[ChannelSimulator]) -> None:
    async with opened(kind) as shop:
        before = await shop.kept()
        shop.platform.tokens.closed = True
        asked = sum(shop.platform.asked.values())
        for minutes, tries in ((0, 1), (0.5, 1), (1, 2), (2, 2), (3.1, 3)):
            shop.clock.time = NOW + timedelta(minutes=minutes)
            await shop.renewer.look()
            assert sum(shop.platform.asked.values()) - asked == tries, minutes
        assert await shop.kept() == before
        (state,) = shop.renewer.states()
        assert (state.failed, state.renews) == ("token.refused", True)
        shop.platform.tokens.closed = False
        shop.clock.time += timedelta(hours=1)
        await shop.renewer.look()
        assert shop.renewer.states()[0].failed is None


async def test_two_who_renew_at_once_ask_once() -> None:
    async with opened(JdSimulator) as shop:
        other = MemoryStore(beside=shop.store)
        assert await asyncio.gather(shop.renewer.look(), shop.renewer.look()) in ([1, 0], [0, 1])
        assert shop.platform.tokens.renewals == 1
        assert await other.hold_source(":tokens", "shop"), "the claim was given back"


async def test_another_process_that_has_just_renewed_is_believed() -> None:
    async with opened(JdSimulator) as shop:
        newer = {**(await shop.kept()), "access_token": "theirs", "expires_at": "2026-03-01T00:00:00Z"}
        await shop.store.save_connection("shop", json.dumps(newer).encode(), actor="system")
        assert await shop.renewer.look() == 0
        assert (shop.token, shop.platform.tokens.renewals) == ("theirs", 0)


async def test_a_claim_that_another_process_holds_is_respected() -> None:
    async with opened(JdSimulator) as shop:
        shop.store.hold_source = _never  # type: ignore[method-assign]
        assert await shop.renewer.look() == 0
        assert shop.platform.tokens.renewals == 0


async def _never(flow: str, trigger: str) -> bool:
    return False


class Failing(MemoryStore):
    fails = False

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None:
        if self.fails:
            raise StoreUnavailable(Problem("store.unavailable"))
        await super().save_connection(name, document, actor=actor)


async def test_a_new_token_that_could_not_be_saved_is_saved_first_and_not_asked_for_again() -> None:
    store = Failing()
    async with opened(JdSimulator, store) as shop:
        store.fails = True
        await shop.renewer.look()
        assert shop.token == "simulator-token", "what is not durable is not used"
        assert shop.renewer.states()[0].failed is not None
        store.fails = False
        shop.clock.time += timedelta(minutes=2)
        assert await shop.renewer.look() == 1
        assert (shop.token, shop.platform.tokens.renewals) == ("access-1", 1)


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_refresh_token() -> None:
    async with opened(ShopifySimulator) as shop:
        shop.platform.calls.lost = 1
        await shop.renewer.look()
        assert shop.token == "simulator-token"
        shop.clock.time += timedelta(minutes=2)
        await shop.renewer.look()
        assert shop.token == shop.platform.tokens.access
        assert shop.platform.tokens.takes(shop.token)


async def test_what_somebody_changed_meanwhile_stays() -> None:
    async with opened(JdSimulator) as shop:
        changed = {**(await shop.kept()), "per_minute": 7}
        await shop.store.save_connection("shop", json.dumps(changed).encode(), actor="owner")
        assert await shop.renewer.look() == 1
        assert (await shop.kept())["per_minute"] == 7


@pytest.mark.parametrize("changes", [{"refresh_token": None}, {"expires_at": None}, {"expires_at": "2026-12-01T00:00:00Z"}])
async def test_without_what_it_needs_or_long_before_the_end_nothing_is_asked(changes: dict[str, Any]) -> None:
    async with opened(JdSimulator, **changes) as shop:
        assert await shop.renewer.look() == 0
        assert shop.platform.tokens.renewals == 0


def connection(kind: str = "jd", **more: Any) -> Any:
    named = {"jd": {"app_key": "k"}, "shopify": {"url": "https://s.example", "client_id": "c"}}[kind]
    return parse_connection("one", {"type": kind, "secret": "s3cret", "access_token": "t", "refresh_token": "r", **named, **more})


@pytest.mark.parametrize(
    ("left", "lifetime", "due"),
    [(11, None, False), (9, None, True), (9, 30, False), (7, 30, True), (3, 1, False), (0.2, 1, True), (90, 365, False), (9, 365, True)],
)
def test_a_token_is_due_a_quarter_of_its_life_before_the_end(left: float, lifetime: float | None, due: bool) -> None:
    one = connection(expires_at=(NOW + timedelta(days=left)).isoformat())
    assert is_due(one, NOW, None if lifetime is None else lifetime * 86_400) is due


def test_a_token_of_an_hour_is_due_ten_minutes_before_its_end() -> None:
    assert not is_due(connection("shopify", expires_at=(NOW + timedelta(minutes=16)).isoformat()), NOW, 3600)
    assert is_due(connection("shopify", expires_at=(NOW + timedelta(minutes=14)).isoformat()), NOW, 3600)


ODD: list[Any] = [
    None, {}, [], "x", {"access_token": "a"}, {"access_token": "", "expires_in": 3}, {"access_token": "a", "expires_in": -1},
    {"access_token": 5, "expires_in": "x"},
]  # fmt: skip


@pytest.mark.parametrize("body", ODD)
def test_an_answer_without_a_new_token_is_refused_and_not_repeated(body: Any) -> None:
    with pytest.raises(NodeError) as caught:
        renewed(connection(), 200, body, NOW)
    assert (caught.value.problem.code, caught.value.problem.fields) == ("token.refused", {"status": 200})


def test_a_secret_goes_to_the_token_address_and_nowhere_else() -> None:
    request: HttpRequest = renewal(connection("shopify"), NOW)
    assert request.url == "https://s.example/admin/oauth/access_token"
    assert b"s3cret" in request.body
    assert "s3cret" not in request.url
