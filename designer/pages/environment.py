"""The templates of the pages, and what they may call."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any, cast
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from designer.assets import asset, joined, modules
from designer.pages import words
from designer.pages.clock import length
from designer.pages.port_words import port_title
from designer.pages.schema import TYPES
from engine.access import ACTIONS
from engine.catalogue import entries, explain, text
from engine.errors import Problem
from engine.hub.holds import may_ship
from engine.json_text import for_browsers
from engine.node.durations import duration_text
from engine.run.view import told
from engine.store.ports import Incident

_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\x7f])\n(?=[^\x00-\x7f])")


@cache
def environment() -> Environment:
    """Autoescaping everywhere; a name that a page forgot to hand over is an error."""
    made = Environment(loader=PackageLoader("designer"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    callables, filters = cast("dict[str, Any]", made.globals), cast("dict[str, Any]", made.filters)
    callables.update(words=words, href=href, icons=icons(), as_problem=as_problem, types_of=TYPES)
    callables.update(asset=asset, joined=joined, modules=modules, may_ship=may_ship)
    filters.update(iso=iso, plain_json=for_browsers, order_parts=order_parts, duration=length)
    filters.update(drawn_width=drawn_width, duration_text=duration_text, event_version=event_version, ticks=ticks, prose=prose)
    return made


def speech(language: str) -> dict[str, Callable[..., Any]]:
    """What speaks the reader's language: ``_`` a sentence of ours, ``said`` a text of a node, ``word`` a state, ``problem`` a fault."""
    return {
        "_": partial(_sentence, language),
        "said": partial(said, language),
        "word": partial(word, language),
        "action": partial(action, language),
        "sentence_of": partial(sentence_of, language),
        "port_title": partial(port_title, language=language),
        "port_titles": partial(port_titles, language),
        "problem": partial(_explained, language),
    }


def said(language: str, written: str) -> str:
    """A label, help text or schema title in the reader's language. Braces in it are its own, nothing is filled in."""
    return entries(language).get((None, written)) or written


def word(language: str, known: Any, value: str) -> str:
    """The word for a value of ``words``; one that nobody foresaw is shown as it is."""
    return text(known[value], language) if value in known else value


def sentence_of(language: str, code: str) -> str:
    """What a problem code means, with dots in place of fields; the code where nothing else would be left."""
    what = re.sub(r"\{[^{}]*\}", "…", explain(Problem(code), language)["what"])
    return what if re.search(r"\w", what) else code


def action(language: str, name: str) -> str:
    return text(words.ACTIONS.get(name) or ACTIONS.get(name) or name, language)


def port_titles(language: str, names: str) -> str:
    """Of several ports, whose names stand in one text with commas between."""
    return text(", ", language).join(port_title(name, language) for name in names.split(", "))


def href(path: str, **query: Any) -> str:
    """A local address; parameters without a value are left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_parts(order_key: str) -> tuple[str, str, str]:
    """Channel, shop and order number of an ordering key (rule R4); the number is empty where the order has none."""
    parts = [part.replace("%7C", "|").replace("%25", "%") for part in order_key.split("|")]
    channel, shop, number = (*parts, "", "", "")[:3]
    return channel, shop, "" if number.startswith("?") else number


def event_version(event_key: str, order_key: str) -> str:
    """What an event key says besides the order: the version at the source, or a digest."""
    return event_key.removeprefix(f"{order_key}|").replace("%7C", "|").replace("%25", "%")


def drawn_width(written: str, size: int) -> int:
    """About how many pixels a text takes in letters of ``size``: Chinese ones are square, others half as wide."""
    return round(sum(size if char > "\u2e7f" else size * 0.55 for char in written))


def ticks(written: str) -> Markup:
    """Text in which `code` stands between ticks."""
    parts = written.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))


def prose(written: str) -> Markup:
    """Paragraphs of a help text; its line breaks inside a paragraph mean nothing."""
    paragraphs = (_BETWEEN_CHINESE.sub("", part).replace("\n", " ") for part in re.split(r"\n\s*\n", written.strip()))
    return Markup("").join(Markup("<p>{}</p>").format(ticks(part)) for part in paragraphs)


def as_problem(incident: Incident, node: str = "") -> Problem:
    """``node``: what its node is called; left out where the page says so beside it."""
    where = incident.where[1:] if incident.where[:1] == (incident.step,) else incident.where
    return told(Problem(incident.code, (node, *where) if node else where, incident.fields))


@cache
def icons() -> frozenset[str]:
    """The names in the sprite."""
    sprite = files("designer").joinpath("static", "vendor", "icons.svg").read_text("utf-8")
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))


def _sentence(language: str, key: str, **fields: Any) -> str:
    return text(key, language, **fields)


def _explained(language: str, one: Problem) -> dict[str, str]:
    return explain(one, language)
