"""What moves: snapshots of the running engine, for pages and programs that watch."""

from designer.live.feed import Snapshot, snapshot, snapshots
from designer.live.flow_feed import FlowCounts, FlowFeeds, NodeCounts
from designer.live.stream import router

__all__ = ["FlowCounts", "FlowFeeds", "NodeCounts", "Snapshot", "router", "snapshot", "snapshots"]
