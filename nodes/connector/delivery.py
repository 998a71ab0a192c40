"""Handing a canonical order to a system that keeps our contract for targets (WMS, finance).

``POST {url}/orders`` with ``Idempotency-Key`` (added by the runtime) and ``Orderloom-Version``; the body is the order. 2xx: done;
409: done, a newer version is held; 408, 429, 5xx and network failures are repeated; any other 4xx is refused for good.
"""

from __future__ import annotations

import re
from typing import Final

from engine.sdk import ConnectionRef, Context, HttpAnswer, HttpCall, Item, NodeError, Verdict, by_status

_HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")


async def deliver(order: Item, target: ConnectionRef, context: Context) -> Item:
    """The order as it was, once the target holds this version or a newer one."""
    call = HttpCall("POST", "/orders", headers={"Orderloom-Version": _version(order)}, json=order)
    await context.http(target, call, newer_is_fine)
    return order


def newer_is_fine(answer: HttpAnswer) -> Verdict:
    return "done" if answer.status == 409 else by_status(answer)


def _version(order: Item) -> str:
    version = order.get("version")
    if version is None or version == "":
        raise NodeError("order.no_version", path="version")
    if not isinstance(version, str) or len(version) > 200 or not _HEADER_VALUE.fullmatch(version):
        raise NodeError("order.bad_version", path="version")
    return version
