from __future__ import annotations

from designer.pages.flow_changes import changes
from designer.pages.preview import HEIGHT, WIDTH, preview
from engine.flow.document import Flow


def flow(**parts: object) -> Flow:
    nodes = {"a": {"use": "connector.webhook@1"}, "b": {"use": "rule.condition@1", "title": {"en": "Bee", "zh": "乙"}}}
    return Flow.model_validate({"name": "small", "nodes": nodes, "wires": ["a -> b"], **parts})


def test_a_preview_lies_as_the_canvas_does() -> None:
    drawn = preview(flow(layout={"a": "-1,2", "b": "0.5,1"}))
    assert drawn is not None
    a, b = drawn.cards
    assert (b.x - a.x, b.y - a.y) == (420, -130)
    assert min(a.x, b.x) > 0
    assert (drawn.width, drawn.height) > (b.x + WIDTH, a.y + HEIGHT)


def test_without_a_full_layout_the_nodes_stand_by_rank_from_left_to_right() -> None:
    drawn = preview(flow(layout={"a": "1,1"}))
    assert drawn is not None
    at = {card.slug: card.x for card in drawn.cards}
    assert at["b"] - at["a"] >= WIDTH


def test_a_flow_without_nodes_has_no_preview() -> None:
    assert preview(Flow.model_validate({"name": "empty", "nodes": {}})) is None


def test_a_layout_that_makes_no_sense_is_not_drawn() -> None:
    assert preview(flow(layout={"a": "1e9,2", "b": "x"})) is not None


def test_a_move_is_no_change_of_what_happens() -> None:
    found = changes(flow(), flow(layout={"a": "1,1", "b": "2,1"}), "en")
    assert (found.moved, found.logic, found.nothing) == (2, False, False)


def test_changed_nodes_are_called_by_their_titles() -> None:
    other = flow(nodes={"b": {"use": "rule.condition@1", "title": {"en": "Bee", "zh": "乙"}, "params": {"when": "true"}}}, wires=[])
    found = changes(flow(), other, "zh")
    assert (found.removed, [(one.title, one.paths) for one in found.changed], found.wires_removed) == (["a"], [("乙", ["when"])], 1)


def test_many_changed_parameters_are_told_in_part() -> None:
    other = flow(nodes={**flow().model_dump()["nodes"], "a": {"use": "connector.webhook@1", "params": dict.fromkeys("uvwxyz", 1)}})
    (node,) = changes(flow(), other, "en").changed
    assert (len(node.paths), node.more) == (3, 3)
