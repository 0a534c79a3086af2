"""Staying longer on the day of departure, for a fee."""

from datetime import datetime, timedelta

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.frontdesk.departure import LATE, LateCheckOut, late_check_out
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.charging import folio_of
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.room_plans import refuse_promised, room_type_of, still_one_at_a_time

A_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class StayLongerCommand:
    """Leave at `minute` (since local midnight) on the day of departure."""

    tenant: TenantId
    reservation: ClaimId
    minute: int
    actor: Actor = SYSTEM


@attrs.frozen
class StayedLonger:
    """The reservation with its later end, and the folio with the fee."""

    reservation: Reservation
    folio: Folio


@attrs.frozen(kw_only=True)
class StayLonger:
    """The evaluator says whether a room is free that long, the venue's terms what it costs; the longest time counts."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook

    def __call__(self, command: StayLongerCommand) -> StayedLonger:
        """The later departure.

        Raises LateCheckOutRefused, NotBookable (SoldOut, SlotTaken), RoomNotAssignable where their own room is promised
        to the next guest, InvalidTransition, InvalidInput, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            catalog = tx.catalogs.load()
            late = _terms(catalog, reservation, command.minute)
            offer = self._offer(tx, catalog, reservation, late.until, at)
            change = reservation.stay_longer(offer.request.period, offer.claims, offer.allocations, at)
            _refuse_promised_room(tx, catalog, change.state)
            folio = folio_of(tx, reservation, at)
            if late.extra is not None:
                folio = _charged_instead(tx, folio, late.extra, reservation, at)
            tx.reservations.save(change)
            return StayedLonger(change.state, folio)

    def _offer(
        self, tx: Transaction, catalog: Catalog, reservation: Reservation, until: datetime, at: datetime
    ) -> Offer:
        """The same places until later; the rules of selling are no question any more, the lanes are."""
        service = attrs.evolve(catalog.service(reservation.service), policy=reservation.policy)
        names = {rule.name for rule in self.rules.rules_of(reservation.policy).every}
        request = Request(
            period=Period(reservation.period.start, until),
            stay=reservation.stay,
            quantity=reservation.quantity,
            party=reservation.party,
            chosen=dict(reservation.assigned),
            waived=frozenset({*names, "opening_hours"}),
        )
        view = self.reader.for_request(tx, catalog, service, request, at, without=[reservation.id])
        free_lapsed(tx, view.lapsed, at)
        answer = evaluate(request, view.snapshot, at, self.rules, turn=reservation.id.int)
        if isinstance(answer, Refusal):
            raise answer.error()
        return answer


def _terms(catalog: Catalog, reservation: Reservation, minute: int) -> LateCheckOut:
    """Until when, and for how much: a percentage is one of the last night's price."""
    if reservation.stay is None:
        raise InvalidInput("reservation", "has no nights", reservation.code)
    venue = catalog.venue_of(catalog.service(reservation.service))
    quote = reservation.quote
    last = reservation.stay.check_out - A_DAY
    night = quote.price_of(last) if quote else Money.zero(venue.currency)
    late = late_check_out(
        venue.desk.late_fees,
        check_out=reservation.stay.check_out,
        minute=minute,
        night=night,
        venue=venue,
    )
    if late.until <= reservation.period.end:
        raise InvalidTransition("they may stay that long already", code=reservation.code)
    return late


def _charged_instead(
    tx: Transaction, folio: Folio, extra: Extra, reservation: Reservation, at: datetime
) -> Folio:
    """The folio with the fee, in place of what was charged for staying less long."""
    for group in folio.standing_extras(LATE):
        taken_back = folio.reverse(group, extra.text, at)
        tx.folios.save(taken_back)
        folio = taken_back.state
    charged = folio.charge(extra, reservation, at)
    tx.folios.save(charged)
    return charged.state


def _refuse_promised_room(tx: Transaction, catalog: Catalog, reservation: Reservation) -> None:
    """Raise RoomNotAssignable where the next guest was promised one of their rooms."""
    resource = room_type_of(catalog, reservation)
    if resource is not None:
        still_one_at_a_time(tx, resource)
        theirs = [room.unit for room in tx.front_desk.rooms.occupied_by(reservation.id)]
        refuse_promised(tx, resource, reservation, theirs)
