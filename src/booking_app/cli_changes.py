"""Commands that change a reservation: moving it, and deciding on one that waits."""

from typing import Annotated

from cyclopts import Parameter

from booking_app.cli_bookings import (
    ANY_PRICE,
    ANYBODY,
    NO_TIME,
    NOBODY_CHOSEN,
    PLAINLY,
    STAFF,
    Method,
    PayLater,
    Reason,
    Reference,
    TenantKey,
    With,
    wanted_of,
)
from booking_app.cli_options import Common, PartyOptions, PriceOptions, TimeOptions, known_tenant
from booking_app.plain import reservation_data
from booking_app.texts import reservation_text
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.confirm import Decision
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.show import ShowQuery

Anybody = Annotated[bool, Parameter(negative="", help="Whoever is free; else the same resources as before.")]


def move(
    tenant: TenantKey,
    reservation: Reference,
    *,
    anybody: Anybody = False,
    method: Method = "",
    pay_later: PayLater = False,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    price: PriceOptions = ANY_PRICE,
    common: Common = PLAINLY,
) -> None:
    """Give a reservation other times, people or places, all or nothing; a difference is charged or goes back."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
        service = catalog.services[found.service].key
        moved = deployment.engine.reschedule(
            RescheduleCommand(
                tenant=tenant_id,
                reservation=found.id,
                wanted=wanted_of(service, times, party, resources, price),
                any_resource=anybody,
                method=method,
                pay_later=pay_later,
                actor=STAFF,
            )
        )
    data, text = reservation_data(moved.reservation, catalog), reservation_text(catalog, moved.reservation)
    waits = moved.amendment is not None
    common.print({**data, "waits_for_payment": waits}, f"{text}\nwaits for its payment" if waits else text)


def approve(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Confirm a reservation that waits for staff; what was authorised is captured."""
    _decide(tenant, reservation, "", common, approves=True)


def decline(
    tenant: TenantKey, reservation: Reference, *, reason: Reason = "", common: Common = PLAINLY
) -> None:
    """Refuse a reservation that waits for staff; its times are free, and what was authorised is given back."""
    _decide(tenant, reservation, reason, common, approves=False)


def _decide(tenant: str, reference: str, reason: str, common: Common, *, approves: bool) -> None:
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reference))
        decide = deployment.engine.confirm if approves else deployment.engine.decline
        decided: Reservation = decide(
            Decision(tenant=tenant_id, reservation=found.id, reason=reason, actor=STAFF)
        )
    common.print(reservation_data(decided, catalog), reservation_text(catalog, decided))
