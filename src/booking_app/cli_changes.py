"""Commands that change a reservation: moving it, and deciding on one that waits."""

from typing import Annotated

from cyclopts import Parameter

from booking_adapters._wording.languages import ENGLISH, language_of
from booking_app.cli_bookings import (
    ANY_PRICE,
    ANYBODY,
    NO_TIME,
    NOBODY_CHOSEN,
    PLAINLY,
    STAFF,
    Displayed,
    Language,
    Method,
    PayLater,
    Reason,
    Reference,
    TenantKey,
    Waive,
    With,
    displayed_total,
    print_reservation,
    wanted_of,
)
from booking_app.cli_options import Common, PartyOptions, PriceOptions, TimeOptions, known_tenant
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.confirm import Decision
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.show import ShowQuery

OtherService = Annotated[str | None, Parameter(help="Key of another service, such as another type of room.")]
Anybody = Annotated[bool, Parameter(negative="", help="Whoever is free; else the same resources as before.")]


def move(
    tenant: TenantKey,
    reservation: Reference,
    *,
    service: OtherService = None,
    anybody: Anybody = False,
    displayed: Displayed = None,
    method: Method = "",
    pay_later: PayLater = False,
    waive: Waive = False,
    reason: Reason = "",
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    price: PriceOptions = ANY_PRICE,
    language: Language = ENGLISH,
    common: Common = PLAINLY,
) -> None:
    """Give a reservation other times, people or places, all or nothing; a difference is charged or goes back."""
    language_of(language)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
        sold = catalog.service(service or found.service)
        currency = found.quote.currency if found.quote else catalog.venue_of(sold).currency
        moved = deployment.engine.reschedule(
            RescheduleCommand(
                tenant=tenant_id,
                reservation=found.id,
                wanted=wanted_of(sold.key, times, party, resources, price),
                any_resource=anybody,
                displayed=displayed_total(displayed, currency),
                method=method,
                pay_later=pay_later,
                waives_penalty=waive,
                reason=reason,
                actor=STAFF,
            )
        )
    waits = moved.amendment is not None
    note = "waits for its payment" if waits else ""
    told = {"waits_for_payment": waits}
    print_reservation(common, catalog, moved.reservation, language, told=told, note=note)


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
    print_reservation(common, catalog, decided)
