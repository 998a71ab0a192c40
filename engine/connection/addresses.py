"""Which addresses may be called: pure decisions over URLs and IP addresses.

Without an entry in the allow list only public unicast addresses pass, so that a flow cannot be used to reach the machines
beside the server (OWASP: server-side request forgery).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from yarl import URL

from engine.connection.failures import address_refused
from engine.errors import Problem, SettingsInvalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64: Final = ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ip_network("::/96")
_METADATA: Final = frozenset(map(ip_address, ("168.63.129.16", "169.254.169.254", "100.100.100.200", "fd00:ec2::254")))
_LEGACY_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def parse_url(text: str) -> URL:
    """An absolute ``http`` or ``https`` URL without credentials.

    Raises ``CallFailed`` with ``address.refused``; its fields name the host only, as a URL may be a secret.
    """
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError:
        raise address_refused("", "it is no URL") from None
    if url.scheme not in ("http", "https") or not host or not port:
        raise address_refused(host or "", "only http and https addresses are called")
    if url.raw_user is not None or url.raw_password is not None:
        raise address_refused(host, "it holds a user name or password: those belong in their own fields")
    return url


@lru_cache(maxsize=1024)
def join_url(base: str, path: str = "") -> str:
    """A path below a base URL: ``https://wms/api`` and ``/orders`` give ``https://wms/api/orders``; the base's query stays.

    What comes from an order may stand in a path, so ``..`` is refused and nothing in it can change the host.
    """
    url = parse_url(base)
    wanted = path.lstrip("/")
    if not wanted:
        return base
    if ".." in re.split(r"[/\\]|%2[fF]|%5[cC]", re.sub("%2[eE]", ".", wanted)):
        raise address_refused(url.raw_host or "", "its path leads upwards")
    return str(url.with_path(url.path.rstrip("/") + "/" + wanted).with_query(url.query))


def literal_address(host: str) -> Address | None:
    """The address that a host is, or ``None`` for a name. Legacy forms (``127.1``, ``0x7f000001``, ``017700000001``) are refused."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    if _LEGACY_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) or ":" in host:
        raise address_refused(host, "it is not a well-formed IP address")
    return None


def refusal(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """Why an address may not be called; ``None`` if it may."""
    plain = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    if any(plain in network for network in allowed):
        return None
    return "it is not a public address" if any(map(_inside, _leads_to(plain))) else None


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks or single addresses in CIDR form. Raises ``SettingsInvalid`` with every one that is none."""
    networks: list[Network] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            networks.append(ip_network(text.strip(), strict=False))
        except ValueError:
            problems.append(Problem("address.not_a_network", fields={"text": text.strip()}))
    if problems:
        raise SettingsInvalid(problems)
    return tuple(networks)


def _inside(address: Address) -> bool:
    if address in _METADATA or not address.is_global:
        return True
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_multicast or address.is_reserved or address.is_unspecified or site_local


def _leads_to(address: Address) -> tuple[Address, ...]:
    """The address with the IPv4 addresses that it leads to: by 6to4, Teredo or the old compatible form, by NAT64 to that one alone."""
    if isinstance(address, IPv4Address):
        return (address,)
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _NAT64:
        return (last,)
    tunnels = (*(address.teredo or ()), address.sixtofour, last if address in _COMPATIBLE else None)
    return (address, *(one for one in tunnels if one is not None))
