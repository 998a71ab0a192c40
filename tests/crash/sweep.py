"""Plays the story once for each point at which it may be cut off: ``sweep.py FOLDER [--seed N] [--most N] [--point NAME…] [--fault NAME]``.

It forks from a process that has loaded and compiled everything, so that a life costs little.
Prints one JSON line for each point with what was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.store.open import open_store
from engine.store.ports import StoreOptions
from tests.crash import faults
from tests.crash.judge import judge
from tests.crash.points import Points
from tests.crash.story import Story, rehearse

LONGEST = 120
"""Seconds that a life may take on a machine that is busy with other things."""
FRESH = "fresh"


def main(folder: Path, seed: int, most: int, points: list[str], fault: str | None) -> None:
    rehearse()
    if fault is not None:
        faults.FAULTS[fault](setattr)
    _wait(_fork(lambda: _first_start(folder / FRESH)))
    names = _names(folder)
    todo = points or list(_chosen(names, seed, most))
    sys.stdout.write(_line({"point": "none", "found": _look(folder / "whole"), "names": len(names), "tried": len(todo)}))
    under_way: dict[int, str] = {}
    while todo or under_way:
        while todo and len(under_way) < 2:
            point = todo.pop(0)
            under_way[_fork(lambda it=point: _try(folder, it))] = point
        sys.stdout.flush()
        child, _ = os.wait()
        point = under_way.pop(child)
        place = _place(folder, point)
        verdict = json.loads((place / "verdict").read_text()) if (place / "verdict").exists() else ["no verdict: the judge fell too"]
        sys.stdout.write(_line({"point": point, "found": verdict}))
        shutil.rmtree(place, ignore_errors=True)


def _line(told: Mapping[str, Any]) -> str:
    return json.dumps(told) + "\n"


def _names(folder: Path) -> list[str]:
    """All points, as a life that is not cut off passes them."""
    place = folder / "whole"
    _wait(_fork(lambda: _live(place, None)))
    return [line["name"] for line in Story(place, Points()).notes.read("passed")]


def _chosen(names: list[str], seed: int, most: int) -> Iterator[str]:
    """The first and the last point of each kind, and of the others as many as there is time for."""
    by_kind: dict[str, list[str]] = {}
    for name in names:
        by_kind.setdefault(name.partition("#")[0], []).append(name)
    always = list(dict.fromkeys(name for found in by_kind.values() for name in (found[0], found[-1])))
    others = [name for name in names if name not in always]
    random.Random(seed).shuffle(others)
    yield from always
    yield from others[: max(most - len(always), 0)]


def _try(folder: Path, point: str) -> None:
    """One life up to the point, another one from there on; then the judge."""
    place = _place(folder, point)
    first = _wait(_fork(lambda: _live(place, point)))
    second = _wait(_fork(lambda: _live(place, None)))
    found = [] if first in (0, -signal.SIGKILL) else [f"the life that was to be cut off ended with {first}: {_said(place)}"]
    found += [] if second == 0 else [f"the life after it ended with {second}: {_said(place)}"]
    found += _look(place)
    (place / "verdict").write_text(json.dumps(found))


def _first_start(data: Path) -> None:
    """Tables are made once, not at the beginning of each life."""

    async def first_start() -> None:
        store = open_store(StoreOptions(str(data)))
        await store.open()
        await store.close()

    asyncio.run(first_start())


def _live(place: Path, point: str | None) -> None:
    if not place.exists():
        shutil.copytree(place.with_name(FRESH), place / "data")
    signal.alarm(LONGEST)
    points = Points(point)
    points.put_in()
    story = Story(place, points)
    try:
        asyncio.run(story.play())
    except BaseException:
        (place / "said").write_text(traceback.format_exc()[-1500:])
        raise
    for name in points.passed:
        story.notes.add("passed", {"name": name})


def _look(place: Path) -> list[str]:
    return asyncio.run(judge(place))


def _place(folder: Path, point: str) -> Path:
    return folder / point.replace(" ", "-").replace(":", "-").replace("#", "-")


def _said(place: Path) -> str:
    return (place / "said").read_text() if (place / "said").exists() else "nothing"


def _fork(run: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        run()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, this child ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--point", action="append", default=[])
    parser.add_argument("--fault", choices=sorted(faults.FAULTS))
    given = parser.parse_args()
    main(given.folder, given.seed, given.most, given.point, given.fault)
