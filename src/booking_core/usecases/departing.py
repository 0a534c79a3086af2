"""The guest leaves: the reservation is over, their rooms are to be cleaned."""

from datetime import datetime, timedelta
from typing import ClassVar

import attrs

from booking_core.domain.frontdesk.departure import Leaving, departure_of
from booking_core.domain.frontdesk.housekeeping import Task, Work
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import AlertId, ClaimId, TaskId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.reprice import reprice
from booking_core.domain.reservations.bill import Bill, bill_of
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.charging import folio_of

MOMENT = timedelta(seconds=1)


class BalanceDue(BookingError):
    """The guest still owes money: another means of payment, or staff let them go with the balance due."""

    code: ClassVar[str] = "BALANCE_DUE"
    retry_action: ClassVar[str | None] = "UPDATE_PAYMENT"


def complete_departure(
    tx: Transaction, ids: IdGenerator, reservation: Reservation, at: datetime
) -> Reservation:
    """End a stay: the lanes are free, the rooms need cleaning, and housekeeping is told.

    Raises InvalidTransition where the guest is not checked in.
    """
    change = reservation.complete(at)
    for room in tx.front_desk.rooms.occupied_by(reservation.id):
        tx.front_desk.rooms.save(room.vacate(reservation.id, at))
        task = Task.open(id=TaskId(ids.new()), unit=room.unit, work=Work.CLEANING, at=at)
        tx.front_desk.tasks.save(task)
    tx.reservations.save(change)
    return change.state


def _left_early(
    tx: Transaction, reservation: Reservation, folio: Folio, waiver: Waiver | None, at: datetime
) -> tuple[Reservation, Folio]:
    """The stay, its lanes and its price cut to the nights that were used; unchanged where none is given up."""
    stay, agreed = reservation.stay, reservation.quote
    if stay is None:
        return reservation, folio
    catalog = tx.catalogs.load()
    service = catalog.service(reservation.service)
    after_arrival = max(at, reservation.period.start + MOMENT)
    departure = departure_of(stay, reservation.period, after_arrival, catalog.venue_of(service))
    if departure.leaving is not Leaving.EARLY:
        return reservation, folio
    (_, provider), *_ = reservation.assigned
    tariff = catalog.tariff_of(service, provider)
    if agreed is not None and tariff is not None:
        request = attrs.evolve(agreed.request, span=departure.stay)
        starts_at = reservation.period.start
        agreed = reprice(agreed, request, tariff, at, starts_at=starts_at, waived=waiver is not None).quote
        cheaper = folio.agree(agreed.lines, at, waiver.reason if waiver else "")
        tx.folios.save(cheaper)
        folio = cheaper.state
    shorter = reservation.leave_early(departure.period, departure.stay, agreed, at)
    tx.reservations.save(shorter)
    return shorter.state, folio


@attrs.frozen(kw_only=True)
class CheckOutCommand:
    """Check a reservation out; staff may `accept_balance_due`, of which an alert tells.

    Whoever leaves before the last night owes what the policy keeps of the nights given up, unless staff waive it.
    """

    tenant: TenantId
    reservation: ClaimId
    accept_balance_due: bool = False
    waiver: Waiver | None = None
    actor: Actor = SYSTEM


@attrs.frozen
class CheckedOut:
    """The completed reservation and its final bill."""

    reservation: Reservation
    bill: Bill


@attrs.frozen(kw_only=True)
class CheckOut:
    """Makes the final bill and lets the guest go, all or nothing."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: CheckOutCommand) -> CheckedOut:
        """The final bill; raises BalanceDue with `balance_minor` and `currency`, InvalidTransition, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            reservation, folio = _left_early(
                tx, reservation, folio_of(tx, reservation, at), command.waiver, at
            )
            completed = complete_departure(tx, self.ids, reservation, at)
            frozen = folio.freeze(at)
            if folio.balance > Money.zero(folio.currency):
                if not command.accept_balance_due:
                    raise BalanceDue(
                        f"{folio.balance} are to be paid",
                        balance_minor=folio.balance.amount_minor,
                        currency=folio.currency,
                    )
                tx.alerts.raise_(
                    Alert(
                        id=AlertId(self.ids.new()),
                        kind="balance_due",
                        subject=reservation.id,
                        message=f"{reservation.code} left with {folio.balance} to be paid",
                        at=at,
                    )
                )
            tx.folios.save(frozen)
            return CheckedOut(completed, bill_of(frozen.state))


@attrs.frozen(kw_only=True)
class BillQuery:
    """The bill of a reservation as it stands."""

    tenant: TenantId
    reservation: ClaimId


@attrs.frozen(kw_only=True)
class ShowBill:
    """The folio, read by its guest."""

    begin: UnitOfWork

    def __call__(self, query: BillQuery) -> Bill:
        """The bill; raises NotFound where nothing was ever charged."""
        with self.begin.reading(query.tenant) as tx:
            return bill_of(tx.folios.get(query.reservation))
