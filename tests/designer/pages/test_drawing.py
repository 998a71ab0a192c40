from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.pages.drawing import HEIGHT, WIDTH, Drawing, draw
from engine.flow.document import Flow


def flow_of(count: int, wires: list[tuple[int, int]]) -> Flow:
    nodes = {f"n{number}": {"use": "rule.condition@1"} for number in range(count)}
    return Flow.model_validate({"name": "drawn", "nodes": nodes, "wires": [f"n{a}.yes -> n{b}" for a, b in wires]})


def place(drawing: Drawing, slug: str) -> tuple[int, int]:
    return next((card.x, card.y) for card in drawing.cards if card.slug == slug)


flows = st.integers(1, 12).flatmap(
    lambda count: st.builds(
        flow_of, st.just(count), st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=20, unique=True)
    )
)


@settings(max_examples=80, deadline=None)
@given(flows)
def test_cards_never_lie_upon_each_other_or_outside(flow: Flow) -> None:
    drawing = draw(flow)
    assert {card.slug for card in drawing.cards} == set(flow.nodes)
    for n, one in enumerate(drawing.cards):
        assert 0 <= one.x <= drawing.width - WIDTH
        assert 0 <= one.y <= drawing.height - HEIGHT
        assert all(abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT for other in drawing.cards[n + 1 :])


@settings(max_examples=80, deadline=None)
@given(flows.filter(lambda flow: all(int(w.split(".")[0][1:]) < int(w.split("n")[-1]) for w in flow.wires)))
def test_what_leads_on_stands_above_what_follows(flow: Flow) -> None:
    drawing = draw(flow)
    assert all(place(drawing, wire.source)[1] < place(drawing, wire.target)[1] for wire in drawing.wires)


def test_wires_between_the_same_two_are_drawn_as_one() -> None:
    flow = Flow.model_validate(
        {"name": "x", "nodes": {"a": {"use": "rule.condition@1"}, "b": {"use": "rule.condition@1"}}, "wires": ["a.yes -> b", "a.no -> b"]}
    )
    assert [(wire.source, wire.target, wire.label) for wire in draw(flow).wires] == [("a", "b", "yes, no")]


def test_the_usual_port_is_not_named() -> None:
    flow = Flow.model_validate(
        {"name": "x", "nodes": {"a": {"use": "rule.condition@1"}, "b": {"use": "rule.condition@1"}}, "wires": ["a -> b"]}
    )
    assert draw(flow).wires[0].label == ""


def test_the_label_of_a_wire_that_passes_a_row_lies_on_no_card() -> None:
    drawing = draw(flow_of(3, [(0, 1), (0, 2), (1, 2)]))
    spots = [(wire.label_x, wire.label_y) for wire in drawing.wires]
    assert not [(x, y) for x, y in spots for card in drawing.cards if card.x <= x <= card.x + WIDTH and card.y <= y <= card.y + HEIGHT]
