"""The waitlist from the house's side: what becomes free stirs the line, and is offered in its order."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import EARLIEST, LATEST, Period
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.waitlist import MOST_IN_ONE_LINE, booked_from, candidate, request_of

BATCH = 200


@attrs.frozen
class StirWaitlist:
    """Whoever waits for what overlaps something that became free is looked at again.

    A handler: it marks them in one transaction with having handled the event, and offers nothing itself.
    """

    name: ClassVar[str] = "stir the waitlist"
    events: ClassVar[frozenset[str]] = frozenset(
        {
            "ReservationCancelled",
            "ReservationDeclined",
            "ReservationExpired",
            "ReservationMoved",
            "ReservationCompleted",
            "GuestDidNotShow",
            "StayShortened",
            "HoldReleased",
            "HoldExpired",
            "ResourceReopened",
            "CatalogChanged",
        }
    )

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Stir those who wait for the times of the event, or everybody where the catalog changed."""
        tx.waitlist.stir(_span(tx.catalogs.load(), event.data))


@attrs.frozen
class _Found:
    """What can be had now, and the id of the hold that it becomes."""

    claim: ClaimId
    service: Service
    request: Request
    offer: Offer


@attrs.frozen(kw_only=True)
class TendWaitlist:
    """Makes offers in the order of the line, ends those that were not answered, and what has become pointless.

    One entry a transaction, the earliest first; an offer and its hold are written together. Two workers take turns.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    tokens: TokenSource
    reader: Reader
    rules: RuleBook

    def __call__(self, tenant: TenantId) -> int:
        """How many entries were dealt with, at most 200; a lost race is a Conflict, and the order is kept."""
        at = self.clock.now()
        for done in range(BATCH):
            with self.begin(tenant) as tx:
                tx.one_at_a_time("waitlist")
                due = tx.waitlist.due(at, 1)
                if not due:
                    return done
                self._tend(tx, due[0], at)
        return BATCH

    def _tend(self, tx: Transaction, entry: WaitlistEntry, at: datetime) -> None:
        if entry.has_lapsed(at):
            _end_offer(tx, entry, at)
        elif entry.is_pointless(at):
            tx.waitlist.save(entry.expire(at))
        else:
            self._look(tx, entry, at)

    def _look(self, tx: Transaction, entry: WaitlistEntry, at: datetime) -> None:
        """Offer what can be had to the first in line who can have it: not all of them may have been stirred yet."""
        mine = self._found(tx, entry, at)
        if mine is None:
            tx.waitlist.save(entry.was_looked_at())
            return
        for earlier in _before(tx, entry, at):
            theirs = self._found(tx, earlier, at)
            if theirs is not None:
                self._offer(tx, earlier, theirs, at)
                return
        self._offer(tx, entry, mine, at)

    def _found(self, tx: Transaction, entry: WaitlistEntry, at: datetime) -> _Found | None:
        """What can be had for an entry; None where nothing can."""
        catalog = tx.catalogs.load()
        service = catalog.services.get(entry.service)
        if service is None:
            return None
        try:
            view = self.reader.around(tx, catalog, service, entry.period, at, request=request_of(entry))
            request = candidate(view.snapshot, entry, at, self.rules)
        except InvalidInput:
            # The service has another length by now, or others perform it: that is not what it sells any more.
            return None
        if request is None:
            return None
        view = self.reader.for_request(tx, catalog, service, request, at)
        free_lapsed(tx, view.lapsed, at)
        claim = ClaimId(self.ids.new())
        answer = evaluate(request, view.snapshot, at, self.rules, turn=claim.int)
        return None if isinstance(answer, Refusal) else _Found(claim, service, request, answer)

    def _offer(self, tx: Transaction, entry: WaitlistEntry, found: _Found, at: datetime) -> None:
        request = found.request
        placed = Hold.place(
            id=found.claim,
            session=self.tokens.new(),
            service=found.service.id,
            period=request.period,
            stay=request.stay,
            quantity=request.quantity,
            assigned=found.offer.assigned,
            allocations=found.offer.allocations,
            at=at,
            ttl=min(found.service.policy.offer_ttl, request.period.start - at),
        )
        tx.holds.save(placed)
        tx.waitlist.save(entry.make_offer(placed.state, at))


def _before(tx: Transaction, entry: WaitlistEntry, at: datetime) -> Iterator[WaitlistEntry]:
    """Who waits before an entry for what overlaps it."""
    for each in tx.waitlist.in_line(entry.period, MOST_IN_ONE_LINE):
        if each.id == entry.id:
            return
        if each.state is EntryState.WAITING and not each.is_pointless(at):
            yield each


def _end_offer(tx: Transaction, entry: WaitlistEntry, at: datetime) -> None:
    """The offer's time is over: it was booked, and a crash kept that from being noted, or the next one has a chance."""
    assert entry.offer is not None
    hold = tx.holds.find(entry.offer.hold)
    if hold is None and booked_from(tx, entry.offer.hold):
        tx.waitlist.save(entry.book(at))
        return
    if hold is not None:
        tx.holds.save(hold.release(at, has_lapsed=True))
    tx.waitlist.save(entry.lapse(at))
    tx.waitlist.stir(entry.offer.period)


def _span(catalog: Catalog, data: Mapping[str, Any]) -> Period:
    """The times of an event, and what buffers reach beyond them."""
    start, end = data.get("from_start", data.get("start")), data.get("from_end", data.get("end"))
    if start is None or end is None:
        return Period(EARLIEST, LATEST)
    buffers = (each.buffer_before + each.buffer_after for each in catalog.services.values())
    reach = 2 * max(buffers, default=timedelta(0))
    return Period(datetime.fromisoformat(start), datetime.fromisoformat(end)).widened(reach, reach)
