"""What of holds and reservations has no column of its own, mapped by hand: every booking passes through here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from booking_adapters._codec.converter import read, write
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.party import Party
from booking_core.domain.reservations.reservation import Claim, Reservation, Status, Step

Assigned = tuple[tuple[str, ResourceId], ...]


def assigned_data(assigned: Assigned) -> list[list[str]]:
    """Pairs of role and resource."""
    return [[role, str(resource)] for role, resource in assigned]


def assigned_of(data: Iterable[tuple[str, str]]) -> Assigned:
    """Roles and resources of their pairs."""
    return tuple((role, ResourceId(UUID(resource))) for role, resource in data)


def reservation_data(reservation: Reservation) -> dict[str, Any]:
    """The body of a reservation: party, roles, claims (bounds in epoch seconds), history, and the quote if any."""
    return {
        "party": [reservation.party.adults, *reservation.party.child_ages],
        "assigned": assigned_data(reservation.assigned),
        "claims": [
            [str(claim.resource), epoch(claim.period.start), epoch(claim.period.end), claim.quantity]
            for claim in reservation.claims
        ],
        "history": [[step.status.value, step.at.isoformat(), step.note] for step in reservation.history],
        **({} if reservation.quote is None else {"quote": quote_data(reservation.quote)}),
    }


def quote_data(quote: Quote) -> Any:
    """The quote as JSON-ready data."""
    return write(quote)


def quote_of(data: Any) -> Quote | None:
    """The quote of its data; None where there is none."""
    return None if data is None else read(data, Quote)


def party_of(data: list[int]) -> Party:
    """The adults, then the ages of the children."""
    return Party(data[0], tuple(data[1:]))


def claims_of(data: Iterable[tuple[str, int, int, int]]) -> tuple[Claim, ...]:
    """The claims of their rows."""
    return tuple(
        Claim(ResourceId(UUID(resource)), Period.of_epoch(start, end), quantity)
        for resource, start, end, quantity in data
    )


def history_of(data: Iterable[tuple[str, str, str]]) -> tuple[Step, ...]:
    """The steps of their rows."""
    return tuple(Step(Status(status), datetime.fromisoformat(at), note) for status, at, note in data)
