from __future__ import annotations

from typing import Any

import pytest

from engine.connection.kept import with_kept
from engine.connection.types import parse_connection
from engine.errors import Problem

WMS = {"type": "wms", "url": "https://wms.example.com/api", "secret": "s3cret"}
HTTP = {"type": "http", "url": "https://a.example.com", "headers": {"X-Key": "k", "X-Shop": "s"}}
ROBOT = {"type": "dingtalk", "url": "https://robot.example.com/send?key=k", "secret": "SECs3cret"}
MAIL = {"type": "smtp", "host": "mail.example.com", "tls": "starttls", "user": "u", "secret": "s3cret", "from": "a@example.com"}


def kept(held: dict[str, Any], changes: dict[str, Any], *dropped: str) -> tuple[dict[str, Any], list[Problem]]:
    """As a form sends it: nothing of the secrets but what was typed."""
    shown = {key: value for key, value in held.items() if key not in ("secret", "headers") and not (held is ROBOT and key == "url")}
    return with_kept("one", {**shown, **changes}, parse_connection("one", held), dropped)


def test_a_secret_left_empty_stays() -> None:
    assert kept(WMS, {"url": "https://wms.example.com/v2"}) == ({**WMS, "url": "https://wms.example.com/v2"}, [])


def test_a_secret_that_is_typed_replaces_the_kept_one() -> None:
    assert kept(WMS, {"secret": "newer"}) == ({**WMS, "secret": "newer"}, [])


def test_a_secret_can_be_dropped() -> None:
    assert "secret" not in kept(WMS, {}, "secret")[0]


@pytest.mark.parametrize("url", ["https://other.example.com/api", "http://wms.example.com/api", "https://wms.example.com:8443/api", "x y"])
def test_a_kept_secret_never_goes_to_another_address(url: str) -> None:
    assert kept(WMS, {"url": url})[1] == [Problem("connection.secret_again", ("one", "secret"))]


def test_another_address_with_its_secret_is_taken() -> None:
    assert kept(WMS, {"url": "https://other.example.com", "secret": "newer"})[1] == []


@pytest.mark.parametrize("changes", [{"host": "mail.example.org"}, {"tls": "none"}, {"port": 2525}])
def test_a_password_stays_with_its_mail_server_and_its_encryption(changes: dict[str, Any]) -> None:
    assert kept(MAIL, changes)[1] == [Problem("connection.secret_again", ("one", "secret"))]


def test_an_address_that_is_a_secret_itself_stays_too() -> None:
    assert kept(ROBOT, {}) == (ROBOT, [])


def test_a_new_robot_elsewhere_needs_its_secret_again() -> None:
    assert kept(ROBOT, {"url": "https://other.example.com/send"})[1] == [Problem("connection.secret_again", ("one", "secret"))]


def test_of_several_headers_each_stays_changes_or_goes_by_itself() -> None:
    document, problems = kept(HTTP, {"headers": {"X-Key": None, "X-New": "n", "X-Empty": None}})
    assert (document["headers"], problems) == ({"X-Key": "k", "X-New": "n", "X-Empty": ""}, [])


def test_without_any_header_named_all_are_gone() -> None:
    assert kept(HTTP, {"headers": {}})[0]["headers"] == {}
