"""What follows from the end of a reservation: it is in the guest's history, and points are earned or come back."""

from typing import ClassVar

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.desk import LoyaltyTerms
from booking_core.domain.frontdesk.guests import Guest, Visit, VisitKind
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount, Why
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.domain.reservations.tender import return_points
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction

KINDS = {
    Status.COMPLETED: VisitKind.STAYED,
    Status.CANCELLED: VisitKind.CANCELLED,
    Status.NO_SHOW: VisitKind.NO_SHOW,
}
ENDS = frozenset({"ReservationCompleted", "ReservationCancelled", "GuestDidNotShow"})


@attrs.frozen(kw_only=True)
class RecordVisits:
    """Writes every reservation that came to its end into its guest's history, once.

    A no-show that was corrected is written anew when the stay is over.
    """

    ids: IdGenerator
    name: ClassVar[str] = "record visits"
    events: ClassVar[frozenset[str]] = ENDS

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Record the visit, unless the reservation lives again or is in the history."""
        reservation = tx.reservations.get(ClaimId(event.subject))
        kind = KINDS.get(reservation.status)
        key = reservation.customer.key
        guest = tx.front_desk.guests.find(key) or Guest(id=self.ids.new(), key=key)
        known = guest.visit_of(reservation.id)
        if kind is None or (known is not None and known.kind is kind):
            return
        catalog = tx.catalogs.load()
        nights = reservation.stay.nights if reservation.stay and kind is VisitKind.STAYED else 0
        visit = Visit(
            reservation=reservation.id,
            code=reservation.code,
            kind=kind,
            period=reservation.period,
            spent=_spent(tx, catalog, reservation),
            nights=nights,
            rooms=_rooms(tx, catalog, reservation) if kind is VisitKind.STAYED else (),
        )
        tx.front_desk.guests.save(guest.record(visit, event.at))


@attrs.frozen(kw_only=True)
class EarnPoints:
    """Gives points for what a stay came to, where the house gives points."""

    ids: IdGenerator
    name: ClassVar[str] = "earn points"
    events: ClassVar[frozenset[str]] = frozenset({"ReservationCompleted"})

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Earn them, once."""
        reservation = tx.reservations.get(ClaimId(event.subject))
        catalog = tx.catalogs.load()
        terms = loyalty_terms(catalog, reservation)
        points = 0 if terms is None else terms.points_for(_spent(tx, catalog, reservation))
        account = account_of(tx, self.ids, reservation.customer.key)
        if points and not account.points_of(reservation.id, Why.EARNED):
            tx.front_desk.loyalty.save(account.earn(points, reservation.id, event.at))


@attrs.frozen(kw_only=True)
class GivePointsBack:
    """Points redeemed for what did not take place come back, but for those that pay what it costs all the same."""

    ids: IdGenerator
    name: ClassVar[str] = "give points back"
    events: ClassVar[frozenset[str]] = frozenset(
        {"ReservationCancelled", "ReservationDeclined", "ReservationExpired", "GuestDidNotShow"}
    )

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Reverse what moved, unless the reservation lives again or all points are spent."""
        reservation = tx.reservations.get(ClaimId(event.subject))
        account = tx.front_desk.loyalty.find(reservation.customer.key)
        folio = tx.folios.find(reservation.id)
        if reservation.is_live or account is None or folio is None:
            return
        redeemed = -account.points_of(reservation.id, Why.REDEEMED)
        terms = loyalty_terms(tx.catalogs.load(), reservation)
        spent = 0 if terms is None else min(redeemed, terms.points_to_pay(folio.charges))
        kept = Money.zero(folio.currency) if terms is None else terms.value_of(spent)
        returned = return_points(folio, kept, taken_by=self.name, at=event.at)
        if returned is not None and redeemed > spent:
            tx.folios.save(returned)
            tx.front_desk.loyalty.save(account.reverse(reservation.id, event.at, spent=spent))


def account_of(tx: Transaction, ids: IdGenerator, guest: str) -> LoyaltyAccount:
    """The points of a guest by key; an empty account for one who has none."""
    return tx.front_desk.loyalty.find(guest) or LoyaltyAccount(id=ids.new(), guest=guest)


def loyalty_terms(catalog: Catalog, reservation: Reservation) -> LoyaltyTerms | None:
    """The terms of the venue of a reservation, None where it gives no points."""
    service = catalog.services.get(reservation.service)
    return None if service is None else catalog.venue_of(service).desk.loyalty


def _spent(tx: Transaction, catalog: Catalog, reservation: Reservation) -> Money:
    """What a reservation came to in money: its charges, less what was paid with points."""
    folio = tx.folios.find(reservation.id)
    if folio is not None:
        return folio.charges - folio.paid_in(EntryKind.POINTS)
    if reservation.quote is not None and reservation.status is Status.COMPLETED:
        return reservation.quote.total
    service = catalog.services.get(reservation.service)
    (venue, *_) = catalog.venues.values()
    return Money.zero((catalog.venue_of(service) if service else venue).currency)


def _rooms(tx: Transaction, catalog: Catalog, reservation: Reservation) -> tuple[str, ...]:
    """The keys of the rooms in which they slept."""
    assigned = tx.front_desk.assignments.of([reservation.id])[reservation.id]
    keys = {unit.id: unit.key for each in catalog.resources.values() for unit in each.units}
    return tuple(keys[each.unit] for each in assigned.rooms if each.is_locked and each.unit in keys)
