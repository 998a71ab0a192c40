"""A flow as a drawing: cards in rows from top to bottom and wires between them, sizes in pixels. Pure; the template turns it into SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.flow.document import Flow
from engine.flow.graph import DEFAULT_PORT, Link, links, order

WIDTH, HEIGHT = 184, 60
_GAP_X, _GAP_Y, _MARGIN = 20, 40, 10


@dataclass(frozen=True, slots=True)
class Card:
    slug: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Wire:
    """All wires from one node to another. ``path`` is SVG path data; ``label`` names the ports where they are not just the usual one."""

    source: str
    target: str
    path: str
    label: str
    label_x: int
    label_y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    cards: Sequence[Card]
    wires: Sequence[Wire]


def draw(flow: Flow) -> Drawing:
    """Rows follow the order of work; in a row a card stands as near as can be to what leads to it."""
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    rows = _rows(list(flow.nodes), wires)
    cards = [
        Card(slug, _MARGIN + round(x * (WIDTH + _GAP_X)), _MARGIN + number * (HEIGHT + _GAP_Y))
        for number, row in enumerate(_columns(rows, wires))
        for slug, x in row
    ]
    width = max((card.x for card in cards), default=0) + WIDTH + _MARGIN
    height = max((card.y for card in cards), default=0) + HEIGHT + _MARGIN
    return Drawing(width, height, cards, _wires(wires, {card.slug: card for card in cards}))


def _rows(slugs: Sequence[str], wires: Sequence[Link]) -> list[list[str]]:
    """The longest way from a start is the row; nodes on a cycle stand in the first one."""
    row = dict.fromkeys(slugs, 0)
    for slug in order(slugs, wires):
        for link in wires:
            if link.source == slug:
                row[link.target] = max(row[link.target], row[slug] + 1)
    return [[slug for slug in slugs if row[slug] == number] for number in range(max(row.values(), default=-1) + 1)]


def _columns(rows: Sequence[Sequence[str]], wires: Sequence[Link]) -> list[list[tuple[str, float]]]:
    """Each row as (slug, place from the left in cards)."""
    places: dict[str, float] = {}
    for row in rows:
        wishes = [(_wish(slug, places, wires), slug) for slug in row]
        wishes.sort(key=lambda wish: wish[0])
        places.update(_apart(wishes))
    left = min(places.values(), default=0.0)
    return [sorted(((slug, places[slug] - left) for slug in row), key=lambda place: place[1]) for row in rows]


def _wish(slug: str, places: Mapping[str, float], wires: Sequence[Link]) -> float:
    above = [places[source] for source in dict.fromkeys(link.source for link in wires if link.target == slug) if source in places]
    return sum(above) / len(above) if above else 0.0


def _apart(wishes: Sequence[tuple[float, str]]) -> list[tuple[str, float]]:
    """At least one card apart, and together as far to the left and right of their wishes."""
    placed: list[float] = []
    for wish, _ in wishes:
        placed.append(max(wish, placed[-1] + 1) if placed else wish)
    shift = sum(wish for wish, _ in wishes) / len(wishes) - sum(placed) / len(placed)
    return [(slug, x + shift) for (_, slug), x in zip(wishes, placed, strict=True)]


def _wires(wires: Sequence[Link], cards: Mapping[str, Card]) -> list[Wire]:
    ports: dict[tuple[str, str], list[str]] = {}
    for link in wires:
        ports.setdefault((link.source, link.target), []).append(link.port)
    onward: dict[str, list[str]] = {}
    for source, target in ports:
        onward.setdefault(source, []).append(target)
    for targets in onward.values():
        targets.sort(key=lambda slug: cards[slug].x)
    return [_wire(cards[source], cards[target], names, onward[source]) for (source, target), names in ports.items()]


def _wire(source: Card, target: Card, ports: Sequence[str], siblings: Sequence[str]) -> Wire:
    x1 = source.x + round(WIDTH * (siblings.index(target.slug) + 1) / (len(siblings) + 1))
    y1, x2, y2 = source.y + HEIGHT, target.x + WIDTH // 2, target.y
    bend = max(_GAP_Y // 2, abs(y2 - y1) // 2)
    label = "" if list(ports) == [DEFAULT_PORT] else ", ".join(ports)
    path = f"M{x1} {y1}C{x1} {y1 + bend} {x2} {y2 - bend} {x2} {y2}"
    if y2 - y1 > HEIGHT:  # it passes a row, where its middle might lie on a card
        return Wire(source.slug, target.slug, path, label, x1, y1 + _GAP_Y // 2 + 4)
    return Wire(source.slug, target.slug, path, label, (x1 + x2) // 2, (y1 + y2) // 2 + 4)
