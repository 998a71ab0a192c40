"""JD writes region and street in one line: the street alone is what follows the region."""

from __future__ import annotations

from collections.abc import Sequence

_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")


def without_region(full: str | None, region: Sequence[str | None]) -> str | None:
    """``full`` less the parts of its region, outermost first, which may be shorter there than here: 北京 for 北京市.

    A word for the kind of a region is cut only where the next part follows it: 河北 does not make 市场路 out of 河北市场路.
    """
    if full is None:
        return None
    rest = full.strip()
    parts = [part for part in region if part]
    for index, part in enumerate(parts):
        if not rest.startswith(part):
            continue
        rest = rest.removeprefix(part).lstrip()
        inner = parts[index + 1 :]
        rest = next((rest.removeprefix(one) for one in _SUFFIXES if _leads_on(rest, one, inner)), rest)
    return rest or full


def _leads_on(rest: str, suffix: str, inner: Sequence[str]) -> bool:
    return rest.startswith(suffix) and any(rest.removeprefix(suffix).startswith(part) for part in inner)
