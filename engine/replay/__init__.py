"""Replay: the events of a time span, or a recording, through another version, a draft or a file: what would become of them otherwise."""

from engine.replay.again import Rerun, rerun
from engine.replay.groups import ChangeGroup, Failure, Summary
from engine.replay.kept import KeptReplay, Replays
from engine.replay.played import played_of
from engine.replay.recorder import Recorder
from engine.replay.target import DRAFT, Against, calls_against, target_of
from engine.replay.work import AT_WORK, MOST, USUAL, Counts, OrderChanges, Replay, Span

__all__ = [
    "AT_WORK",
    "DRAFT",
    "MOST",
    "USUAL",
    "Against",
    "ChangeGroup",
    "Counts",
    "Failure",
    "KeptReplay",
    "OrderChanges",
    "Recorder",
    "Replay",
    "Replays",
    "Rerun",
    "Span",
    "Summary",
    "calls_against",
    "played_of",
    "rerun",
    "target_of",
]  # fmt: skip
