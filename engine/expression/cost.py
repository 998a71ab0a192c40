"""What an evaluation may cost: steps that are counted down while it runs, and the size of what it builds.

The steps left are the one element of a list, made anew for each evaluation: no thread sees another's, and the same
data always end at the same step. A loop pays for all its elements before the first and gets back what it leaves out.
Work that grows with a text or list (``+``, ``==``, ``in``, ``matches`` …) pays for that size. Expressions without a
loop that are not long do not count: what they can do is bounded by their text.
"""

from __future__ import annotations

from operator import length_hint
from typing import Any, Final, NoReturn

from engine.expression.errors import TooCostly
from engine.expression.tree import Comprehension, Node, parts

Budget = list[int]
MOST_STEPS: Final = 100_000
MOST_CHARACTERS: Final = 1024 * 1024
MOST_ELEMENTS: Final = 100_000
TIMES_IN_RESULT: Final = 10
"""A whole result, with everything inside it, may be so many times as large as a text or list that is joined."""
SIZED: Final = frozenset({str, bytes, list, dict})
_CHARACTERS_A_STEP: Final = 100
_ELEMENTS_A_STEP: Final = 10
_FOR_A_STEP: Final[dict[type, int]] = {str: _CHARACTERS_A_STEP, bytes: _CHARACTERS_A_STEP, list: _ELEMENTS_A_STEP}
_OPERATIONS_A_STEP: Final = 10
_UNCOUNTED: Final = 100
_PATTERN: Final = 250

left_out = length_hint
"""How many elements an iterator still has."""


def is_counted(node: Node) -> bool:
    """Whether the steps of an expression are counted."""
    return _has_loop(node) or _operations(node) > _UNCOUNTED


def steps_each(node: Comprehension) -> int:
    """How many steps an element of a loop takes: one for each ten operations on it, those of inner loops not counted."""
    operations = sum(_operations(part) for part in (node.condition, node.result) if part is not None)
    return max(1, -(-operations // _OPERATIONS_A_STEP))


def too_costly() -> NoReturn:
    raise TooCostly(MOST_STEPS)


def pay(budget: Budget, steps: int) -> None:
    """Raises ``TooCostly`` where no more are left."""
    budget[0] -= steps
    if budget[0] < 0:
        too_costly()


def joined(budget: Budget, made: Any) -> Any:
    """What ``+`` made: text and lists cost a step, and more by their length."""
    for_a_step = _FOR_A_STEP.get(type(made))  # pyright: ignore[reportUnknownArgumentType]
    if for_a_step:
        pay(budget, 1 + len(made) // for_a_step)
    return made


def weigh(budget: Budget, value: Any) -> None:
    """Pay for work on a text, or on a list or map with everything inside it."""
    if type(value) is str or type(value) is bytes:
        if len(value) >= _CHARACTERS_A_STEP:
            pay(budget, len(value) // _CHARACTERS_A_STEP)
        return
    elements, characters = _contents(value, budget[0] * _ELEMENTS_A_STEP, budget[0] * _CHARACTERS_A_STEP)
    pay(budget, elements // _ELEMENTS_A_STEP + characters // _CHARACTERS_A_STEP)


def weigh_pattern(budget: Budget, pattern: Any) -> None:
    """Pay for a pattern that has to be read while the expression runs."""
    pay(budget, _PATTERN + (len(pattern) if type(pattern) is str else 0))


def whole(value: Any) -> None:
    """Raises ``TooCostly`` for a list or map that is too large, everything inside it counted as often as it occurs."""
    if type(value) is list or type(value) is dict:
        _contents(value, TIMES_IN_RESULT * MOST_ELEMENTS, TIMES_IN_RESULT * MOST_CHARACTERS)


def _contents(value: Any, most_elements: int, most_characters: int) -> tuple[int, int]:
    """Elements and characters. Stops beyond what is allowed, so that data which contain themselves end too."""
    elements, characters = -1, 0
    todo: list[Any] = [[value]]
    while todo:
        inside = todo.pop()
        elements += len(inside)
        for child in inside:
            if type(child) is str or type(child) is bytes:
                characters += len(child)
            elif type(child) is list:
                todo.append(child)
            elif type(child) is dict:
                todo.append(child.values())
        if elements > most_elements or characters > most_characters:
            too_costly()
    return elements, characters


def _has_loop(node: Node) -> bool:
    return isinstance(node, Comprehension) or any(_has_loop(part) for part in parts(node))


def _operations(node: Node) -> int:
    inner = (node.source,) if isinstance(node, Comprehension) else parts(node)
    return 1 + sum(_operations(part) for part in inner)
