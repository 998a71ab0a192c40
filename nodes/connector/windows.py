"""Windows of time in which a platform is asked for what changed. Each begins a little before the last one ended. Pure.

A window is read portion by portion: ``mark`` says which portion comes next (a page number, a page token), ``None`` at its beginning.
A window that takes long to read is set aside every few seconds for what is new meanwhile, so that new orders never wait for old ones.
As JSON it is the cursor of a source: ``{"since", "until", "mark", "ended", "cut", "whole", "seen", "news", "portions",
"aside"}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from engine.sdk import NodeError, instant, utc_text

SEEN_KEPT: Final = 5_000
SETTLED: Final = timedelta(seconds=2)
"""Platforms tell the time of a change in whole seconds, and an order may change twice in one: a version is known for good only once
it was fetched again so much later."""
RECENT: Final = timedelta(minutes=1)
WHOLE_IN: Final = 5
MANY: Final = 200
"""A long list that is asked for every few seconds would be read almost wholly each time, for the sake of the few orders that show up late.
Where more than so many stand in the overlap, a look goes back by the whole of it only once in a fifth of it, else by the last minute: what
shows up late comes that much later."""
NEWS_EVERY: Final = timedelta(seconds=5)
"""After so long a window that is still being read is set aside for a look at what is new,"""
PORTIONS: Final = 3
"""and after so many portions of it at the earliest: a platform that takes few calls would be asked for nothing else."""
LATELY: Final = timedelta(seconds=15)
"""So far such a look goes back behind the last one: what shows up later than that is found by the windows themselves."""
Seen = tuple[str, str, bool]
"""When the version changed; the end of the window that first had it; whether it was fetched after it had settled. Times as UTC text."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``overlap``: how much earlier a window begins than the last one ended. Four fifths of it have to cover how late an order shows up in
    the list and how far our clock may be ahead of the platform's, for a window ends at our now. ``begin``: how far back the first begins;
    ``longest``: what the platform allows, ``None`` for any length; ``news``: whether what is new comes in between. Raises ``ValueError``
    where no window would get further.
    """

    overlap: timedelta
    begin: timedelta
    longest: timedelta | None = None
    news: bool = True

    def __post_init__(self) -> None:
        if self.longest is not None and self.longest <= self.overlap:
            raise ValueError("a window must be longer than its overlap")


class Listed(NamedTuple):
    """A version of an order as a list shows it; ``changed_at`` is aware. ``name``: of order and version, unlike that of any other."""

    name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """``seen``: versions that were taken and may be listed again, by name; ``cut``: to the longest that is allowed; ``whole``: when the
    last one ended that went back by the whole overlap; ``news``: up to when what is new was looked at while it was set aside;
    ``portions``: how many of it were read since; ``aside``: of a look at what is new, the window that goes on after it.
    """

    since: datetime
    until: datetime
    mark: Any = None
    seen: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    cut: bool = False
    whole: datetime | None = None
    news: datetime | None = None
    portions: int = 0
    aside: Window | None = None

    def unseen(self, listed: Iterable[Listed]) -> list[Listed]:
        """Those whose version is not known for good yet: only they are worth a call for their details."""
        return [one for one in listed if not self.seen.get(one.name, ("", "", False))[2]]

    def with_taken(self, listed: Iterable[Listed]) -> Window:
        return replace(self, seen={**self.seen, **{one.name: self._seen(one) for one in listed}})

    def at(self, mark: Any) -> dict[str, Any]:
        """The cursor in the middle of the window: the portion at the mark comes next."""
        return {**self._plain(), "mark": mark, "ended": False, "portions": self.portions + 1}

    def ended(self) -> dict[str, Any]:
        """The cursor at its end: the next window comes next."""
        return {**self._plain(), "mark": None, "ended": True}

    def behind(self, now: datetime) -> bool:
        """Whether the next window is due at once, because this one was cut or another one was set aside for it."""
        return self.aside is not None or (self.cut and self.until < now)

    def set_aside(self, now: datetime) -> Window:
        """What is new since the last look; this one goes on after it. Of one that is far behind it is the last minute."""
        since = max(self.news or self.until, now - RECENT)
        rest = replace(self, seen={}, news=now, portions=0)
        return Window(since - LATELY, now, seen=self.seen, whole=self.whole, aside=rest)

    def goes_on(self) -> Window:
        """The one that was set aside for this one."""
        return self if self.aside is None else replace(self.aside, seen=self.seen)

    def _seen(self, one: Listed) -> Seen:
        first = self.seen[one.name][1] if one.name in self.seen else utc_text(self.until)
        return utc_text(one.changed_at), first, self.until - datetime.fromisoformat(first) >= SETTLED

    def _plain(self) -> dict[str, Any]:
        kept = self.seen.items()
        if len(kept) > SEEN_KEPT:
            kept = sorted(kept, key=lambda one: (datetime.fromisoformat(one[1][0]), one[0]))[-SEEN_KEPT:]
        return {
            "since": utc_text(self.since),
            "until": utc_text(self.until),
            "cut": self.cut,
            "whole": _text(self.whole),
            "seen": {name: list(seen) for name, seen in kept},
            "news": _text(self.news),
            "aside": {**self.aside._plain(), "mark": self.aside.mark} if self.aside is not None else None,  # noqa: SLF001 - one of these
        }


def window(rules: Rules, cursor: Mapping[str, Any] | None, now: datetime) -> Window:
    """The window to read now: the one that was begun, else the next one. A cursor that cannot be read begins anew.

    A clock that was set back makes no hole: the next window never begins later than the overlap before now.
    """
    last = _read(cursor)
    if last is None:
        return _window(rules, now - rules.begin, now)
    if cursor is not None and not cursor.get("ended"):
        return last.set_aside(now) if rules.news and _is_due(last, now) else last
    if last.aside is not None:
        return last.goes_on()
    ended = min(last.until, now)
    kept = {name: seen for name, seen in last.seen.items() if datetime.fromisoformat(seen[0]) >= ended - rules.overlap}
    if len(kept) <= MANY or last.whole is None or not timedelta(0) <= now - last.whole < rules.overlap / WHOLE_IN:
        return replace(_window(rules, ended - rules.overlap, now), seen=kept)
    return replace(_window(rules, ended - min(rules.overlap, RECENT), now), seen=kept, whole=last.whole)


def _window(rules: Rules, since: datetime, now: datetime) -> Window:
    end = now if rules.longest is None else min(now, since + rules.longest)
    return Window(since, end, cut=end < now, whole=end)


def _is_due(window: Window, now: datetime) -> bool:
    """Whether what is new comes before the next portion of a window that is being read."""
    return window.portions >= PORTIONS and window.aside is None and now - (window.news or window.until) >= NEWS_EVERY


def _read(cursor: Mapping[str, Any] | None) -> Window | None:
    if not cursor:
        return None
    try:
        since, until = instant(cursor.get("since")), instant(cursor.get("until"))
        whole, news, portions = instant(cursor.get("whole")), instant(cursor.get("news")), int(cursor.get("portions", 0))
        seen = {name: _seen_of(value) for name, value in cursor.get("seen", {}).items()}
        aside = _read(cursor.get("aside"))
    except (NodeError, ValueError, TypeError, AttributeError):
        return None
    if since is None or until is None or (aside is None and cursor.get("aside") is not None):
        return None
    return Window(since, until, cursor.get("mark"), seen, cursor.get("cut") is True, whole, news, portions, aside)


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment is not None else None


def _seen_of(value: Any) -> Seen:
    changed, first, settled = value
    for text in (changed, first):
        datetime.fromisoformat(text)
    return changed, first, bool(settled)
