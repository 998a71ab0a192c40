"""What all notifiers share: text over masked data, the platforms' limits, and errors that hide in an answer 200."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, cast

from engine.sdk import Context, HttpAnswer, Item, Judge, NodeError, Template, Verdict, by_status

MAX_BYTES: Final = 64 * 1024
CUT: Final = "…"


def rendered(template: Template, item: Item, context: Context) -> str:
    """The text for an item as a person may see it, so masked. Raises ``NodeError``: ``template.failed``, ``notify.too_long``."""
    text = template.render(item=context.masked(item), event=context.scope.event, flow=context.scope.flow)
    if len(text.encode()) > MAX_BYTES:
        raise NodeError("notify.too_long", limit=MAX_BYTES)
    return text


def one_line(text: str, longest: int) -> str:
    """A title: no line breaks, at most this many characters."""
    joined = " ".join(text.split())
    return joined if len(joined) <= longest else joined[: longest - 1] + CUT


def fitted(text: str, limit: int, ending: str = "") -> str:
    """Text and ending within a platform's limit in bytes (UTF-8); what is too long is cut between characters and ends with ``…``.

    An ending that alone is longer than the limit is left out.
    """
    room = limit - len(ending.encode())
    if room < len(CUT.encode()):
        room, ending = limit, ""
    raw = text.encode()
    if len(raw) <= room:
        return text + ending
    return raw[: room - len(CUT.encode())].decode(errors="ignore") + CUT + ending


def by_code(*names: str, retry: Collection[int]) -> Judge:
    """For platforms that answer 200 with an error code inside: 0 is done, some codes are worth a retry, all others are refused."""

    def judge(answer: HttpAnswer) -> Verdict:
        verdict = by_status(answer)
        if verdict != "done":
            return verdict
        code = _code(answer.body, names)
        if code == 0:
            return "done"
        return "retry" if code in retry else "refused"

    return judge


def _code(body: Any, names: Collection[str]) -> Any:
    members = cast("Item", body) if isinstance(body, dict) else {}
    return next((members[name] for name in names if name in members), None)
