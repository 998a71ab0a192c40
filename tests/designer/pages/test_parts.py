"""The pure parts of the pages."""

from __future__ import annotations

from pydantic import Field

from designer.pages.board import SPAN_SECONDS, per_second, totals_before
from designer.pages.environment import event_version, order_parts, prose, sentence_of, ticks
from designer.pages.schema import rows_of
from engine.node.params import ConnectionRef, Money, Params


class Inner(Params):
    when: str = Field(title="When")


class Outer(Params):
    """Of all kinds."""

    limit: Money = Field(title="Limit")
    rows: list[Inner] = Field(default_factory=list[Inner], title="Rows")
    mode: str = Field(default="first", title="Mode", json_schema_extra={"enum": ["first", "all"]})
    target: ConnectionRef | None = Field(default=None, title="Target")


def test_parameters_become_rows_with_their_parts_behind_them() -> None:
    rows = rows_of(Outer.model_json_schema())
    assert [(row.name, row.kind, row.of, row.depth, row.required) for row in rows] == [
        ("limit", "money", None, 0, True),
        ("rows", "array", "object", 0, False),
        ("when", "string", None, 1, True),
        ("mode", "string", None, 0, False),
        ("target", "connection", None, 0, False),
    ]
    assert rows[3].choices == ("first", "all")
    assert (rows[3].default, rows[3].has_default) == ("first", True)


def test_growth_is_counted_by_the_second() -> None:
    rates = per_second([(10.0, 5), (11.0, 7), (12.0, 7)])
    assert (len(rates), rates[-2:]) == (SPAN_SECONDS, [2.0, 0.0])


def test_growth_while_nobody_looked_is_spread() -> None:
    assert per_second([(0.0, 0), (4.0, 8)])[-5:] == [0.0, 2.0, 2.0, 2.0, 2.0]


def test_the_first_look_knows_what_came_in_each_second_before() -> None:
    """Negative control: without the store's figures nothing has grown."""
    assert per_second([*totals_before(100.0, 12, {0: 1, 57: 4, 59: 2}), (100.0, 12)]) == [1.0, *[0.0] * 56, 4.0, 0.0, 2.0]
    assert sum(per_second([*totals_before(100.0, 12, {}), (100.0, 12)])) == 0


def test_what_is_older_than_the_span_is_forgotten() -> None:
    assert sum(per_second([(0.0, 0), (1.0, 9), (100.0, 9)])) == 0


def test_a_count_that_falls_is_no_growth() -> None:
    assert sum(per_second([(0.0, 9), (1.0, 3)])) == 0


def test_an_order_key_is_taken_apart() -> None:
    assert order_parts("taobao|a%7Cb%25|4001") == ("taobao", "a|b%", "4001")
    assert order_parts("manual||?0123") == ("manual", "", "")


def test_an_event_key_says_the_version_of_its_order() -> None:
    assert event_version("taobao|shop|1|2026-01-01 00:00:00", "taobao|shop|1") == "2026-01-01 00:00:00"


def test_code_between_ticks_is_marked_and_the_rest_escaped() -> None:
    assert ticks("a `b<c` <d>") == "a <code>b&lt;c</code> &lt;d&gt;"


def test_paragraphs_of_help_flow() -> None:
    assert prose("One\nline.\n\nTwo.") == "<p>One line.</p><p>Two.</p>"
    assert prose("第一\n行") == "<p>第一行</p>"


def test_what_a_code_means_is_said_with_dots_where_nobody_knows_the_fields() -> None:
    assert sentence_of("zh", "order.missing_field") == "订单缺少 …。"
    assert sentence_of("en", "expression.money") == "This is not an amount of money."
    assert sentence_of("en", "of.no.catalogue") == "of.no.catalogue"
