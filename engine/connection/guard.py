"""The address guard: resolves a name itself, and hands out only addresses that may be called.

The address that was checked is the one that is connected to: nothing resolves the name a second time.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from yarl import URL

from engine.connection.addresses import literal_address, parse_networks, parse_url, refusal
from engine.connection.failures import CallFailed, address_refused

_REMEMBERED: Final = 2048


class AddressGuard:
    """``allowed``: networks in CIDR form that may be called although they are private (``ORDERLOOM_ALLOW_PRIVATE``).

    ``folders``: those in which files may be read and moved (``ORDERLOOM_ALLOW_FOLDERS``).
    """

    def __init__(self, allowed: Iterable[str] = (), folders: Iterable[str] = ()) -> None:
        self._allowed = parse_networks(allowed)
        self._folders = [Path(folder).resolve() for folder in folders]
        self._checked: dict[str, URL] = {}

    def check_url(self, text: str) -> URL:
        """The URL, if it is well-formed and its host no refused IP address; names are checked when they are resolved.

        Raises ``CallFailed`` with ``address.refused``.
        """
        url = self._checked.get(text)
        if url is None:
            url = parse_url(text)
            host = url.raw_host or ""
            if (address := literal_address(host)) is not None and (reason := refusal(address, self._allowed)):
                raise address_refused(host, reason)
            if len(self._checked) >= _REMEMBERED:
                self._checked.clear()
            self._checked[text] = url
        return url

    def folder(self, text: str) -> Path:
        """A folder, if it is one, without symbolic links, and inside of an allowed one. Raises ``CallFailed`` with ``folder.refused``."""
        folder = Path(text)
        if not folder.is_absolute() or folder.resolve() != folder or not any(folder.is_relative_to(root) for root in self._folders):
            raise CallFailed("folder.refused", retriable=False, maybe_sent=False, folder=text)
        if not folder.is_dir():
            raise CallFailed("folder.missing", retriable=True, maybe_sent=False, folder=text)
        return folder

    async def resolve(self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[str]:
        """The addresses of a host that may be called.

        Raises ``CallFailed``: ``address.unresolved`` (worth a retry) or ``address.refused``.
        """
        if (literal := literal_address(host)) is not None:
            found = [str(literal)]
        else:
            found = await _look_up(host, port, family)
        reasons = {one: refusal(ip_address(one), self._allowed) for one in found}
        vetted = [one for one, reason in reasons.items() if reason is None]
        if not vetted:
            raise address_refused(host, next((reason for reason in reasons.values() if reason), "it has no address"))
        return vetted


async def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise CallFailed("address.unresolved", retriable=True, maybe_sent=False, host=host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
