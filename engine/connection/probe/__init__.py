"""Probes: what really tells whether a connection works, step by step, without changing anything on the other side."""

from engine.connection.probe.prober import Prober
from engine.connection.probe.report import ProbeReport, ProbeStep

__all__ = ["ProbeReport", "ProbeStep", "Prober"]
