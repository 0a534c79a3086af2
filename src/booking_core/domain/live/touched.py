"""What a change of staff touches, and what a lock on a reservation covers."""

from datetime import date, timedelta, tzinfo

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.live.editing import Edited, Scope
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation

A_DAY = timedelta(days=1)


def edited_reservation(catalog: Catalog, *states: Reservation) -> tuple[Scope, ...]:
    """What a change of a reservation touches: itself, and its resources on the dates before and after."""
    served = {
        Scope.of_resource(resource, *_dates(catalog, resource, state.period, state.stay))
        for state in states
        for _, resource in state.assigned
        if resource in catalog.resources
    }
    return (*{Scope.of_reservation(state.id): None for state in states}, *sorted(served))


def edited_hold(catalog: Catalog, hold: Hold) -> tuple[Scope, ...]:
    """What placing a hold touches: its resources on its dates."""
    touched = {
        Scope.of_resource(resource, *_dates(catalog, resource, hold.period, hold.stay))
        for _, resource in hold.assigned
        if resource in catalog.resources
    }
    return tuple(sorted(touched))


def edited_catalog(before: Catalog, after: Catalog) -> tuple[Scope, ...]:
    """What a new catalog touches: every resource that is another, gone, or under another venue's hours, on all dates.

    Prices and terms are agreed with each booking, so another tariff or service gets in nobody's way.
    """
    return tuple(
        Scope(kind=Edited.RESOURCE, id=resource.id)
        for resource in before.resources.values()
        if after.resources.get(resource.id) != resource
        or after.venue_of(resource) != before.venue_of(resource)
    )


def edited_closure(catalog: Catalog, closure: Closure) -> tuple[Scope, ...]:
    """What closing or opening a resource touches."""
    if closure.resource not in catalog.resources:
        return ()
    first, end = _dates(catalog, closure.resource, closure.period, None)
    return (Scope.of_resource(closure.resource, first, end),)


def locked_reservation(catalog: Catalog, reservation: Reservation) -> tuple[Scope, ...]:
    """What a lock on a reservation covers: itself, and those of its resources that serve nobody else meanwhile.

    A pool serves others on the same dates: two reservations of a room type may be edited at once.
    """
    everything = edited_reservation(catalog, reservation)
    return tuple(
        scope
        for scope in everything
        if scope.kind is Edited.RESERVATION or catalog.resources[ResourceId(scope.id)].lanes == 1
    )


def _dates(catalog: Catalog, resource: ResourceId, period: Period, stay: Stay | None) -> tuple[date, date]:
    """The local dates that are touched; a stay's are its nights."""
    if stay is not None:
        return stay.check_in, stay.check_out
    zone: tzinfo = catalog.venue_of(catalog.resources[resource]).zone
    last = (period.end - timedelta(seconds=1)).astimezone(zone).date()
    return period.start.astimezone(zone).date(), last + A_DAY
