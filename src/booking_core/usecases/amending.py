"""Dearer modifications: the added part is held and the difference asked for; only when it came is anything changed."""

from datetime import datetime

import attrs

from booking_core.domain.availability.request import Offer
from booking_core.domain.kernel.ids import AmendmentId, ClaimId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.payment import Purpose
from booking_core.domain.payments.terms import PaymentTerms
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.amendment import Amendment, added_lanes
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.sold import Sold
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction
from booking_core.usecases.cashier import Cashier


@attrs.frozen(kw_only=True)
class Dearer:
    """A modification that costs `difference` more than is paid, and how that is to be paid."""

    reservation: Reservation
    offer: Offer
    quote: Quote
    difference: Money
    method: str
    is_off_session: bool
    terms: PaymentTerms
    why: str = ""
    sold: Sold | None = None


def begin_amendment(tx: Transaction, ids: IdGenerator, dearer: Dearer, at: datetime) -> Amendment:
    """Hold what the reservation does not have yet, ask for the difference, and remember what it is for.

    Raises LaneTaken, and Conflict where the reservation waits with another modification.
    """
    amendment = AmendmentId(ids.new())
    hold = _hold_added(tx, ClaimId(ids.new()), dearer, f"amendment:{amendment}", at)
    payment = Cashier(ids).ask(
        tx,
        dearer.reservation.id,
        dearer.difference,
        purpose=Purpose.ADDITION,
        method=dearer.method,
        is_off_session=dearer.is_off_session,
        at=at,
    )
    request, offer = dearer.offer.request, dearer.offer
    begun = Amendment(
        id=amendment,
        reservation=dearer.reservation.id,
        version=dearer.reservation.version,
        payment=payment.id,
        hold=None if hold is None else hold.id,
        period=request.period,
        stay=request.stay,
        quantity=request.quantity,
        party=request.party,
        assigned=offer.assigned,
        claims=offer.claims,
        allocations=offer.allocations,
        quote=dearer.quote,
        why=dearer.why,
        sold=dearer.sold,
        asked_at=at,
        expires_at=at + dearer.terms.pay_within,
    ).begin(at)
    tx.amendments.save(begun)
    return begun.state


def drop_amendment(tx: Transaction, amendment: Amendment, at: datetime) -> None:
    """Give the added part up; the old booking is untouched."""
    hold = None if amendment.hold is None else tx.holds.find(amendment.hold)
    if hold is not None:
        tx.holds.save(hold.release(at, has_lapsed=hold.has_lapsed(at)))
    tx.amendments.save(amendment.drop(at))


def _hold_added(tx: Transaction, claim: ClaimId, dearer: Dearer, session: str, at: datetime) -> Hold | None:
    added = added_lanes(dearer.offer.allocations, dearer.reservation.allocations)
    if not added:
        return None
    request = dearer.offer.request
    placed = Hold.place(
        id=claim,
        session=session,
        service=dearer.sold.service if dearer.sold else dearer.reservation.service,
        period=request.period,
        stay=request.stay,
        quantity=request.quantity,
        assigned=dearer.offer.assigned,
        allocations=added,
        at=at,
        ttl=dearer.terms.pay_within,
    )
    tx.holds.save(placed)
    return placed.state
