"""Why a template is not filled is said in words of both languages, with the field that is missing and nothing of an item."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue import explain
from engine.errors import NodeError
from engine.node.templates import TextTemplate


def told(text: str, item: dict[str, Any]) -> list[str]:
    with pytest.raises(NodeError) as caught:
        TextTemplate(text).render({"item": item})
    return [explain(caught.value.problem, language)["what"] for language in ("en", "zh")]


@pytest.mark.parametrize(
    ("text", "item", "english", "chinese"),
    [
        ("{{ item.note }}", {}, 'the field "note" is not there', "缺少字段“note”"),
        ("{{ item.receiver.city }}", {"receiver": None}, 'the field "city" is not there', "缺少字段“city”"),
        ("{{ nothing }}", {}, 'the field "nothing" is not there', "缺少字段“nothing”"),
        ("{{ item[item.which] }}", {"which": "x13800138000"}, "a field that it reads is not there", "缺少它引用的字段"),
        (
            "{{ item.a + 1 }}", {"a": "13800138000"},
            "a value is of another kind than what is done with it needs", "有值的类型不符合所做的运算",
        ),
        ("{{ 1 // item.a }}", {"a": 0}, "it divides by zero", "除以零"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_filled(text: str, item: dict[str, Any], english: str, chinese: str) -> None:
    assert told(text, item) == [f"The template cannot be filled ({english}).", f"模板无法填充（{chinese}）。"]
