"""Guests in the waitlist of a business: they join, accept and leave with the token that joining gave them."""

from datetime import datetime, timedelta

from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.kernel.events import Actor
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry
from booking_core.usecases.waitlist import EntryReference, JoinCommand, Joined

DEPARTURE = "2026-03-03 10:00"
GUEST = Actor("guest")


def joins(
    business: OpenBusiness,
    who: str,
    *,
    service: str = "tour",
    when: str = DEPARTURE,
    seats: int = 1,
    latest: datetime | None = None,
) -> Joined:
    business.engine.clock.advance(timedelta(seconds=1))
    return business.engine.join_waitlist(
        JoinCommand(
            tenant=business.tenant,
            wanted=business.wanted(service, when, seats=seats),
            customer=Customer(name=who, email=f"{who}@example.com"),
            latest=latest,
            actor=GUEST,
        )
    )


def named(business: OpenBusiness, joined: Joined) -> EntryReference:
    return EntryReference(tenant=business.tenant, entry=joined.entry.id, token=joined.token, actor=GUEST)


def accepts(business: OpenBusiness, joined: Joined) -> Reservation:
    return business.engine.accept_offer(named(business, joined))


def leaves(business: OpenBusiness, joined: Joined) -> WaitlistEntry:
    return business.engine.leave_waitlist(named(business, joined))


def worker(business: OpenBusiness) -> None:
    """What the worker does until nothing is left to do."""
    while business.engine.stir_waitlist(business.tenant):
        pass
    business.engine.tend_waitlist(business.tenant)


def states(business: OpenBusiness, *joined: Joined) -> list[EntryState]:
    with business.engine.store.reading(business.tenant) as tx:
        return [tx.waitlist.get(each.entry.id).state for each in joined]
