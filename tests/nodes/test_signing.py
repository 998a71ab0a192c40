from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sdk import NodeError
from nodes.connector.own_shop import sign as own_shop
from nodes.connector.shopify import sign as shopify
from nodes.connector.signing import body_hmac
from nodes.connector.taobao import sign as taobao

VECTORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "fixtures" / "signature_vectors.json").read_text("utf-8"))
NOW = datetime(2026, 1, 15, 8, 0, tzinfo=UTC)
BEIJING = "2026-01-15 16:00:00"
PARAMS = st.dictionaries(st.text("abc_", min_size=1, max_size=6), st.text(max_size=8), max_size=6)


def refused(call: Callable[[], None]) -> object:
    with pytest.raises(NodeError) as caught:
        call()
    return caught.value.problem.fields.get("reason", caught.value.problem.code)


@pytest.mark.parametrize("name", ["taobao_md5", "taobao_hmac", "taobao_hmac_sha256", "pdd_md5", "jd_md5"])
def test_a_published_parameter_signature_holds(name: str) -> None:
    vector = VECTORS[name]
    assert taobao.sign(vector["params"], vector["secret"], vector["params"].get("sign_method", "md5")) == vector["sign"]


@pytest.mark.parametrize("name", ["shopify_webhook", "woocommerce_webhook"])
def test_a_published_body_signature_holds(name: str) -> None:
    vector = VECTORS[name]
    assert body_hmac(vector["secret"], vector["body_utf8"].encode()) == vector["value"]


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
@settings(max_examples=40, deadline=None)
@given(params=PARAMS, extra=st.text("xyz", min_size=1, max_size=3), value=st.text(min_size=1, max_size=4))
def test_every_parameter_but_sign_is_signed(method: str, params: dict[str, str], extra: str, value: str) -> None:
    signature = taobao.sign(params, "secret", method)
    assert taobao.sign({**params, "sign": value}, "secret", method) == signature
    assert taobao.sign({**params, extra: value}, "secret", method) != signature


def test_an_unknown_sign_method_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="sha1"):
        taobao.sign({}, "secret", "sha1")


def push(body: bytes = b'{"tid":1}', timestamp: str = BEIJING, method: str = "md5") -> dict[str, str]:
    query = {"app_key": "1", "timestamp": timestamp, "sign_method": method}
    return {**query, "sign": taobao.sign(query, "secret", method, body)}


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_a_taobao_push_signs_query_and_raw_body(method: str) -> None:
    taobao.verify(push(method=method), b'{"tid":1}', {"content-type": "application/json"}, "secret", NOW)


