"""When a hall, table or car is free, where customers choose their own times."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import attrs

from booking_core.domain.availability.request import Request
from booking_core.domain.availability.slots import free_periods
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import ResourceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.reading import Reader
from booking_core.usecases.search_slots import LONGEST_SEARCH, own_claims
from booking_core.usecases.wanted import chosen_roles

A_SECOND = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class FreePeriodsQuery:
    """The free periods of a service without a fixed duration in a window of at most 92 days."""

    tenant: TenantId
    service: str
    window: Period
    quantity: int = 1
    resources: tuple[str, ...] = ()
    session: str = ""


@attrs.frozen(eq=False)
class FoundPeriods:
    """The free periods of each provider of the leading need, in order."""

    catalog: Catalog
    by_resource: Mapping[ResourceId, Sequence[Period]]


@attrs.frozen(kw_only=True)
class FindFreePeriods:
    """Finds when providers of the leading need are open and free; rules are asked when something is booked."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader

    def __call__(self, query: FreePeriodsQuery) -> FoundPeriods:
        """The periods; raises InvalidDates for a window beyond 92 days, InvalidInput for a service of fixed length."""
        if query.window.duration > LONGEST_SEARCH:
            raise InvalidDates("window", f"is longer than {LONGEST_SEARCH.days} days", query.window.duration)
        at = self.clock.now()
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
            service = catalog.service(query.service)
            if service.policy.trade is not Trade.RENTAL:
                raise InvalidInput("service", "has times of its own; ask for its slots or stays", service.key)
            chosen = chosen_roles(catalog, service, query.resources)
            request = Request(period=query.window, quantity=query.quantity, chosen=chosen)
            own = own_claims(tx, query.session, service)
            snapshot = self.reader.around(
                tx, catalog, service, query.window, at, request=request, without=own
            ).snapshot
        lead = service.needs[0]
        providers = (chosen[lead.role],) if lead.role in chosen else lead.any_of
        start = max(query.window.start, at.replace(microsecond=0) + A_SECOND)
        if start >= query.window.end:
            return FoundPeriods(catalog, {each: [] for each in providers})
        window, quantity = Period(start, query.window.end), query.quantity
        diaries = snapshot.diaries
        found = {each: free_periods(snapshot, diaries[each], window, quantity=quantity) for each in providers}
        return FoundPeriods(catalog, found)
