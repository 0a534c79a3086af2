"""A dearer modification that waits for its money: the added part is held, the old booking is untouched."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import AmendmentId, ClaimId, PaymentId, ResourceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.party import Party
from booking_core.domain.reservations.reservation import Claim, Reservation
from booking_core.domain.reservations.sold import Sold


@attrs.frozen(kw_only=True)
class Amendment:
    """What a reservation shall become once `payment` has brought the difference.

    It was asked for while the reservation had `version`; whoever changes the reservation first makes it void. `hold`
    claims the lanes that the reservation does not have yet, None where it needs none.
    """

    id: AmendmentId
    reservation: ClaimId
    version: int
    payment: PaymentId
    hold: ClaimId | None
    period: Period
    stay: Stay | None
    quantity: int
    party: Party
    assigned: tuple[tuple[str, ResourceId], ...]
    claims: tuple[Claim, ...]
    allocations: tuple[Allocation, ...]
    quote: Quote
    asked_at: datetime
    expires_at: datetime
    why: str = ""
    sold: Sold | None = None

    def begin(self, at: datetime) -> Change["Amendment", None]:
        """Asked for; it ends when it is carried out or dropped."""
        return Change(self, (self._event("AmendmentAsked", at),), None)

    def fits(self, reservation: Reservation) -> bool:
        """Whether the reservation is still the one that it was asked for."""
        return (self.reservation, self.version) == (reservation.id, reservation.version)

    def carry_out(self, reservation: Reservation, at: datetime) -> Change[Reservation, Reservation]:
        """The reservation as it was asked for; raises InvalidTransition where it is over by now."""
        return reservation.move(
            period=self.period,
            stay=self.stay,
            quantity=self.quantity,
            party=self.party,
            assigned=self.assigned,
            claims=self.claims,
            allocations=self.allocations,
            quote=self.quote,
            why=self.why,
            sold=self.sold,
            at=at,
        )

    def done(self, at: datetime) -> Change[None, "Amendment"]:
        """The reservation was changed."""
        return Change(None, (self._event("AmendmentCarriedOut", at),), self)

    def drop(self, at: datetime) -> Change[None, "Amendment"]:
        """It is not to be: the money did not come, or came too late."""
        return Change(None, (self._event("AmendmentDropped", at),), self)

    def _event(self, name: str, at: datetime) -> Event:
        data = {"reservation": str(self.reservation), "payment": str(self.payment)}
        return Event(
            name=name, subject=self.id, version=1 if name == "AmendmentAsked" else 2, at=at, data=data
        )


def added_lanes(wanted: tuple[Allocation, ...], had: tuple[Allocation, ...]) -> tuple[Allocation, ...]:
    """The parts of the wanted lanes that are not had already."""
    added: list[Allocation] = []
    for each in wanted:
        pieces = [each.period]
        for own in had:
            if (own.resource, own.lane) == (each.resource, each.lane):
                pieces = [rest for piece in pieces for rest in piece.without(own.period)]
        added += [attrs.evolve(each, period=piece) for piece in pieces]
    return tuple(sorted(added))
