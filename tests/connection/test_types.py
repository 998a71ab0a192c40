from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.connection.http import HttpRequest
from engine.connection.robots import dingtalk_sign, feishu_sign
from engine.connection.types import (
    Connection,
    HttpUrl,
    Secret,
    connection_type,
    connection_types,
    json_schema,
    parse_connection,
    secret_fields,
)
from engine.errors import InputInvalid

VECTORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "fixtures" / "signature_vectors.json").read_text("utf-8"))
NOW = datetime(2026, 1, 9, 23, 6, 40, tzinfo=UTC)
REQUEST = HttpRequest("POST", "https://example.com/robot?key=K", {"Content-Type": "application/json"}, b'{"msg_type":"text"}')
FULL: dict[str, dict[str, Any]] = {
    "taobao": {"secret": "s3cret", "app_key": "1", "session": "s3cret", "url": "https://example.com"},
    "pinduoduo": {"secret": "s3cret", "client_id": "1", "access_token": "s3cret"},
    "jd": {"secret": "s3cret", "app_key": "1", "access_token": "s3cret", "url": "https://example.com/routerjson"},
    "shopify": {"secret": "s3cret", "access_token": "s3cret"},
    "woocommerce": {"secret": "s3cret", "consumer_key": "ck_1", "consumer_secret": "s3cret", "url": "https://example.com"},
    "own_shop": {"secret": "whsec_s3cret", "access_token": "s3cret"},
    "wms": {"url": "https://example.com/wms", "secret": "s3cret"},
    "finance": {"url": "https://example.com/finance", "secret": "s3cret"},
    "http": {"url": "https://example.com", "auth": "basic", "user": "u", "secret": "s3cret", "headers": {"X-Key": "s3cret"}},
    "webhook": {"url": "https://example.com"},
    "wecom": {"url": "https://example.com/send?key=s3cret"},
    "dingtalk": {"url": "https://example.com/send?access_token=s3cret", "secret": "s3cret"},
    "feishu": {"url": "https://example.com/hook/s3cret", "secret": "s3cret"},
    "rabbitmq": {"host": "queue.example.com", "user": "u", "secret": "s3cret"},
    "redis": {"host": "redis.example.com", "secret": "s3cret"},
    "nats": {"host": "nats.example.com", "secret": "s3cret"},
    "mqtt": {"host": "mqtt.example.com", "user": "u", "secret": "s3cret"},
    "database": {"kind": "postgresql", "host": "db.example.com", "user": "u", "secret": "s3cret", "database": "shop"},
    "folder": {"path": "/srv/orders"},
    "smtp": {"host": "mail.example.com", "user": "u", "secret": "s3cret", "from": "a@example.com"},
    "kuaidi100": {"secret": "s3cret"},
}


def made(kind: str, **fields: Any) -> Connection:
    return parse_connection("one", {"type": kind, **FULL[kind], **fields})


def test_every_built_in_type_has_an_example_here() -> None:
    assert {name for name, model in connection_types().items() if model.__module__.startswith("engine.")} == set(FULL)


@pytest.mark.parametrize("kind", FULL)
def test_a_connection_survives_storage(kind: str) -> None:
    assert parse_connection("one", made(kind).fields()) == made(kind)


@pytest.mark.parametrize("kind", FULL)
def test_no_secret_is_in_what_may_be_shown(kind: str) -> None:
    assert "s3cret" not in json.dumps(made(kind).public_view()) + repr(made(kind))


@pytest.mark.parametrize("kind", FULL)
def test_secrets_are_marked_in_the_schema_and_in_the_view(kind: str) -> None:
    view, schema = made(kind).public_view(), json_schema(kind)
    assert schema["properties"]["type"] == {"const": kind}
    for name in secret_fields(connection_types()[kind]) & {"secret", "url"}:
        assert '"secret": true' in json.dumps(schema["properties"][name])
        assert view[name] == {"set": name in FULL[kind]}


@pytest.mark.parametrize("kind", ["wms", "finance", "http", "webhook"])
def test_a_target_gets_its_secret_as_a_bearer_token(kind: str) -> None:
    connection = parse_connection("one", {"type": kind, "url": "https://example.com", "secret": "s3cret"})
    assert connection.prepare(REQUEST, NOW).headers == {"Content-Type": "application/json", "Authorization": "Bearer s3cret"}


def test_a_target_without_a_secret_gets_the_request_as_it_was() -> None:
    assert parse_connection("wms", {"type": "wms", "url": "http://127.0.0.1:1/"}).prepare(REQUEST, NOW) is REQUEST


