"""Bookings of channels: received into an inbox, and imported one by one."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from booking_core.domain.availability.accept import Acceptance, accept
from booking_core.domain.availability.request import Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.channels.booking import Content, ExternalBooking
from booking_core.domain.channels.link import Link, Message, Verdict, linked, verdict_on
from booking_core.domain.kernel.errors import BookingError, Conflict, InvalidInput
from booking_core.domain.kernel.events import Actor, Change, Event
from booking_core.domain.kernel.ids import AlertId, ClaimId, TenantId
from booking_core.domain.reservations.codes import confirmation_code
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channels import Outcome, Receipt
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted

BATCH = 100
ATTEMPTS = 5
LONGEST_REASON = 200
REVIVED = "it was called off before and is sold again: it was not booked"


@attrs.frozen(kw_only=True)
class ReceiveCommand:
    """What a channel sent, in any order and however often; `receipt` names the message, where it was sent as one."""

    tenant: TenantId
    bookings: Sequence[ExternalBooking]
    receipt: Receipt | None = None


@attrs.frozen(kw_only=True)
class ReceiveBookings:
    """Writes down what arrived, and no more: what is in the inbox is imported, also after a crash."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ReceiveCommand) -> int:
        """How many bookings were new, none of them where the message was handled before.

        Raises DuplicateExternalReference, and KeyReused where the message's id was another one's; nothing is received
        then.
        """
        at = self.clock.now()
        with self.begin(command.tenant) as tx:
            if command.receipt is not None and not tx.channels.receipts.keep(command.receipt, at):
                return 0
            return sum(tx.channels.inbox.receive(each, at) for each in command.bookings)


