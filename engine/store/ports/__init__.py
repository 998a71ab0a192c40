"""What the engine asks of its store. Twins in memory and on databases pass one behaviour suite.

Bodies are sealed by the store itself with one data key an event (rule R9): callers hand over and receive plain bytes.
The door to the store: its records and filters are to be had here too.
"""

from __future__ import annotations

from typing import Protocol

from engine.store.alarms import (
    FLOWS,
    OPEN_ALARMS,
    Alarm,
    AlarmFilter,
    AlarmMessage,
    Alarms,
    AlarmState,
    MessageKind,
    MinuteOfDelays,
    NewAlarm,
)
from engine.store.call_records import CallFilter, CallMade
from engine.store.cleansing import EVERY_MATCH, MatchFilter, NewMatch, RulesPart, RulesVersion, SkuMatch
from engine.store.consignments import Consignment, Consignments, Member
from engine.store.contracts import (
    OPEN_CHANGES,
    ChangeFilter,
    ChangeState,
    Contracts,
    FormChange,
    FormVersion,
    KeptContract,
    NewFormChange,
)
from engine.store.due import Due, DueKind, DueWork
from engine.store.filters import (
    EVERY_EVENT,
    EVERY_ORDER,
    OPEN_HOLDS,
    OPEN_INCIDENTS,
    OPEN_WAITS,
    EventFilter,
    HoldFilter,
    IncidentFilter,
    OrderFilter,
    RunFilter,
    WaitFilter,
)
from engine.store.options import StoreOptions
from engine.store.order_records import Hold, HoldEnd, HoldState, NewHold, OrderLine, OrderVersion
from engine.store.ports.audit import Audit
from engine.store.ports.call_log import CallLog
from engine.store.ports.campaigns import Campaigns
from engine.store.ports.child_runs import ChildRuns
from engine.store.ports.cleansing import Cleansing
from engine.store.ports.connections import Connections
from engine.store.ports.events import Events
from engine.store.ports.flows import Flows
from engine.store.ports.incidents import Incidents
from engine.store.ports.journal import Journal
from engine.store.ports.orders import Orders
from engine.store.ports.parcels import Parcels
from engine.store.ports.reconciliations import Reconciliations
from engine.store.ports.runs import Runs
from engine.store.ports.shares import Candidate, Shares
from engine.store.ports.shipments import Shipments
from engine.store.ports.sources import Sources
from engine.store.ports.stock import Stock
from engine.store.ports.traffic import TrafficStore
from engine.store.ports.waits import Waits
from engine.store.records import (
    OPEN_STATES,
    RESTING_STATES,
    Accepted,
    AuditRow,
    ChildRun,
    Event,
    Fact,
    FlowRecord,
    FlowVersion,
    HoldClosing,
    HubOrder,
    HubOutcome,
    Incident,
    IncidentState,
    NewCall,
    NewEvent,
    NewIncident,
    NewWait,
    Notice,
    Page,
    Recording,
    Run,
    RunEnd,
    RunState,
    Wait,
    WaitKind,
    WaitState,
)
from engine.store.retention import Retention
from engine.store.sheets import Sheet, Sheets
from engine.store.standing import StandingRuns
from engine.store.traffic import NewTraffic, Share, Traffic, TrafficOrder

__all__ = [
    "EVERY_EVENT",
    "EVERY_MATCH",
    "EVERY_ORDER",
    "FLOWS",
    "OPEN_ALARMS",
    "OPEN_CHANGES",
    "OPEN_HOLDS",
    "OPEN_INCIDENTS",
    "OPEN_STATES",
    "OPEN_WAITS",
    "RESTING_STATES",
    "Accepted",
    "Alarm",
    "AlarmFilter",
    "AlarmMessage",
    "AlarmState",
    "AuditRow",
    "CallFilter",
    "CallLog",
    "CallMade",
    "Candidate",
    "ChangeFilter",
    "ChangeState",
    "ChildRun",
    "Consignment",
    "Due",
    "DueKind",
    "Event",
    "EventFilter",
    "Fact",
    "FlowRecord",
    "FlowVersion",
    "FormChange",
    "FormVersion",
    "Hold",
    "HoldClosing",
    "HoldEnd",
    "HoldFilter",
    "HoldState",
    "HubOrder",
    "HubOutcome",
    "Incident",
    "IncidentFilter",
    "IncidentState",
    "Journal",
    "KeptContract",
    "MatchFilter",
    "Member",
    "MessageKind",
    "MinuteOfDelays",
    "NewAlarm",
    "NewCall",
    "NewEvent",
    "NewFormChange",
    "NewHold",
    "NewIncident",
    "NewMatch",
    "NewTraffic",
    "NewWait",
    "Notice",
    "OrderFilter",
    "OrderLine",
    "OrderVersion",
    "Page",
    "Recording",
    "RulesPart",
    "RulesVersion",
    "Run",
    "RunEnd",
    "RunFilter",
    "RunState",
    "Share",
    "Sheet",
    "SkuMatch",
    "Store",
    "StoreOptions",
    "Traffic",
    "TrafficOrder",
    "Wait",
    "WaitFilter",
    "WaitKind",
    "WaitState",
]


class Store(
    Events, Runs, Incidents, Waits, ChildRuns, Orders, Reconciliations, Consignments, Cleansing, Stock, Parcels, Shipments,
    Flows, Connections, Sources, Audit, StandingRuns, Retention, Alarms, Contracts, TrafficStore, Shares, Sheets,
    Campaigns, DueWork, Protocol
):  # fmt: skip
    """Everything else. Async; each write is durable on return and carries its actor."""

    journal: Journal
    call_log: CallLog

    @property
    def owner(self) -> int:
        """The slot that this process holds for now (see ``owners.py``)."""
        ...

    async def open(self) -> None: ...
    async def close(self) -> None: ...

    def signing_key(self) -> bytes:
        """A secret of this store, the same at each start, by which it knows the tokens that it gave."""
        ...

    async def change_mark(self) -> int:
        """A number that changes whenever anybody, in any process, publishes or changes a connection."""
        ...