def test_an_http_service_takes_basic_authentication_and_further_headers() -> None:
    assert made("http").prepare(HttpRequest("GET", "https://example.com"), NOW).headers == {
        "X-Key": "s3cret",
        "Authorization": "Basic dTpzM2NyZXQ=",
    }


def test_an_http_service_takes_its_secret_in_a_header_of_its_choice() -> None:
    connection = parse_connection("one", {"type": "http", "url": "https://a.b", "auth": "header", "header": "X-Api-Key", "secret": "k"})
    assert connection.prepare(HttpRequest("GET", "https://a.b"), NOW).headers == {"X-Api-Key": "k"}


def test_shopify_gets_the_access_token_but_not_the_webhook_secret() -> None:
    assert made("shopify", secret="other").prepare(HttpRequest("GET", "https://a.b"), NOW).headers == {"X-Shopify-Access-Token": "s3cret"}


def test_the_published_robot_signatures_hold() -> None:
    dingtalk, feishu = VECTORS["dingtalk_robot"], VECTORS["feishu_robot"]
    assert dingtalk_sign(dingtalk["secret"], dingtalk["timestamp_ms"]) == dingtalk["sign"]
    assert feishu_sign(feishu["secret"], feishu["timestamp_s"]) == feishu["sign"]


def test_dingtalk_is_signed_in_the_address() -> None:
    signed = made("dingtalk", secret="SECfixture").prepare(REQUEST, NOW)
    query = parse_qs(urlsplit(signed.url).query)
    assert query == {"key": ["K"], "timestamp": ["1768000000000"], "sign": ["HVGVckI4Cxx4RG7VZvVY8Wdu5kNGrnCZOH7NxCrKxuA="]}


def test_feishu_is_signed_in_the_body() -> None:
    signed = made("feishu", secret="fixture").prepare(REQUEST, NOW)
    assert json.loads(signed.body) == {"timestamp": "1768000000", "sign": VECTORS["feishu_robot"]["sign"], "msg_type": "text"}


def test_wecom_signs_nothing_and_its_address_is_the_secret() -> None:
    assert made("wecom").prepare(REQUEST, NOW) is REQUEST
    assert made("wecom").address == "https://example.com/send?key=s3cret"


def test_a_plugin_adds_a_type_of_its_own() -> None:
    @connection_type("test_courier", title="Test courier")
    class TestCourier(Connection):
        url: HttpUrl
        token: Secret

    assert parse_connection("c", {"type": "test_courier", "url": "https://a.b", "token": "x"}) == TestCourier(url="https://a.b", token="x")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="declared twice"):
        connection_type("test_courier", title="Another")(type("Another", (Connection,), {}))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"type": "wms"}, {"url"}),
        ({"type": "wms", "url": "ftp://a.b"}, {"url"}),
        ({"type": "wms", "url": "https://user:pass@a.b"}, {"url"}),
        ({"type": "wms", "url": "http://2130706433/"}, {"url"}),
        ({"type": "wecom", "url": "nothing"}, {"url"}),
        ({"type": "taobao", "secret": " ", "shop": 1}, {"secret", "shop"}),
        ({"type": "http", "url": "https://a.b", "header": "a b", "auth": "no"}, {"header", "auth"}),
        ({"type": "smtp", "host": "a.b", "from": "nobody", "port": 0}, {"from", "port"}),
        ({"type": "http", "url": "https://a.b", "auth": "basic"}, {""}),
        ({"type": "smtp", "host": "a.b", "from": "a@b.c", "user": "u", "secret": "s", "tls": "none"}, {""}),
        ([], {""}),
    ],
)
def test_all_faults_of_a_connection_are_named_at_once(document: object, where: set[str]) -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_connection("one", document)
    assert {problem.code for problem in caught.value.problems} == {"connection.invalid"}
    assert {problem.where[1] if len(problem.where) > 1 else "" for problem in caught.value.problems} == where


def test_an_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_connection("one", {"type": "fax"})
    assert caught.value.problems[0].code == "connection.unknown_type"
    assert "wms" in caught.value.problems[0].fields["known"]


def test_no_fault_repeats_a_value() -> None:
    with pytest.raises(InputInvalid) as caught:
        parse_connection("one", {"type": "wms", "url": "s3cret", "secret": ["s3cret"], "user": "s3cret"})
    assert len(caught.value.problems) == 3
    assert "s3cret" not in str(caught.value)


def test_the_address_of_a_mail_server_may_be_one_url() -> None:
    smtp = parse_connection("mail", {"type": "smtp", "url": "smtps://mail.example.com", "from": "a@b.c"})
    assert (smtp.public_view()["tls"], smtp.address) == ("implicit", "smtp://mail.example.com:465")
