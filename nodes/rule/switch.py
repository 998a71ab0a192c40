"""Switch."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from engine.sdk import Condition, Example, Item, Params, Scope, Sent, node

MAX_CASES = 8
OTHERWISE = "otherwise"


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    when: Condition = Field(title="Condition", description="The case holds where this expression is true.")
    title: str = Field(default="", max_length=80, title="Name", description="What people call this case.")


class Switch(Params):
    cases: tuple[Case, ...] = Field(
        min_length=1,
        max_length=MAX_CASES,
        title="Cases",
        description="Tried in order; the first that holds decides: the first case leads to case_1, the second to case_2.",
    )


@node(
    "rule.switch",
    version=1,
    label="Switch",
    reads=("params.cases",),
    outputs=(*(f"case_{number}" for number in range(1, MAX_CASES + 1)), OTHERWISE),
    scope=True,
    icon="split",
    examples=(
        Example(
            {
                "cases": [
                    {"when": 'item.country == "CN"', "title": "China"},
                    {"when": 'item.country in ["US", "CA"]', "title": "North America"},
                ]
            },
            [{"country": "US"}, {"country": "CN"}, {"country": "FR"}],
            {"case_1": [{"country": "CN"}], "case_2": [{"country": "US"}], "otherwise": [{"country": "FR"}]},
            title="By country",
        ),
        Example(
            {"cases": [{"when": "item.qty > 0"}, {"when": "item.qty > 10"}]},
            [{"qty": 20}],
            {"case_1": [{"qty": 20}]},
            title="The first that holds decides",
        ),
    ),
)
def switch(item: Item, params: Switch, scope: Scope) -> Sent:
    """Sends each item to the port of the first case that holds, or to `otherwise` if none does."""
    for number, case in enumerate(params.cases, 1):
        if case.when(item, scope):
            return f"case_{number}", item
    return OTHERWISE, item
