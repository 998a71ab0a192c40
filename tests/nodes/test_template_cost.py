"""Message text is filled in bounded time and space, whatever the template says."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue import LANGUAGES, problem_sentences
from engine.errors import NodeError
from engine.node.templates import TextTemplate

ITEM: dict[str, Any] = {
    "few": [1, 2, 3],
    "l": list(range(300)),
    "many": list(range(10_000)),
    "s": "x" * 1_000_000,
    "no": "A12345678",
    "map": {"a": 1, "b": "z"},
}


def rendered(text: str) -> str:
    return TextTemplate(text).render({"item": ITEM})


def refused(text: str) -> str:
    with pytest.raises(NodeError) as raised:
        rendered(text)
    return raised.value.problems[0].code


LOOP = "{% for a in item.l %}"
END = "{% endfor %}"
DOUBLED = {"text": "{% set a = a ~ a %}", "sum": "{% set a = a + a %}", "list": "{% set a = [a, a] %}", "product": "{% set a = a * 2 %}"}


@pytest.mark.parametrize(
    "text",
    [
        LOOP * 4 + END * 4,
        LOOP * 3 + "{% set t = a %}" + END * 3,
        f"{LOOP * 2}{'{% if a and a and a and a and a and a %}{% endif %}' * 4}{END * 2}",
        "{% set t %}{% for a in item.many %}{{ item.s }}{% endfor %}{% endset %}",
        "{% set t %}{% for a in item.many %}" + "x" * 7000 + "{% endfor %}{% endset %}",
        "{% for a in item.many %}{% if item.s|upper == 'x' %}{% endif %}{% endfor %}",
        "{% for a in item.many %}{% if item.s.lower() == 'x' %}{% endif %}{% endfor %}",
        "{% for a in item.many %}{% if a in item.many %}{% endif %}{% endfor %}",
    ],
)
def test_loops_end(text: str) -> None:
    assert refused(text) == "template.too_costly"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in item.l recursive %}{{ loop(item.l) }}{% endfor %}",
        "{% macro m() %}{% set x = m() %}{% set y = m() %}{% endmacro %}{{ m() }}",
    ],
)
def test_what_calls_itself_ends(text: str) -> None:
    assert refused(text) in ("template.too_costly", "template.failed")


@pytest.mark.parametrize("way", DOUBLED)
def test_doubling_ends(way: str) -> None:
    assert refused("{% set a = item.no %}" + DOUBLED[way] * 300 + "{{ a }}") == "template.too_costly"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x' * 10000000000 }}",
        "{{ 10000000000 * [1] }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 1000000000) }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ item.s.replace('x', item.s) }}",
        "{{ item.s|replace('x', item.s) }}",
        "{{ item.many|join(item.s) }}",
        "{{ item.s.join(item.few + item.many) }}",
        "{% set a = 9 %}" + "{% set a = a * a %}" * 100,
    ],
)
def test_nothing_huge_is_made(text: str) -> None:
    assert refused(text) == "template.too_costly"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{% for a in item.l if a < 3 %}{{ loop.index }}/{{ loop.length }}{{ ', ' if not loop.last }}{% endfor %}", "1/3, 2/3, 3/3"),
        ("{% for k, v in item.map.items() %}{{ k }}={{ v }};{% endfor %}", "a=1;b=z;"),
        ("{% for a in [] %}x{% else %}none{% endfor %}", "none"),
        ("{{ '%05d' % 7 }} {{ '{:>10}'.format(item.no) }} {{ '{}'.format('123456') }}", "00007  A12345678 123456"),
        ("{{ [1, 2]|join('-') }} {{ item.few|join(', ') }} {{ item.no|replace('A', 'B') }}", "1-2 1, 2, 3 B12345678"),
        ("{{ item.absent|default('–') }} {{ 1 if item.absent is defined else 2 }} {{ 'a' ~ 1 ~ item.no }}", "– 2 a1A12345678"),
        ("{{ item.l|sum }} {{ 2 * 3 + 4 }} {{ 'z' in item.no }} {{ (1, 2)|last }} {{ item.few == [1, 2, 3] }}", "44850 10 False 2 True"),
        ("{% filter upper %}abc{% endfilter %} {% set t %}x{{ 1 }}{% endset %}{{ t }}", "ABC x1"),
        ("{% macro line(a) %}<{{ a }}>{% endmacro %}{% for a in item.few %}{{ line(a) }}{% endfor %}", "<1><2><3>"),
    ],
)
def test_usual_text_is_filled_as_ever(text: str, filled: str) -> None:
    assert rendered(text) == filled


def test_loops_over_all_lines_of_a_large_order_are_fine() -> None:
    assert len(rendered("{% for a in item.many %}{{ a }} {% endfor %}")) == 48_890


def test_each_filling_has_rounds_of_its_own() -> None:
    template = TextTemplate(f"{LOOP}{{% for b in item.l %}}{END}{END}done")
    assert [template.render({"item": ITEM}) for _ in range(3)] == ["done"] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_problem_says_what_is_wrong_and_what_to_do(language: str) -> None:
    what, do = problem_sentences("template.too_costly", language)
    assert what != "template.too_costly"
    assert do
