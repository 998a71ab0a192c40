"""Look at what passes."""

from __future__ import annotations

from engine.sdk import Example, Item, Params, node


class Inspect(Params):
    """Nothing to set."""


@node(
    "flow.inspect",
    version=1,
    label="Inspect",
    taps=True,
    icon="eye",
    examples=(
        Example({}, [{"no": "A1"}], {"out": [{"no": "A1"}]}, title="Passes unchanged"),
        Example({}, [{"no": "A1"}, {"no": "A2"}], {"out": [{"no": "A1"}, {"no": "A2"}]}, title="All of them"),
    ),
)
def inspect(item: Item, params: Inspect) -> Item:
    """Lets everything pass unchanged, and shows it beside this node to whoever has the flow open: the last fifty, masked, kept nowhere."""
    del params
    return item