def test_a_taobao_push_with_a_form_signs_its_fields() -> None:
    query = {"timestamp": BEIJING, "sign": taobao.sign({"timestamp": BEIJING, "content": '{"tid":"1"} 中'}, "secret")}
    body = urlencode({"content": '{"tid":"1"} 中'}).encode()
    taobao.verify(query, body, {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, "secret", NOW)


def test_a_taobao_push_signs_the_headers_that_it_lists() -> None:
    query = {"timestamp": BEIJING, "sign": taobao.sign({"timestamp": BEIJING, "x-shop": "店"}, "secret")}
    taobao.verify(query, b"", {"top-sign-list": "x-shop", "x-shop": "%E5%BA%97"}, "secret", NOW)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_ten_minutes_are_within_taobaos_clock(minutes: int) -> None:
    taobao.verify(push(), b'{"tid":1}', {}, "secret", NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("seconds", [-601, 601, 8 * 3600])
def test_a_taobao_push_from_another_time_has_expired(seconds: int) -> None:
    assert refused(lambda: taobao.verify(push(), b'{"tid":1}', {}, "secret", NOW + timedelta(seconds=seconds))) == "expired"


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [
        ({**push(), "sign": "0" * 32}, b'{"tid":1}', "mismatch"),
        (push(), b'{"tid":2}', "mismatch"),
        ({**push(), "extra": ""} | {"extra": "1"}, b'{"tid":1}', "mismatch"),
        ({}, b"", "missing"),
        ({"sign": "x"}, b"", "missing"),
        ({"sign": "x", "timestamp": "yesterday"}, b"", "malformed"),
        (push() | {"sign_method": "none"}, b'{"tid":1}', "malformed"),
        ({**push(), "sign": "签名"}, b'{"tid":1}', "mismatch"),
    ],
)
def test_a_wrong_taobao_push_is_refused(query: dict[str, str], body: bytes, reason: str) -> None:
    assert refused(lambda: taobao.verify(query, body, {}, "secret", NOW)) == reason


def test_a_parameter_with_two_values_is_refused() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert refused(lambda: taobao.verify(push(), b"app_key=2", headers, "secret", NOW)) == "malformed"


def test_a_signed_shopify_body_is_accepted() -> None:
    vector = VECTORS["shopify_webhook"]
    shopify.verify(vector["body_utf8"].encode(), {shopify.HEADER: vector["value"]}, vector["secret"])


@pytest.mark.parametrize(
    ("headers", "reason"),
    [({}, "missing"), ({shopify.HEADER: "x"}, "mismatch"), ({shopify.HEADER: shopify.sign(b"{}", "other")}, "mismatch")],
)
def test_a_wrong_shopify_signature_is_refused(headers: dict[str, str], reason: str) -> None:
    assert refused(lambda: shopify.verify(b"{}", headers, "secret")) == reason


STANDARD = VECTORS["standard_webhooks"]
SECRET: str = STANDARD["secret"]
SENT_AT = datetime.fromtimestamp(int(STANDARD["webhook-timestamp"]), UTC)
HEADERS = {name: STANDARD[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
BODY: bytes = STANDARD["body_utf8"].encode()
OTHER_SECRET = "whsec_" + "A" * 32


def test_the_standard_webhooks_vector_holds() -> None:
    assert own_shop.sign(SECRET, HEADERS["webhook-id"], int(HEADERS["webhook-timestamp"]), BODY) == HEADERS["webhook-signature"]


@pytest.mark.parametrize("secrets", [SECRET, f"{OTHER_SECRET} {SECRET}", [SECRET, OTHER_SECRET], SECRET.removeprefix("whsec_")])
def test_any_of_several_secrets_may_have_signed(secrets: str | list[str]) -> None:
    own_shop.verify(BODY, HEADERS, secrets, SENT_AT)


@pytest.mark.parametrize("signatures", ["v1,AAAA {}", "{} v1,AAAA", "v1a,AAAA v2,x {}"])
def test_any_of_several_signatures_may_be_right(signatures: str) -> None:
    headers = {**HEADERS, "webhook-signature": signatures.format(HEADERS["webhook-signature"])}
    own_shop.verify(BODY, headers, SECRET, SENT_AT)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_own_shop_delivery_expires_after_five_minutes(seconds: int) -> None:
    assert refused(lambda: own_shop.verify(BODY, HEADERS, SECRET, SENT_AT + timedelta(seconds=seconds))) == "expired"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-signature": "v1,AAAA"}, "mismatch"),
        ({"webhook-id": "msg_other"}, "mismatch"),
        ({"webhook-timestamp": "1649367554"}, "mismatch"),
        ({"webhook-timestamp": "١٦٤٩٣٦٧٥٥٣"}, "malformed"),
        ({"webhook-timestamp": "1649367553.0"}, "malformed"),
        ({"webhook-timestamp": "9" * 30}, "malformed"),
        ({"webhook-signature": "v2,AAAA"}, "malformed"),
        ({"webhook-signature": " "}, "malformed"),
        ({"webhook-id": ""}, "missing"),
    ],
)
def test_a_wrong_own_shop_delivery_is_refused(change: dict[str, str], reason: str) -> None:
    assert refused(lambda: own_shop.verify(BODY, {**HEADERS, **change}, SECRET, SENT_AT)) == reason


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", "whsec_ä", "not base64!"])
def test_a_secret_that_is_none_is_a_fault_of_the_connection(secret: str) -> None:
    assert refused(lambda: own_shop.verify(BODY, HEADERS, secret, SENT_AT)) == "signature.secret_malformed"
