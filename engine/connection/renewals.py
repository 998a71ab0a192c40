"""How each platform renews a token: the call, and what its answer changes in the connection. Pure.

Sources: open.taobao.com "user authorisation" (oauth.taobao.com/token); open.jd.com "refresh token" (open-oauth.jd.com);
open.pinduoduo.com pdd.pop.auth.token.refresh; shopify.dev "offline access tokens" (expiring, since December 2025).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

from yarl import URL

from engine.connection.addresses import join_url
from engine.connection.channel import Renewable
from engine.connection.channels import Jd, Pinduoduo, Shopify, Taobao
from engine.connection.http import HttpRequest
from engine.connection.types import Connection
from engine.errors import NodeError
from engine.json_text import write_json
from engine.order.time import utc_text

SOON: Final = timedelta(minutes=10)
EARLY: Final = timedelta(days=10)
"""Before the alarm, which is raised seven days ahead."""
LONGEST: Final = 400 * 86_400
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON: Final = {"Content-Type": "application/json"}
_PDD: Final = "pop_auth_token_refresh_response"


def can_renew(connection: Connection) -> bool:
    """Whether it has all that a renewal needs."""
    if not isinstance(connection, Renewable) or connection.refresh_token is None or ends_at(connection) is None:
        return False
    if isinstance(connection, Taobao):
        return connection.app_key is not None
    return not isinstance(connection, Shopify) or (connection.client_id is not None and bool(connection.address))


def ends_at(connection: Connection) -> datetime | None:
    """When its token ends, as far as anybody has said."""
    given = getattr(connection, "expires_at", None)
    return None if given is None else datetime.fromisoformat(given)


def is_due(connection: Connection, now: datetime, lifetime: float | None) -> bool:
    """A quarter of its life before the end, between ten minutes and ten days. ``lifetime``: seconds, of the token before, if known."""
    ends = ends_at(connection)
    if ends is None or not can_renew(connection):
        return False
    usual = SOON if isinstance(connection, Shopify) else EARLY
    ahead = usual if lifetime is None else min(max(timedelta(seconds=lifetime / 4), SOON), EARLY)
    return ends - now <= ahead


def renewal(connection: Connection, now: datetime) -> HttpRequest:
    """The call that renews; only for one of which ``can_renew`` holds."""
    one = cast("Renewable", connection)
    refresh = one.refresh_token.get_secret_value() if one.refresh_token else ""
    secret = one.secret.get_secret_value() if one.secret else ""
    grant = {"grant_type": "refresh_token", "refresh_token": refresh}
    if isinstance(one, Pinduoduo):
        asked = {"type": "pdd.pop.auth.token.refresh", "refresh_token": refresh}
        plain = one.model_copy(update={"access_token": None})
        return plain.prepare(HttpRequest("POST", one.token_url or one.address, {}, write_json(asked)), now)
    if isinstance(one, Jd):
        query = {"app_key": one.app_key, "app_secret": secret, **grant}
        return HttpRequest("GET", str(URL(one.token_url or "https://open-oauth.jd.com/oauth2/refresh_token").update_query(query)))
    if isinstance(one, Taobao):
        form = {"client_id": one.app_key or "", "client_secret": secret, **grant}
        return HttpRequest("POST", one.token_url or "https://oauth.taobao.com/token", _FORM, urlencode(form).encode())
    shop = cast("Shopify", one)
    body = {"client_id": shop.client_id, "client_secret": secret, **grant}
    return HttpRequest("POST", shop.token_url or join_url(shop.address, "admin/oauth/access_token"), _JSON, write_json(body))


def renewed(connection: Connection, status: int, body: Any, now: datetime) -> dict[str, Any]:
    """The fields that change. Raises ``NodeError`` (``token.refused``) for any answer without a new token; nothing of it is repeated."""
    given = _whole(body)
    token, lifetime = given.get("access_token"), _number(given.get("expires_in"))
    if status != 200 or not isinstance(token, str) or not token or lifetime is None or not 0 < lifetime <= LONGEST:
        raise NodeError("token.refused", status=status)
    refresh = given.get("refresh_token")
    name = "session" if isinstance(connection, Taobao) else "access_token"
    fields = {name: token, "expires_at": utc_text(now + timedelta(seconds=lifetime))}
    return {**fields, "refresh_token": refresh} if isinstance(refresh, str) and refresh else fields


def _whole(body: Any) -> Mapping[str, Any]:
    found = cast("dict[str, Any]", body) if isinstance(body, dict) else dict[str, Any]()
    inner = found.get(_PDD)
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else found


def _number(value: Any) -> float | None:
    """Some platforms write numbers as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