@attrs.frozen(kw_only=True)
class ImportBookings:
    """Follows what is in the inbox. What was sold elsewhere is taken: against the rules, and without lanes if need be.

    An overbooked reservation is confirmed and claims no lanes, and people are alerted. What cannot be followed at all
    (no such service, a guest who has checked in) is kept, and people are alerted.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, tenant: TenantId) -> int:
        """How many messages came to an end; at most 100 a call."""
        with self.begin.reading(tenant) as tx:
            waiting = tx.channels.inbox.waiting(BATCH)
        return sum(self._import(tenant, each) for each in waiting)

    def _import(self, tenant: TenantId, booking: ExternalBooking) -> int:
        """1 where it came to an end; what lost its races is left for the next round."""
        for _ in range(ATTEMPTS):
            try:
                with self.begin(tenant, Actor("channel", booking.message.channel)) as tx:
                    self._follow(tx, booking, self.clock.now())
            except Conflict:
                continue
            except BookingError as refused:
                return 0 if refused.retryable else self._failed(tenant, booking, refused.message)
            except Exception as broken:  # noqa: BLE001 - one message that breaks something does not hold up the others
                return self._failed(tenant, booking, type(broken).__name__)
            return 1
        return 0

    def _failed(self, tenant: TenantId, booking: ExternalBooking, reason: str) -> int:
        message, at = booking.message, self.clock.now()
        try:
            with self.begin(tenant) as tx:
                tx.channels.inbox.settle(message, Outcome.FAILED, at, reason[:LONGEST_REASON])
                link = tx.channels.links.find(message.channel, message.reference)
                self._alert(
                    tx,
                    "channel_booking_failed",
                    message,
                    link.reservation if link else None,
                    "it was not imported",
                )
        except Conflict:
            return 0
        return 1

    def _follow(self, tx: Transaction, booking: ExternalBooking, at: datetime) -> None:
        message, content = booking.message, booking.content
        tx.one_at_a_time(f"channel:{message.channel}:{message.reference}")
        before = tx.channels.links.find(message.channel, message.reference)
        verdict = verdict_on(message, before)
        stale = verdict is Verdict.IGNORE
        tx.channels.inbox.settle(message, Outcome.STALE if stale else Outcome.FOLLOWED, at)
        if before and before.is_cancelled and message.revision > before.revision and content is not None:
            # Its reference has come to its end, so nothing is booked; but somebody believes that it is.
            self._alert(tx, "channel_booking_failed", message, before.reservation, REVIVED)
        reservation: Reservation | None = None
        violations = before.violations if before else ()
        if verdict in {Verdict.BOOK, Verdict.CHANGE}:
            assert content is not None, "what is no cancellation says what was sold"
            reservation, violations = self._taken(tx, content, _reservation_of(tx, before), at)
            if reservation.is_overbooked:
                self._alert(tx, "overbooked", message, reservation.id, "no place was free; please find one")
        elif verdict is Verdict.CANCEL and (called_off := _reservation_of(tx, before)) and called_off.is_live:
            tx.reservations.save(called_off.cancel(at, "called off by the channel"))
        booked = reservation.id if reservation and verdict is Verdict.BOOK else None
        after = attrs.evolve(linked(message, before, booked), violations=violations)
        if after != before:
            tx.channels.links.save(after, before)

    def _taken(
        self, tx: Transaction, content: Content, moved: Reservation | None, at: datetime
    ) -> tuple[Reservation, tuple[str, ...]]:
        """The reservation, booked or moved, and the names of the rules that it breaks."""
        catalog = tx.catalogs.load()
        service = _service(catalog, content, moved)
        request = _wanted(content).request(catalog, service)
        claim = moved.id if moved else ClaimId(self.ids.new())
        without = [moved.id] if moved else []
        view = self.reader.for_request(tx, catalog, service, request, at, without=without)
        free_lapsed(tx, view.lapsed, at)
        accepted = accept(request, view.snapshot, at, self.rules, turn=claim.int)
        if moved is None:
            code = confirmation_code(catalog.venue_of(service).code, claim)
            change = _placed(claim, code, service, content, request=request, accepted=accepted, at=at)
        else:
            change = _moved(moved, request, accepted, at)
        tx.reservations.save(_telling(change, accepted))
        return change.state, tuple(sorted({each.code for each in accepted.violations}))

    def _alert(
        self, tx: Transaction, kind: str, message: Message, reservation: ClaimId | None, what: str
    ) -> None:
        known_by = self.ids.new()
        text = f"booking {message.reference} of {message.channel}, revision {message.revision}: {what}"
        subject = reservation or known_by
        tx.alerts.raise_(
            Alert(id=AlertId(known_by), kind=kind, subject=subject, message=text, at=self.clock.now())
        )


def _reservation_of(tx: Transaction, link: Link | None) -> Reservation | None:
    return None if link is None or link.reservation is None else tx.reservations.get(link.reservation)


def _service(catalog: Catalog, content: Content, moved: Reservation | None) -> Service:
    """The service as it was sold: under the policy of the booking where there is one, and without asking staff."""
    service = catalog.service(content.service)
    if moved is None:
        return attrs.evolve(service, policy=attrs.evolve(service.policy, needs_approval=False))
    if service.id != moved.service:
        raise InvalidInput("service", "cannot become another one; cancel and book anew", content.service)
    return attrs.evolve(service, policy=moved.policy)


def _wanted(content: Content) -> Wanted:
    return Wanted(
        service=content.service,
        start=content.start,
        end=content.end,
        stay=content.stay,
        quantity=content.quantity,
        party=content.party,
        resources=content.resources,
    )


def _placed(
    claim: ClaimId,
    code: str,
    service: Service,
    content: Content,
    *,
    request: Request,
    accepted: Acceptance,
    at: datetime,
) -> Change[Reservation, Reservation | None]:
    placed = Reservation.place(
        id=claim,
        code=code,
        service=service.id,
        period=request.period,
        stay=request.stay,
        quantity=request.quantity,
        party=request.party,
        customer=content.customer,
        assigned=accepted.assigned,
        claims=accepted.offer.claims if accepted.offer else (),
        allocations=accepted.offer.allocations if accepted.offer else (),
        policy=service.policy,
        at=at,
    )
    return Change(placed.state, placed.events, None)


def _moved(
    reservation: Reservation, request: Request, accepted: Acceptance, at: datetime
) -> Change[Reservation, Reservation | None]:
    moved = reservation.move(
        period=request.period,
        stay=request.stay,
        quantity=request.quantity,
        party=request.party,
        assigned=accepted.assigned,
        claims=accepted.offer.claims if accepted.offer else (),
        allocations=accepted.offer.allocations if accepted.offer else (),
        quote=reservation.quote,
        at=at,
    )
    return Change(moved.state, moved.events, moved.before)


def _telling(
    change: Change[Reservation, Reservation | None], accepted: Acceptance
) -> Change[Reservation, Reservation | None]:
    """The same, with what is wrong about it in its events: handlers and the audit log are told."""
    broken = [each.code for each in accepted.violations]
    told: list[Event] = []
    if broken:
        first = change.events[0]
        told.append(
            attrs.evolve(first, name="ReservationAgainstRules", data={**first.data, "violations": broken})
        )
    if change.state.is_overbooked:
        told.append(attrs.evolve(change.events[0], name="ReservationOverbooked"))
    return attrs.evolve(change, events=(*change.events, *told))
