"""From the domain to what clients see of it."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import attrs

from booking_adapters._wording.languages import ENGLISH
from booking_adapters.http.showing_prices import (
    agreed_view,
    cost_view,
    price_view,
    terms_view,
    totals_view,
)
from booking_adapters.http.views import (
    Assigned,
    BusinessView,
    CancelledView,
    ClosureView,
    CustomerView,
    HistoryEntry,
    HoldView,
    PartyView,
    ReservationView,
    ResourceName,
    RoleView,
    ServiceView,
    StaffReservationView,
    StayOfferView,
    StayView,
    VenueView,
)
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.cancellation import check_in_instant
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.cancel import Cancelled, terms_of
from booking_core.usecases.search_stays import StayOffer


def business_view(catalog: Catalog) -> BusinessView:
    """A business."""
    venues = tuple(
        VenueView(key=each.key, name=each.name, zone=each.zone.key, currency=each.currency)
        for each in catalog.venues.values()
    )
    return BusinessView(key=catalog.tenant.key, name=catalog.tenant.name, venues=venues)


def service_view(catalog: Catalog, service: Service) -> ServiceView:
    """A service with everybody who performs it."""
    venue = catalog.venue_of(service)
    roles = (
        RoleView(
            role=need.role,
            resources=tuple(
                ResourceName(key=catalog.resources[each].key, name=catalog.resources[each].name)
                for each in need.any_of
            ),
        )
        for need in service.needs
    )
    return ServiceView(
        key=service.key,
        name=service.name,
        trade=service.policy.trade.value,
        venue=venue.key,
        zone=venue.zone.key,
        duration_seconds=int(service.duration.total_seconds()) if service.duration else None,
        step_seconds=int(service.step.total_seconds()) if service.step else None,
        needs_approval=service.policy.needs_approval,
        hold_seconds=int(service.policy.hold_ttl.total_seconds()),
        roles=tuple(roles),
    )


def offer_view(catalog: Catalog, offer: StayOffer, stay: Stay, language: str = ENGLISH) -> StayOfferView:
    """A free room type or cabin."""
    price, venue = offer.price, catalog.venue_of(offer.service)
    terms = terms_of(offer.quote, offer.service.policy)
    starts_at = check_in_instant(stay.check_in, venue.check_in, venue.zone)
    made_at = None if offer.quote is None else offer.quote.made_at
    return StayOfferView(
        service=offer.service.key,
        resource=offer.resource.key,
        name=offer.resource.name,
        left=offer.left,
        price=None if price is None else price_view(price),
        totals=None if offer.quote is None else totals_view(offer.quote),
        cancellation=None
        if terms is None
        else terms_view(terms, starts_at, venue.zone, language, at=made_at),
    )


def hold_view(catalog: Catalog, hold: Hold) -> HoldView:
    """A hold, for the session that has it."""
    service = catalog.services.get(hold.service)
    return HoldView(
        id=hold.id,
        service=service.key if service else str(hold.service),
        start=hold.period.start,
        end=hold.period.end,
        stay=_stay_view(hold),
        quantity=hold.quantity,
        resources=_assigned(catalog, hold.assigned),
        expires_at=hold.expires_at,
    )


def reservation_view(catalog: Catalog, reservation: Reservation, language: str = ENGLISH) -> ReservationView:
    """A reservation without personal data."""
    service = catalog.services.get(reservation.service)
    zone = catalog.venue_of(service).zone if service else ZoneInfo("UTC")
    quote, starts_at = reservation.quote, reservation.period.start
    return ReservationView(
        id=reservation.id,
        code=reservation.code,
        status=reservation.status.value,
        service=service.key if service else str(reservation.service),
        service_name=service.name if service else "",
        zone=zone.key,
        start=reservation.period.start,
        end=reservation.period.end,
        stay=_stay_view(reservation),
        quantity=reservation.quantity,
        party=PartyView(adults=reservation.party.adults, child_ages=reservation.party.child_ages),
        resources=_assigned(catalog, reservation.assigned),
        expires_at=reservation.expires_at,
        price=None if quote is None else agreed_view(quote, reservation.policy, starts_at, zone, language),
        history=tuple(HistoryEntry(status=step.status.value, at=step.at) for step in reservation.history),
    )


def cancelled_view(catalog: Catalog, cancelled: Cancelled, language: str = ENGLISH) -> CancelledView:
    """A reservation that was called off, without personal data."""
    view = reservation_view(catalog, cancelled.reservation, language)
    return CancelledView(**attrs.asdict(view, recurse=False), cost=cost_view(cancelled.assessment))


def staff_view(catalog: Catalog, reservation: Reservation, language: str = ENGLISH) -> StaffReservationView:
    """A reservation with its customer and the notes of its history."""
    who = reservation.customer
    return StaffReservationView(
        reservation=reservation_view(catalog, reservation, language),
        customer=CustomerView(name=who.name, email=who.email, phone=who.phone),
        notes=tuple(step.note for step in reservation.history),
    )


def closure_view(catalog: Catalog, closure: Closure) -> ClosureView:
    """A closure."""
    return ClosureView(
        id=closure.id,
        resource=catalog.resources[closure.resource].key,
        start=closure.period.start,
        end=closure.period.end,
        reason=closure.reason,
        quantity=closure.quantity,
        source=closure.source,
    )


def _assigned(catalog: Catalog, assigned: Iterable[tuple[str, ResourceId]]) -> tuple[Assigned, ...]:
    found = ((role, who, catalog.resources.get(who)) for role, who in assigned)
    return tuple(
        Assigned(role=role, resource=each.key if each else str(who), name=each.name if each else "")
        for role, who, each in found
    )


def _stay_view(booked: Hold | Reservation) -> StayView | None:
    stay = booked.stay
    return None if stay is None else StayView(check_in=stay.check_in, check_out=stay.check_out)
