"""JSON Merge Patch (RFC 7396): the parts of a value that shall be otherwise."""

from __future__ import annotations

from typing import Any, cast


def merged(value: Any, patch: Any) -> Any:
    """A copy with the patch applied; ``null`` in a patch takes a member away. What is not an object is replaced whole."""
    if not isinstance(patch, dict):
        return patch
    found: dict[str, Any] = dict(cast("dict[str, Any]", value)) if isinstance(value, dict) else {}
    for name, part in cast("dict[str, Any]", patch).items():
        if part is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), part)
    return found
