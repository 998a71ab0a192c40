"""What happened in a run, in sentences."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from litestar import get
from litestar.params import FromPath

from designer.api.given import Language, Loom, number
from designer.api.shapes import Listed, utc
from engine.app import Orderloom
from engine.catalogue import explain, text
from engine.privacy.classes import Kind as Masked
from engine.privacy.masks import mask
from engine.run.history import Happening, history
from engine.store.ports import Incident, IncidentFilter

ACCEPTED: Final = ("The event was accepted.", "The event was accepted, although its key was known with other content.")
CALLS: Final = ("Answered with status {status}.", "Answered with status {status}, at attempt {attempts}.")
PARKED: Final = "Parked: {reason}"
FAILED: Final = "The call failed for good: {reason}"
OTHER: Final = "Recorded: {kind}"
PLAIN: Final[Mapping[str, str]] = {
    "mail": "The mail was handed over.",
    "reconciled": "The lists of the day were compared.",
    "desk": "The hub did what it was asked.",
    "announced": "The call was announced and no answer is recorded: it may have happened.",
    "sub_flow": "The flow that was called has answered.",
    "overdue": "The deadline has passed: the run goes on where it can.",
    "versions": "The newest version of a flow to call was chosen.",
    "cancelled": "Somebody asked to cancel the run.",
}
HUB: Final[Mapping[str, str]] = {
    "new": "The hub took up a new order.",
    "changed": "The hub took up a newer version of the order.",
    "unchanged": "The hub held this version already.",
    "stale": "The hub holds a newer version: nothing was changed.",
}
DECISIONS: Final[Mapping[str, str]] = {
    "again": "Decided: try again.",
    "anew": "Decided: send it anew, under a new key.",
    "skip": "Decided: leave the item out.",
    "sent": "Answered: the call had happened.",
    "not_sent": "Answered: the call had not happened.",
    "mend": "Mended, and sent on.",
    "mend_anew": "Mended after an attempt, and sent anew under a new key.",
    "mapping": "Read anew by a mapping of the channel's form, and sent on.",
    "noted": "Decided: the missed deadline was noted.",
}
WAITED: Final[Mapping[str, str]] = {
    "due": "The time to wait was over.",
    "signal": "The signal came that was waited for.",
    "answer": "A person answered.",
    "released": "A person released the order.",
    "merged": "The order goes along in the parcel of another one.",
    "superseded": "A newer version of the order came: this one is held no longer.",
}
RULED: Final = "The cleansing rules were asked: version {version}."
STOPPED: Final = ("The run was ended here.", "The run was ended here: {reason}")
LATER: Final = "Not done at attempt {attempts}; the next one is at {time}."
COMPOSED: Final = "One call for {count} items together was put together."
MOVED: Final = "Moved to version {version}."
SHARED: Final = "Goes through version {version}, as {percent} % of the orders do."
_FILLED: Final[Mapping[str, str]] = {"later": LATER, "moved": MOVED, "ruled": RULED, "share": SHARED, "composed": COMPOSED}
ENDS: Final[Mapping[str, str]] = {"done": "The run is done.", "failed": "The run has failed.", "cancelled": "The run is cancelled."}
_TONES: Final[Mapping[str, str]] = {
    "call": "ok", "mail": "ok", "ruled": "ok",
    "reconciled": "ok", "desk": "ok", "failed": "err", "announced": "warn", "parked": "err", "decision": "run", "cancelled": "warn",
    "stopped": "warn", "waited": "ok", "later": "warn", "moved": "run", "share": "run", "sub_flow": "ok", "overdue": "err",
}  # fmt: skip
_TONES_OF_DETAILS: Final[Mapping[str, str]] = {
    "new": "ok", "changed": "ok", "unchanged": "", "stale": "warn", "done": "ok", "failed": "err", "cancelled": "warn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """``tone``: ``ok``, ``run``, ``warn``, ``err`` or empty; ``ms``: how long a call's last attempt took, where that is recorded."""

    at: str
    kind: str
    step: str | None
    item_key: str | None
    actor: str | None
    what: str
    tone: str
    ms: float | None


@get("/runs/{run_id:str}/timeline", opt={"permission": "run.read"})
async def show_timeline(run_id: FromPath[str], orderloom: Loom, language: Language) -> Listed[Entry]:
    """What happened in a run, oldest first: arrival, calls and their answers, what was parked, what people decided, the end."""
    return Listed(await timeline_of(orderloom, number(run_id, "run.unknown"), language))


async def timeline_of(orderloom: Orderloom, run_id: int, language: str) -> list[Entry]:
    """For the API and for the page of a run. Raises ``NotFound``."""
    store = orderloom.store
    run, event = await store.run(run_id), await store.event(run_id)
    facts = () if event.erased else await store.facts(run_id)
    incidents = [incident async for incident in _incidents(orderloom, run_id)]
    return [_entry(one, language) for one in history(event, run, facts, incidents)]


async def _incidents(orderloom: Orderloom, run_id: int) -> AsyncIterator[Incident]:
    cursor: str | None = None
    while True:
        page = await orderloom.store.incidents(IncidentFilter(None, run_id), limit=500, cursor=cursor)
        for incident in page.items:
            yield incident
        cursor = page.next
        if cursor is None:
            return


def _entry(one: Happening, language: str) -> Entry:
    what = mask(_what(one, language), Masked.TEXT) or ""
    return Entry(utc(one.at), one.kind, one.step, one.item_key, one.actor, what, _tone(one), one.ms)


def _what(one: Happening, language: str) -> str:
    if one.problem is not None:
        reason = explain(one.problem, language)["what"]
        return text(PARKED if one.kind == "parked" else FAILED, language, reason=reason)
    if one.kind == "accepted":
        return text(ACCEPTED[one.conflict], language)
    if one.kind == "call":
        return text(CALLS[one.attempts > 1], language, status=one.status, attempts=one.attempts)
    if one.kind == "stopped":
        return text(STOPPED[bool(one.detail)], language, reason=one.detail)
    if one.kind in _FILLED:
        return text(_FILLED[one.kind], language, **_fields(one))
    details = {"waited": WAITED, "hub": HUB, "decision": DECISIONS, "ended": ENDS}.get(one.kind, PLAIN)
    key = one.detail if details is not PLAIN else one.kind
    return text(details[key], language) if key in details else text(OTHER, language, kind=one.detail)


def _fields(one: Happening) -> dict[str, object]:
    """What a sentence about it is filled in with."""
    if one.kind == "later":
        return {"attempts": one.attempts, "time": one.detail[:19].replace("T", " ") + " UTC"}
    percent, _, version = one.detail.rpartition("/")
    return {"version": version, "percent": percent, "count": one.detail}


def _tone(one: Happening) -> str:
    return _TONES_OF_DETAILS.get(one.detail, "") if one.kind in ("hub", "ended") else _TONES.get(one.kind, "")


routes = [show_timeline]
