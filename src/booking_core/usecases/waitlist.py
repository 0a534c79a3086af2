"""The waitlist from the customer's side: join the line, look, leave it, accept what is offered."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hmac import compare_digest

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Request, Snapshot
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.slots import find_slots
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId, WaitlistEntryId
from booking_core.domain.kernel.period import Period, instant
from booking_core.domain.notices.link import Purpose, token_hash
from booking_core.domain.reservations.hold import HoldExpired
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import LONGEST_WINDOW, WaitlistEntry
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.storage import MOST_OF_A_PAGE, Transaction, UnitOfWork
from booking_core.usecases.book import BookCommand
from booking_core.usecases.reading import Reader
from booking_core.usecases.wanted import Wanted

MOST_IN_LINE = 10
"""What one customer may wait for at once."""
MOST_IN_ONE_LINE = 200
"""How many may wait for the same service at the same time: nobody behind them would ever be served."""


class NothingToWaitFor(BookingError):
    """What is wanted can be booked now."""

    code = "NOTHING_TO_WAIT_FOR"
    retry_action = "BOOK"


class AlreadyWaiting(BookingError):
    """The customer waits for this already, or for as much as one customer may."""

    code = "ALREADY_WAITING"


class LineFull(BookingError):
    """As many wait for this as may."""

    code = "WAITLIST_FULL"
    retry_action = "CHOOSE_ANOTHER_TIME"


class OfferLapsed(BookingError):
    """There is no offer any more: it was not answered in time, or declined."""

    code = "OFFER_LAPSED"
    retry_action = "CHOOSE_AGAIN"


@attrs.frozen(kw_only=True)
class JoinCommand:
    """Wait for what is wanted; with `latest`, for any slot that starts from `wanted.start` to then."""

    tenant: TenantId
    wanted: Wanted
    customer: Customer
    latest: datetime | None = None
    actor: Actor = SYSTEM


@attrs.frozen
class Joined:
    """The place in the line, and the token with which its owner comes back; only its hash is kept."""

    entry: WaitlistEntry
    token: str


@attrs.frozen(kw_only=True)
class EntryReference:
    """One place in the line, named by whoever has its token; staff need none."""

    tenant: TenantId
    entry: WaitlistEntryId
    token: str = attrs.field(default="", repr=False)
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class WaitlistQuery:
    """Who waits for what overlaps a span."""

    tenant: TenantId
    span: Period
    limit: int = 100

    def __attrs_post_init__(self) -> None:
        """Refuse listings of nothing, and of everything."""
        if not 1 <= self.limit <= MOST_OF_A_PAGE:
            raise InvalidInput("limit", f"must be 1…{MOST_OF_A_PAGE}", self.limit)


@attrs.frozen(kw_only=True)
class JoinWaitlist:
    """Joins the end of the line. Only what could be had if nobody else had it can be waited for."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    tokens: TokenSource
    reader: Reader
    rules: RuleBook

    def __call__(self, command: JoinCommand) -> Joined:
        """The place in the line.

        Raises NothingToWaitFor, NotBookable, AlreadyWaiting, LineFull, InvalidInput, NotFound.
        """
        customer = command.customer
        if not (customer.email.strip() or customer.phone.strip()):
            raise InvalidInput(
                "customer", "needs a mail address or a telephone number, to be told of an offer"
            )
        at, token = self.clock.now(), self.tokens.new()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time(f"waitlist of {customer.key}")
            catalog = tx.catalogs.load()
            service = catalog.service(command.wanted.service)
            tx.one_at_a_time(f"waitlist for {service.id}")
            request = command.wanted.asked_by(command.actor).request(catalog, service)
            if request.waived:
                raise InvalidInput("waived", "cannot be waited for")
            window = _window(service, request, command.latest)
            entry = WaitlistEntry(
                id=WaitlistEntryId(self.ids.new()),
                service=service.id,
                period=window or request.period,
                is_window=window is not None,
                stay=request.stay,
                quantity=request.quantity,
                party=request.party,
                chosen=tuple(sorted(request.chosen.items())),
                customer=customer,
                token_hash=token_hash(token),
                joined_at=at,
            )
            self._check(tx, catalog, service, entry, at)
            change = entry.join()
            tx.waitlist.save(change)
            return Joined(change.state, token)

    def _check(
        self, tx: Transaction, catalog: Catalog, service: Service, entry: WaitlistEntry, at: datetime
    ) -> None:
        """Refuse what need not be waited for, what would be waited for in vain, doing so twice, and endless lines."""
        request = request_of(entry)
        view = self.reader.around(tx, catalog, service, entry.period, at, request=request)
        if candidate(view.snapshot, entry, at, self.rules) is not None:
            raise NothingToWaitFor("this is free: book it")
        if candidate(_emptied(view.snapshot), entry, at, self.rules) is None:
            answer = evaluate(_first(service, request), _emptied(view.snapshot), at, self.rules)
            assert isinstance(answer, Refusal), "what can start at once would have been found in the window"
            raise answer.error()
        known = tx.waitlist.in_line_of(entry.customer.key)
        if len(known) >= MOST_IN_LINE:
            raise AlreadyWaiting(f"one can wait for {MOST_IN_LINE} things at once", most=MOST_IN_LINE)
        if any(each.service == entry.service and each.period.overlaps(entry.period) for each in known):
            raise AlreadyWaiting("you are waiting for this already")
        if len(tx.waitlist.in_line(entry.period, MOST_IN_ONE_LINE, entry.service)) == MOST_IN_ONE_LINE:
            raise LineFull(f"{MOST_IN_ONE_LINE} people wait for this already", most=MOST_IN_ONE_LINE)


