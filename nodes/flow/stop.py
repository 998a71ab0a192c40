"""End the run."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from engine.sdk import Example, Item, Params, Problem, Stop, node


class StopRun(Params):
    state: Literal["done", "failed"] = Field(
        default="done",
        title="The run is then",
        description="done: as if nothing had been left; failed: with a reason.",
        json_schema_extra={"enumTitles": {"done": "done", "failed": "failed"}},
    )
    reason: str = Field(
        default="",
        max_length=200,
        title="Reason",
        description="Shown with the run. Needed where it fails. No personal data: it is the same for all.",
    )

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.state == "failed" and not self.reason.strip():
            raise PydanticCustomError("orderloom", "{what}", {"what": "it does not say why", "problem": Problem("stop.no_reason")})
        return self


@node(
    "flow.stop",
    version=1,
    label="End the run",
    outputs=(),
    stops=True,
    icon="circle-stop",
    examples=(
        Example({"reason": "Handled by the shop itself"}, [{"no": "A1"}], {}, title="Nothing more to do"),
        Example({"state": "failed", "reason": "No warehouse has this"}, [{"no": "A1"}], {}, title="The run has failed"),
    ),
)
def stop(item: Item, params: StopRun) -> Stop:
    """Ends the run as soon as an item comes here: no other node begins its work any more, in this branch or another.

    Calls under way are awaited and recorded. What failed before is decided on first; what waited, waits no longer.
    """
    del item
    return Stop(params.state, params.reason)
