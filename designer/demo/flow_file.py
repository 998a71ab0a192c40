"""The one place that finds the flow of the demonstration: packaged, or in the repository."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from engine.errors import NotFound, Problem

NAME = "order_hub"


def flow_file() -> bytes:
    """The document of the order hub. Raises ``NotFound`` with ``demo.no_flow`` where the installation brings none."""
    packaged = files("designer").joinpath("flows", f"{NAME}.json")
    if packaged.is_file():
        return packaged.read_bytes()
    in_repository = Path(__file__).parents[2] / "flows" / f"{NAME}.json"
    if in_repository.is_file():
        return in_repository.read_bytes()
    raise NotFound(Problem("demo.no_flow", fields={"file": f"{NAME}.json"}))
