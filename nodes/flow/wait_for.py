"""Wait for a span of time, or for a signal from outside."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import Context, Duration, Example, Item, NodeError, Params, PlainPath, Problem, Sent, Wait, effect_node
from nodes.transform.writing import put_at


class WaitFor(Params):
    duration: Duration | None = Field(
        default=None, title="At most", description="Such as 30m, 2h or 3d, from when the item comes here. Empty: for as long as it takes."
    )
    signal: bool = Field(
        default=False,
        title="Wait for a signal",
        description="The item goes on when somebody calls its one-time address, which the run shows; without one it just waits.",
    )
    into: PlainPath | None = Field(
        default=None,
        title="Signal field",
        description="The field that gets what the signal brings; a signal without a body is refused then. Empty: it is not kept.",
    )

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.duration is None and not self.signal:
            raise PydanticCustomError("orderloom", "{what}", {"what": "it would wait for ever", "problem": Problem("wait.nothing")})
        return self


@effect_node(
    "flow.wait_for",
    version=1,
    label="Wait for",
    outputs=("out", "signal"),
    writes=("params.into",),
    waits=True,
    icon="hourglass",
    examples=(
        Example(
            {"duration": "2h"},
            [{"no": "A1"}],
            {"out": [{"no": "A1"}]},
            requests=({"wait": "timer", "seconds": 7200.0},),
            title="Two hours",
        ),
        Example(
            {"duration": "3d", "signal": True, "into": "proof"},
            [{"no": "A1"}],
            {"signal": [{"no": "A1", "proof": {"paid": True}}]},
            answers=({"how": "signal", "body": {"paid": True}},),
            title="A signal with something to say",
        ),
        Example(
            {"duration": "3d", "signal": True},
            [{"no": "A1"}],
            {"out": [{"no": "A1"}]},
            answers=({"how": "due"},),
            title="The signal does not come",
        ),
    ),
)
async def wait_for(item: Item, params: WaitFor, context: Context) -> Sent:
    """Lets each item rest. When the time is over it leaves by `out`; when its signal comes before, by `signal`."""
    seconds = None if params.duration is None else params.duration.total_seconds()
    woken = await context.wait(Wait("signal" if params.signal else "timer", seconds=seconds, body_for=params.into or ""))
    if woken.how != "signal":
        return "out", item
    if params.into is None:
        return "signal", item
    if woken.body is None:
        raise NodeError("wait.no_body", path=params.into)
    return "signal", put_at(item, params.into, woken.body)
