"""The token desk of a simulated platform: it gives a new token for a refresh token, and takes the old one until the new one was used."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any


class TokenDesk:
    """``access`` and ``refresh`` are what holds now; ``lifetime``: seconds that a new token is told to last; ``renewals``: how many.

    As Shopify does since August 2026, the refresh token before stays good until the token that came for it was used: an answer that got
    lost can be asked for again. ``closed``: every renewal is refused.
    """

    def __init__(self, access: str, refresh: str = "refresh-0", lifetime: int = 30 * 86_400) -> None:
        self.access, self.refresh, self.lifetime = access, refresh, lifetime
        self.renewals = 0
        self.closed = False
        self._before: tuple[str, str] | None = None

    def takes(self, token: str) -> bool:
        """Whether a call with a token is let in. The first use of the newest ends the one before."""
        if hmac.compare_digest(token.encode(), self.access.encode()):
            self._before = None
            return True
        return self._before is not None and hmac.compare_digest(token.encode(), self._before[0].encode())

    def renew(self, refresh: str) -> Mapping[str, Any] | None:
        """What the platform answers; ``None`` for a refusal."""
        known = self.refresh if self._before is None else self._before[1]
        if self.closed or refresh not in (self.refresh, known):
            return None
        before = (self.access, refresh) if refresh == self.refresh else self._before
        self.renewals += 1
        self._before = before
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        return {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.lifetime}