@attrs.frozen(kw_only=True)
class ShowWaitlistEntry:
    """What became of a place in the line."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: EntryReference) -> WaitlistEntry:
        """The entry; raises NotFound, also for a wrong token."""
        with self.begin.reading(query.tenant) as tx:
            return opened(tx, query, self.clock.now())


@attrs.frozen(kw_only=True)
class ListWaitlist:
    """The line, for staff."""

    begin: UnitOfWork

    def __call__(self, query: WaitlistQuery) -> Sequence[WaitlistEntry]:
        """Those who wait for or are offered what overlaps the span, in their order."""
        with self.begin.reading(query.tenant) as tx:
            return tx.waitlist.in_line(query.span, query.limit)


@attrs.frozen(kw_only=True)
class LeaveWaitlist:
    """Leave the line; an offer is declined, and its places are free for the next one at once."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: EntryReference) -> WaitlistEntry:
        """The entry that has left.

        Raises NotFound, and InvalidTransition where it does not wait any more, or has accepted its offer.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            entry = opened(tx, command, at)
            left = entry.leave(at, by_house=not command.actor.is_guest)
            if entry.offer is not None:
                if booked_from(tx, entry.offer.hold) is not None:
                    raise InvalidTransition("the offer was accepted: cancel the booking instead")
                hold = tx.holds.find(entry.offer.hold)
                if hold is not None:
                    tx.holds.save(hold.release(at, has_lapsed=hold.has_lapsed(at)))
                tx.waitlist.stir(entry.offer.period)
            tx.waitlist.save(left)
            return left.state


@attrs.frozen(kw_only=True)
class AcceptOffer:
    """Book what is offered. The hold becomes the reservation, with its id; accepting twice gives the same one.

    The booking is a use case of its own, with a transaction of its own: what pays for a booking pays for this one. A
    crash between it and the note in the line is mended by accepting again, or by `TendWaitlist`.
    """

    begin: UnitOfWork
    clock: Clock
    book: Callable[[BookCommand], Reservation]

    def __call__(self, command: EntryReference) -> Reservation:
        """The reservation; raises OfferLapsed, NotFound, and what booking raises."""
        with self.begin.reading(command.tenant) as tx:
            entry = opened(tx, command, self.clock.now())
            if entry.offer is None:
                raise OfferLapsed("nothing is offered")
            booked = booked_from(tx, entry.offer.hold)
            if booked is None and (not entry.is_in_line or entry.has_lapsed(self.clock.now())):
                raise OfferLapsed("the offer has ended", until=entry.offer.until)
            wanted = None if booked else _wanted(tx.catalogs.load(), entry, entry.offer.period)
        if wanted is not None:
            booked = self._book(command, entry, wanted)
        assert booked is not None, "what is not booked yet is wanted"
        with self.begin(command.tenant, command.actor) as tx:
            current = tx.waitlist.get(entry.id)
            if current.is_in_line:
                tx.waitlist.save(current.book(self.clock.now()))
        return booked

    def _book(self, command: EntryReference, entry: WaitlistEntry, wanted: Wanted) -> Reservation:
        assert entry.offer is not None
        offer = entry.offer
        booking = BookCommand(
            tenant=command.tenant,
            wanted=wanted,
            customer=entry.customer,
            session=offer.session,
            hold=offer.hold,
            actor=command.actor,
        )
        try:
            return self.book(booking)
        except HoldExpired as expired:
            with self.begin.reading(command.tenant) as tx:
                booked = booked_from(tx, offer.hold)  # accepted twice at one moment
            if booked is None:
                raise OfferLapsed("the offer has ended", until=offer.until) from expired
            return booked


def opened(tx: Transaction, reference: EntryReference, at: datetime) -> WaitlistEntry:
    """The entry, for those who may see it: a wrong token is answered as if there were no such entry.

    The token is the one that joining gave, or that of a link which is good for answering its offer.
    """
    entry, given = tx.waitlist.get(reference.entry), token_hash(reference.token)
    if not reference.actor.is_guest or compare_digest(entry.token_hash, given):
        return entry
    link = tx.links.find(given)
    if link is None or link.about.entry != entry.id or not link.is_good(Purpose.OFFER, at):
        raise NotFound("waitlist entry", reference.entry)
    return entry


def booked_from(tx: Transaction, claim: ClaimId) -> Reservation | None:
    """What the hold of an offer has become, or None."""
    try:
        return tx.reservations.get(claim)
    except NotFound:
        return None


def request_of(entry: WaitlistEntry, period: Period | None = None) -> Request:
    """What an entry asks the evaluator for, at its own times or at others."""
    return Request(
        period=period or entry.period,
        stay=entry.stay,
        quantity=entry.quantity,
        party=entry.party,
        chosen=dict(entry.chosen),
    )


def candidate(snapshot: Snapshot, entry: WaitlistEntry, at: datetime, rules: RuleBook) -> Request | None:
    """The request that can be had for an entry now: its own, or the earliest slot of its window; None for none."""
    request = request_of(entry)
    if not entry.is_window:
        return request if isinstance(evaluate(request, snapshot, at, rules), Offer) else None
    found = find_slots(snapshot, entry.period, at, rules, request).values()
    firsts = [slots[0] for slots in found if slots]
    if not firsts:
        return None
    first = min(firsts, key=lambda slot: slot.start)
    return request_of(entry, Period(first.start, first.end))


def _window(service: Service, request: Request, latest: datetime | None) -> Period | None:
    if latest is None:
        return None
    if service.duration is None:
        raise InvalidInput("latest", "is for services of a fixed length", service.key)
    window = Period.between(request.period.start, instant(latest, "latest"))
    if window.duration > LONGEST_WINDOW:
        raise InvalidInput(
            "latest", f"lies more than {LONGEST_WINDOW.days} days after the start", str(latest)
        )
    return window


def _first(service: Service, request: Request) -> Request:
    """The request at the beginning of its window."""
    if service.duration is None:
        return request
    start = request.period.start
    return attrs.evolve(request, period=Period(start, start + service.duration))


def _emptied(snapshot: Snapshot) -> Snapshot:
    """As if nobody had booked; closed times stay closed."""
    diaries = {
        resource: attrs.evolve(diary, calendar=attrs.evolve(diary.calendar, busy=()))
        for resource, diary in snapshot.diaries.items()
    }
    return attrs.evolve(snapshot, diaries=diaries)


def _wanted(catalog: Catalog, entry: WaitlistEntry, period: Period) -> Wanted:
    service = catalog.service(entry.service)
    has_end = entry.stay is None and service.duration is None
    return Wanted(
        service=service.key,
        start=None if entry.stay else period.start,
        end=period.end if has_end else None,
        stay=entry.stay,
        quantity=entry.quantity,
        party=entry.party,
        resources=tuple(catalog.resource(who).key for _, who in entry.chosen),
    )
