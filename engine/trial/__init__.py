"""Trying a document before it is published: in the sandbox, on samples, with nothing kept, performed or sent."""

from engine.trial.run import MOST_ARRIVALS, SECONDS, TrialRun, try_flow, try_tests
from engine.trial.samples import Offered, Sample, SampleKind, offered

__all__ = ["MOST_ARRIVALS", "SECONDS", "Offered", "Sample", "SampleKind", "TrialRun", "offered", "try_flow", "try_tests"]
