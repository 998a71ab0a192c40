from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.connection.addresses import join_url, parse_networks, parse_url, refusal
from engine.connection.failures import CallFailed
from engine.connection.guard import AddressGuard
from engine.errors import SettingsInvalid

REFUSED = [
    "127.0.0.1",
    "127.9.9.9",
    "10.1.1.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "224.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "::7f00:1",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "fec0::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert refusal(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::"])
def test_a_public_address_passes(address: str) -> None:
    assert refusal(ip_address(address)) is None


@settings(max_examples=100, deadline=None)
@given(last=st.integers(0, 2**24 - 1), prefix=st.sampled_from(["", "::ffff:", "64:ff9b::"]))
def test_no_form_of_the_private_network_ten_passes(last: int, prefix: str) -> None:
    inner = str(ip_address((10 << 24) + last))
    assert refusal(ip_address(prefix + inner))


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "127.0.0.1", "fd00::1"])
def test_an_allowed_network_passes(address: str) -> None:
    assert refusal(ip_address(address), parse_networks(["10.0.0.0/8", "127.0.0.1", " fd00::/8"])) is None


def test_all_texts_that_are_no_network_are_named() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parse_networks(["10.0.0.0/8", "office", "10.0.0.0/99"])
    assert [problem.fields["text"] for problem in caught.value.problems] == ["office", "10.0.0.0/99"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com",
        "file:///etc/passwd",
        "//example.com",
        "example.com",
        "http://",
        "http://user@example.com",
        "http://user:pass@example.com",
        "http://[::1",
        "http://example.com:99999/",
        "gopher://example.com",
        "",
    ],
)
def test_only_http_urls_without_credentials_are_taken(url: str) -> None:
    with pytest.raises(CallFailed) as caught:
        parse_url(url)
    assert caught.value.problem.code == "address.refused"
    assert "pass" not in str(caught.value.problem.fields.get("host"))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "１２７.０.０.１",
        "0",
        "①②⑦.0.0.1",
    ],
)
@pytest.mark.parametrize("guard", [AddressGuard()])
def test_no_way_to_write_this_machine_passes_the_guard(host: str, guard: AddressGuard) -> None:
    with pytest.raises(CallFailed) as caught:
        guard.check_url(f"http://{host}/")
    assert caught.value.problem.code == "address.refused"
    assert not caught.value.retriable


async def test_a_name_of_this_machine_is_refused_when_it_is_resolved() -> None:
    with pytest.raises(CallFailed) as caught:
        await AddressGuard().resolve("localhost", 80)
    assert caught.value.problem.code == "address.refused"


async def test_an_allowed_name_resolves_to_its_address() -> None:
    assert "127.0.0.1" in await AddressGuard(["127.0.0.0/8"]).resolve("localhost", 80)


async def test_a_name_that_does_not_exist_is_worth_a_retry() -> None:
    with pytest.raises(CallFailed) as caught:
        await AddressGuard().resolve("no-such-name.invalid", 80)
    assert (caught.value.problem.code, caught.value.retriable) == ("address.unresolved", True)


@pytest.mark.parametrize(
    ("base", "path", "joined"),
    [
        ("http://h/a/", "/orders", "http://h/a/orders"),
        ("http://h", "orders", "http://h/orders"),
        ("http://h/a?key=1", "b c", "http://h/a/b%20c?key=1"),
        ("http://h/a?key=1", "", "http://h/a?key=1"),
        ("http://h", "@evil.example/x", "http://h/@evil.example/x"),
        ("http://h", "//evil.example/x", "http://h/evil.example/x"),
        ("http://h/a", "b?c=1#d", "http://h/a/b%3Fc=1%23d"),
    ],
)
def test_a_path_is_added_below_the_base_and_cannot_change_the_host(base: str, path: str, joined: str) -> None:
    assert join_url(base, path) == joined


@pytest.mark.parametrize("path", ["../admin", "a/../../b", "%2e%2e/admin", "a%2f..%2fb", "..\\admin"])
def test_a_path_that_leads_upwards_is_refused(path: str) -> None:
    with pytest.raises(CallFailed):
        join_url("http://h/api", path)
