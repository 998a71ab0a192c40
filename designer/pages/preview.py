"""A flow in small: boxes and lines as they lie on the canvas, without a word. Pure; the template turns it into SVG."""

from __future__ import annotations

import re

from designer.pages.drawing import Card, Drawing, Wire, draw
from engine.flow.document import Flow
from engine.flow.graph import Link, links

COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 280, 130, 216, 78, 24
_PLACE = re.compile(r"(-?\d{1,4}(?:\.\d)?),(-?\d{1,4}(?:\.\d)?)")


def preview(flow: Flow) -> Drawing | None:
    """``None`` for a flow without nodes. Nodes without a place of their own are laid out by rank, from left to right."""
    if not flow.nodes:
        return None
    places = _places(flow)
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    cards = {slug: Card(slug, round(x - left) + MARGIN, round(y - top) + MARGIN) for slug, (x, y) in places.items()}
    wires = [_wire(cards, link) for link in links(flow) if link.source in cards and link.target in cards]
    width, height = max(card.x for card in cards.values()) + WIDTH, max(card.y for card in cards.values()) + HEIGHT
    return Drawing(width + MARGIN, height + MARGIN, list(cards.values()), wires)


def _places(flow: Flow) -> dict[str, tuple[float, float]]:
    found = {slug: place for slug in flow.nodes if (place := _place(flow.layout.get(slug, "")))}
    if len(found) == len(flow.nodes):
        return found
    ranked = draw(flow).cards
    return {card.slug: (card.y * COLUMN / 100, card.x * ROW / 204) for card in ranked}


def _place(written: str) -> tuple[float, float] | None:
    match = _PLACE.fullmatch(written)
    return (float(match[1]) * COLUMN, float(match[2]) * ROW) if match else None


def _wire(cards: dict[str, Card], link: Link) -> Wire:
    source, target = cards[link.source], cards[link.target]
    x1, y1, x2, y2 = source.x + WIDTH, source.y + HEIGHT // 2, target.x, target.y + HEIGHT // 2
    bend = max(40, abs(x2 - x1) // 2)
    return Wire(link.source, link.target, f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}", "", 0, 0)
