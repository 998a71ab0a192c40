from __future__ import annotations

import pytest


def test_a_pure_node_answers_with_port_and_item(orderloom) -> None:
    answer = orderloom("try", "rule.condition", "--params", '{"when": "item.qty > 1"}', "--input", "-", stdin=b'[{"qty": 2}, {"qty": 1}]')
    assert answer.code == 0
    assert answer.lines == [{"port": "yes", "item": {"qty": 2}}, {"port": "no", "item": {"qty": 1}}]


def test_one_odd_item_is_a_problem_and_the_others_go_on(orderloom) -> None:
    answer = orderloom("try", "rule.condition", "--params", '{"when": "item.qty > 1"}', "--input", "-", stdin=b'[{}, {"qty": 2}]')
    assert answer.code == 1
    assert answer.lines[0]["problem"]["code"] == "expression.no_such_field"
    assert answer.lines[0]["problem"]["where"].startswith("condition")
    assert answer.lines[1] == {"port": "yes", "item": {"qty": 2}}


def test_a_batch_node_gets_all_items_at_once(orderloom) -> None:
    answer = orderloom("try", "transform.limit@1", "--params", '{"count": 1}', "--input", "-", stdin=b'{"n": 1}\n{"n": 2}\n')
    assert [line["port"] for line in answer.lines] == ["out", "rest"]


def test_effects_are_captured(orderloom) -> None:
    order = b'{"channel": "own_shop", "channel_order_id": "A1", "version": "1"}'
    answer = orderloom("try", "connector.to_wms", "--params", '{"wms": {"connection": "wms"}}', "--input", "-", stdin=order)
    assert answer.code == 0
    assert answer.lines[0]["item"]["channel_order_id"] == "A1"


def test_the_hub_of_a_trial_remembers_earlier_items(orderloom) -> None:
    order = b'{"channel": "own_shop", "shop_id": "s", "channel_order_id": "A1", "version": "1"}\n'
    assert [line["port"] for line in orderloom("try", "connector.to_hub", "--input", "-", stdin=order * 2).lines] == ["new", "unchanged"]


def test_a_trigger_reads_what_arrives(orderloom) -> None:
    answer = orderloom(
        "try", "connector.file", "--params", '{"group_by": "no"}', "--input", "-", stdin=b'{"no": "1"}\n{"no": "2"}\n{"no": "1"}\n'
    )
    assert [line["item"]["source_row"] for line in answer.lines] == [1, 3, 2]


def test_amounts_stay_exact(orderloom) -> None:
    stdin = b'{"a": 0.10000000000000000001, "b": 12345678901234567890}'
    answer = orderloom("try", "transform.keep_fields", "--params", '{"fields": ["a", "b"]}', "--input", "-", stdin=stdin)
    assert answer.out == '{"port":"out","item":{"a":0.10000000000000000001,"b":12345678901234567890}}\n'


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("rule.conditio",), "node.unknown"),
        (("rule.condition@9",), "node.unknown_version"),
        (("rule.condition",), "params.missing"),
        (("rule.condition", "--params", "[1]"), "cli.option_not_an_object"),
        (("rule.condition", "--params", '{"when": "item.qty >"}'), "expression.syntax"),
    ],
)
def test_what_cannot_be_tried_is_a_usage_error(orderloom, arguments, code) -> None:
    answer = orderloom("try", *arguments)
    assert answer.code == 2
    assert code in answer.err


def test_an_expression_sees_the_fields_of_the_object_as_variables(orderloom) -> None:
    answer = orderloom(
        "eval", 'money(amount.paid) + money("0.05")', "--input", "-", stdin=b'{"amount": {"paid": "19.95"}, "class": 1, "a-b": 2}'
    )
    assert (answer.code, answer.out) == (0, '"20.00"\n')


def test_an_expression_needs_no_input(orderloom) -> None:
    assert orderloom("eval", "[1, 2].map(n, n * 2)").lines == [[2, 4]]


def test_an_expression_that_cannot_be_read_is_a_usage_error(orderloom) -> None:
    answer = orderloom("eval", "1 +")
    assert answer.code == 2
    assert "expression.syntax" in answer.err


def test_an_expression_that_fails_exits_with_1(orderloom) -> None:
    answer = orderloom("eval", "1 / 0")
    assert answer.code == 1
    assert "expression.divide_by_zero" in answer.err
