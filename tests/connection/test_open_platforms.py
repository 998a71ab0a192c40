"""How calls to Pinduoduo and JD are signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.connection.channels import OpenPlatform, jd_time
from engine.connection.http import HttpRequest
from engine.connection.open_platform import sorted_md5
from engine.connection.types import Connection, parse_connection
from engine.errors import InputInvalid
from engine.json_text import write_json

VECTORS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parents[1] / "fixtures" / "signature_vectors.json").read_text("utf-8"))
NOW = datetime(2021, 5, 7, 1, 20, 39, 683_000, tzinfo=UTC)
KINDS = {
    "pinduoduo": {"client_id": "1", "secret": "testSecret", "access_token": "asd78172s8ds9a921j9qqwda12312w1w21211"},
    "jd": {"app_key": "yourappkey", "secret": "yourappSecret", "access_token": "yourtoken"},
}
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
BUSINESS = st.dictionaries(st.text("abcdefg_", min_size=1, max_size=6), VALUES | st.lists(VALUES, max_size=3), max_size=6)


def connection(kind: str, **changes: Any) -> Connection:
    return parse_connection("shop", {"type": kind, **KINDS[kind], **changes})


def sent(made: Connection, business: Mapping[str, Any], now: datetime = NOW) -> dict[str, str]:
    """The parameters of the form that leaves."""
    request = made.prepare(HttpRequest("POST", made.address, {"Content-Type": "application/json"}, write_json(business)), now)
    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
    pairs = parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


@pytest.mark.parametrize("name", ["taobao_md5", "pdd_md5", "jd_md5"])
def test_the_platforms_own_vectors_hold(name: str) -> None:
    vector = VECTORS[name]
    assert sorted_md5(vector["params"], vector["secret"]) == vector["sign"]
    assert sorted_md5({**vector["params"], "sign": "anything"}, vector["secret"]) == vector["sign"]


def test_the_vector_of_jd_comes_out_of_a_whole_call() -> None:
    vector = VECTORS["jd_md5"]
    business = json.loads(vector["params"]["360buy_param_json"])
    found = sent(connection("jd"), {"method": vector["params"]["method"], **business})
    assert found == {**vector["params"], "sign": vector["sign"]}


def test_the_vector_of_pinduoduo_comes_out_of_a_whole_call() -> None:
    vector = VECTORS["pdd_md5"]
    params = dict(vector["params"])
    now = datetime.fromtimestamp(int(params["timestamp"]), UTC)
    own = {name: params[name] for name in ("type", "order_status", "page", "page_size")}
    found = sent(connection("pinduoduo"), own, now)
    assert found == {**params, "data_type": "JSON", "sign": sorted_md5({**params, "data_type": "JSON"}, vector["secret"])}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(business=BUSINESS, token=st.booleans())
def test_what_is_signed_is_what_is_sent_less_the_signature(kind: str, business: dict[str, Any], token: bool) -> None:
    made = connection(kind, **({} if token else {"access_token": None}))
    found = sent(made, {**business, "type" if kind == "pinduoduo" else "method": "some.call"})
    signature = found.pop("sign")
    assert signature == sorted_md5(found, KINDS[kind]["secret"])
    assert ("access_token" in found) == token
    for name in found:
        assert sorted_md5({key: value for key, value in found.items() if key != name}, KINDS[kind]["secret"]) != signature


def test_jd_signs_no_format_and_no_sign_method_and_puts_the_business_into_one_text() -> None:
    found = sent(connection("jd"), {"method": "jingdong.pop.order.get", "order_id": "1", "optional_fields": "orderId"})
    assert set(found) == {"method", "360buy_param_json", "app_key", "timestamp", "v", "access_token", "sign"}
    assert found["360buy_param_json"] == '{"optional_fields":"orderId","order_id":"1"}'


def test_pinduoduo_sends_no_sign_method_and_epoch_seconds() -> None:
    found = sent(connection("pinduoduo"), {"type": "pdd.order.information.get", "order_sn": "1", "page": 2, "use_has_next": True})
    assert "sign_method" not in found
    assert (found["timestamp"], found["page"], found["use_has_next"]) == (str(int(NOW.timestamp())), "2", "true")


@pytest.mark.parametrize("instant", [NOW, datetime.fromisoformat("2021-05-06T18:20:39.683-07:00")])
def test_jd_is_told_beijing_time_wherever_the_server_stands(instant: datetime) -> None:
    assert jd_time(instant) == "2021-05-07 09:20:39.683+0800"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"[]", b'"text"'])
def test_what_is_no_object_cannot_be_signed(kind: str, body: bytes) -> None:
    with pytest.raises(InputInvalid) as caught:
        connection(kind).prepare(HttpRequest("POST", "https://example.com", {}, body), NOW)
    assert caught.value.problems[0].code == "connection.not_signable"


@pytest.mark.parametrize(("kind", "host"), [("pinduoduo", "gw-api.pinduoduo.com"), ("jd", "api.jd.com")])
def test_without_an_address_the_platform_s_own_is_called(kind: str, host: str) -> None:
    assert host in connection(kind).address
    assert connection(kind, url="https://example.com/x").address == "https://example.com/x"


def test_a_platform_that_cannot_be_asked_whether_it_is_there_is_none() -> None:
    with pytest.raises(TypeError, match="question"):
        OpenPlatform.model_validate({"secret": "s"})
