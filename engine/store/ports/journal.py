"""What is asked on the hot path: everything that a run writes."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Sequence
from typing import Protocol

from engine.store.consignments import Consignment
from engine.store.records import Accepted, Fact, HubOrder, HubOutcome, NewEvent, RunEnd


class Journal(Protocol):
    """The hot path: everything is gathered into few transactions. Each future resolves once its write is durable.

    A run belongs to the process that accepted it, until another adopts it or a person decides on it elsewhere. Whoever writes for
    a run that is no longer theirs writes nothing and gets ``LostOwner`` (``run.lost_owner``).
    """

    def put_event(self, event: NewEvent) -> Future[Accepted]:
        """Keep an event and open its run (state ``queued``)."""
        ...

    def put_fact(self, fact: Fact, end: RunEnd | None = None, *, decision: bool = False, sent: Sequence[Consignment] = ()) -> Future[None]:
        """Add a fact; with ``end``, set the run's state, and with ``sent`` keep what targets took, in the same transaction.

        ``decision``: a person's, which any process may write; with ``end`` it takes the run over.
        Incidents of ``end`` that are not open yet are opened; those that are open and not among them are closed.
        """
        ...

    def end_run(self, event_id: int, end: RunEnd, *, decision: bool = False) -> Future[None]:
        """Set a run's state without a new fact."""
        ...

    def put_order(self, order: HubOrder, fact: Fact) -> Future[HubOutcome]:
        """Keep an order and, in the same transaction, the fact that says so.

        ``fact.body`` is a JSON object that contains the outcome placeholder ``"@outcome"``, which the store replaces by the outcome.
        ``stale``: a newer version is held; ``unchanged``: the same version and content is held; neither changes the order, but both
        are kept as versions that came.
        """
        ...

    def backlog(self) -> int:
        """How many writes wait."""
        ...

    def unheard(self) -> int:
        """Events with ids up to this one may be kept although their senders were told that it is not known (``store.unavailable``).

        0 where that has never been so; each time it happens it is another one.
        """
        ...
