"""Between rows and the domain, by hand. A claim with its allocations arrives as one row for each of them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from booking_adapters._codec.claims import (
    assigned_data,
    assigned_of,
    claims_of,
    history_of,
    party_of,
    quote_of,
    reservation_data,
)
from booking_adapters._sql.statement import Row
from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import ClaimId, ClosureId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status

Cells = dict[str, Any]


def hold_row(hold: Hold) -> Cells:
    """A hold without its allocations."""
    return {
        "id": hold.id,
        "session": hold.session,
        "service_id": hold.service,
        "starts_at": hold.period.start,
        "ends_at": hold.period.end,
        "check_in": hold.stay and hold.stay.check_in,
        "check_out": hold.stay and hold.stay.check_out,
        "quantity": hold.quantity,
        "assigned": assigned_data(hold.assigned),
        "placed_at": hold.placed_at,
        "expires_at": hold.expires_at,
        "version": hold.version,
    }


def reservation_row(reservation: Reservation, fingerprint: str) -> Cells:
    """A reservation without its allocations; `fingerprint` is its policy's."""
    no_show_after = reservation.policy.no_show_after
    customer = reservation.customer
    return {
        "id": reservation.id,
        "code": reservation.code,
        "status": reservation.status.value,
        "version": reservation.version,
        "service_id": reservation.service,
        "starts_at": reservation.period.start,
        "ends_at": reservation.period.end,
        "check_in": reservation.stay and reservation.stay.check_in,
        "check_out": reservation.stay and reservation.stay.check_out,
        "quantity": reservation.quantity,
        "expires_at": reservation.expires_at,
        "no_show_at": None if no_show_after is None else reservation.period.start + no_show_after,
        "policy_fingerprint": fingerprint,
        "customer_key": customer.key,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "customer_phone": customer.phone,
        "body": reservation_data(reservation),
    }


def closure_row(closure: Closure) -> Cells:
    """A closure without its allocations."""
    return {
        "id": closure.id,
        "resource_id": closure.resource,
        "starts_at": closure.period.start,
        "ends_at": closure.period.end,
        "quantity": closure.quantity,
        "reason": closure.reason,
        "source": closure.source,
        "reference": closure.reference,
    }


def event_row(event: Event) -> Cells:
    """An event for the outbox."""
    return {
        "name": event.name,
        "subject_id": event.subject,
        "version": event.version,
        "at": event.at,
        "data": dict(event.data),
    }


def audit_row(event: Event, actor: Actor) -> Cells:
    """An event with who did it."""
    who = {"actor_kind": actor.kind, "actor_name": actor.name, "actor_address": actor.address}
    return {**who, **event_row(event)}


def holds_of(rows: Iterable[Row]) -> list[Hold]:
    """The holds of rows that are sorted by hold."""
    return [_hold(first, allocations) for first, allocations in by_owner(rows)]


def closures_of(rows: Iterable[Row]) -> list[Closure]:
    """The closures of rows that are sorted by closure."""
    return [_closure(first, allocations) for first, allocations in by_owner(rows)]


def reservations_of(rows: Iterable[Row], policy: Callable[[str], Policy]) -> list[Reservation]:
    """The reservations of rows that are sorted by reservation; `policy` knows policies by fingerprint."""
    return [_reservation(first, allocations, policy) for first, allocations in by_owner(rows)]


ALLOCATION_COLUMNS = 4
"""How many columns at the end of a row belong to an allocation: resource, lane, start, end; all None for none."""


def by_owner(rows: Iterable[Row]) -> Iterator[tuple[Row, tuple[Allocation, ...]]]:
    """The first row of each claim, and its allocations."""
    for _, group in groupby(rows, key=lambda row: row[0]):
        members = list(group)
        allocations = (_allocation(*row[-ALLOCATION_COLUMNS:]) for row in members if row[-1] is not None)
        yield members[0], tuple(sorted(allocations))


def _allocation(resource: UUID, lane: int, start: Any, end: Any) -> Allocation:
    return Allocation(ResourceId(resource), lane, Period(start, end))


def _stay(check_in: Any, check_out: Any) -> Stay | None:
    return None if check_in is None else Stay(check_in, check_out)


def _hold(row: Row, allocations: tuple[Allocation, ...]) -> Hold:
    claim, session, service, start, end, check_in, check_out, quantity, assigned, placed, expires, version = (
        row[:-ALLOCATION_COLUMNS]
    )
    return Hold(
        id=ClaimId(claim),
        session=session,
        service=ServiceId(service),
        period=Period(start, end),
        stay=_stay(check_in, check_out),
        quantity=quantity,
        assigned=assigned_of(assigned),
        allocations=allocations,
        placed_at=placed,
        expires_at=expires,
        version=version,
    )


def _closure(row: Row, allocations: tuple[Allocation, ...]) -> Closure:
    closure, resource, start, end, quantity, reason, source, reference = row[:-ALLOCATION_COLUMNS]
    return Closure(
        id=ClosureId(closure),
        resource=ResourceId(resource),
        period=Period(start, end),
        reason=reason,
        allocations=allocations,
        quantity=quantity,
        source=source,
        reference=reference,
    )


def _reservation(
    row: Row, allocations: tuple[Allocation, ...], policy: Callable[[str], Policy]
) -> Reservation:
    claim, code, status, service, start, end, check_in, check_out, quantity, expires, *rest = row[
        :-ALLOCATION_COLUMNS
    ]
    fingerprint, name, email, phone, body = rest
    return Reservation(
        id=ClaimId(claim),
        code=code,
        service=ServiceId(service),
        status=Status(status),
        period=Period(start, end),
        stay=_stay(check_in, check_out),
        quantity=quantity,
        party=party_of(body["party"]),
        customer=Customer(name=name, email=email, phone=phone),
        assigned=assigned_of(body["assigned"]),
        claims=claims_of(body["claims"]),
        allocations=allocations,
        policy=policy(fingerprint),
        history=history_of(body["history"]),
        expires_at=expires,
        quote=quote_of(body.get("quote")),
    )
