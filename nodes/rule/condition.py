"""Condition."""

from __future__ import annotations

from pydantic import Field

from engine.sdk import Condition, Example, Item, Params, Scope, Sent, node


class ConditionParams(Params):
    when: Condition = Field(
        title="Condition", description='An expression that is true or false, such as money(item.amount.paid) >= money("500").'
    )


@node(
    "rule.condition",
    version=1,
    label="Condition",
    reads=("params.when",),
    outputs=("yes", "no"),
    scope=True,
    icon="git-branch",
    examples=(
        Example(
            {"when": 'money(item.paid) >= money("500")'},
            [{"paid": "800.00"}, {"paid": "80.00"}],
            {"yes": [{"paid": "800.00"}], "no": [{"paid": "80.00"}]},
            title="Large orders",
        ),
        Example(
            {"when": 'has(item.note) && item.note.contains("加急")'},
            [{"note": "请加急"}, {}],
            {"yes": [{"note": "请加急"}], "no": [{}]},
            title="A word in a note that may be absent",
        ),
        Example({"when": "item.qty"}, [{"qty": 1}], problem="expression.not_boolean", title="A number is no answer"),
    ),
)
def condition(item: Item, params: ConditionParams, scope: Scope) -> Sent:
    """Sends each item to `yes` where the condition is true and to `no` where it is false."""
    return ("yes" if params.when(item, scope) else "no"), item
