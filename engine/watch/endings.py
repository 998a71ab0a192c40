"""What is told of tokens and certificates that end."""

from __future__ import annotations

from collections.abc import Sequence

from engine.connection.certificates import Certificates
from engine.connection.renewer import Renewer
from engine.watch.observations import Ending


def endings(renewer: Renewer, certificates: Certificates) -> Sequence[Ending]:
    """Nothing before tokens were looked at first: silence ends no alarm. Told as of that look."""
    at = renewer.at
    if at is None:
        return ()
    tokens = [Ending("token", one.name, one.ends_at, at, one.renews, one.failed) for one in renewer.states()]
    return [*tokens, *(Ending("certificate", one.name, one.ends_at, at) for one in certificates.states())]
