"""Everything a tenant sells, checked as a whole."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Self, TypeVar

import attrs

from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ResourceId, ServiceId, VenueId, checked_key
from booking_core.domain.pricing.rates import NightlyRate
from booking_core.domain.pricing.tariff import Tariff

T = TypeVar("T", Venue, Resource, Service)
N = TypeVar("N", bound=Hashable)
V = TypeVar("V")


@attrs.frozen(kw_only=True, eq=False)
class Catalog:
    """A tenant's venues, resources, services and tariffs (by code), and who is told what; `version` counts changes."""

    tenant: Tenant
    version: int
    venues: dict[VenueId, Venue]
    resources: dict[ResourceId, Resource]
    services: dict[ServiceId, Service]
    tariffs: dict[str, Tariff] = attrs.field(factory=dict)
    notices: NoticeSettings = attrs.field(factory=NoticeSettings)

    @classmethod
    def of(
        cls,
        tenant: Tenant,
        *,
        venues: Iterable[Venue] = (),
        resources: Iterable[Resource] = (),
        services: Iterable[Service] = (),
        tariffs: Iterable[Tariff] = (),
        notices: NoticeSettings | None = None,
        version: int = 1,
    ) -> Self:
        """A catalog whose keys are unique and whose references exist; raises InvalidInput naming the field."""
        catalog = cls(
            tenant=tenant,
            version=version,
            venues=_each_once(venues, lambda each: each.id, "venues.id"),
            resources=_each_once(resources, lambda each: each.id, "resources.id"),
            services=_each_once(services, lambda each: each.id, "services.id"),
            tariffs=_each_once(tariffs, lambda each: each.code, "tariffs.code"),
            notices=notices or NoticeSettings(),
        )
        catalog._check_references()
        return catalog

    def _check_references(self) -> None:
        checked_key(self.tenant.key, "tenant.key")
        for kind, things in (
            ("venues", self.venues),
            ("resources", self.resources),
            ("services", self.services),
        ):
            keys = [checked_key(thing.key, f"{kind}.key") for thing in things.values()]
            if len(set(keys)) < len(keys):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise InvalidInput(f"{kind}.key", "is used twice", twice)
        for resource in self.resources.values():
            if resource.venue not in self.venues:
                raise InvalidInput("resources.venue", "no such venue", resource.key)
        self._check_contacts()
        for service in self.services.values():
            if service.venue not in self.venues:
                raise InvalidInput("services.venue", "no such venue", service.key)
            for provider in service.providers:
                found = self.resources.get(provider)
                if found is None or found.venue != service.venue:
                    raise InvalidInput("services.needs", "names no resource of the same venue", service.key)
            self._check_tariffs(service)

    def _check_contacts(self) -> None:
        keys = {resource.key for resource in self.resources.values()}
        for contact in self.notices.contacts:
            if contact.resource and contact.resource not in keys:
                raise InvalidInput("notices.contacts", "no such resource", contact.resource)

    def _check_tariffs(self, service: Service) -> None:
        codes = [code for _, code in service.own_tariffs]
        for code in codes if service.tariff is None else [service.tariff, *codes]:
            tariff = self.tariffs.get(code)
            if tariff is None:
                raise InvalidInput("services.tariff", "no such tariff", code)
            if tariff.currency != self.venue_of(service).currency:
                raise InvalidInput("services.tariff", "is not in the currency of the venue", code)
            by_night = service.policy.trade is Trade.STAY
            if by_night != isinstance(tariff.rate, NightlyRate):
                raise InvalidInput(
                    "services.tariff", "prices nights where periods are sold, or the reverse", code
                )

    def changed(self, at: datetime) -> Event:
        """That this became what the tenant sells; the subject is the tenant."""
        data = {"key": self.tenant.key}
        return Event(name="CatalogChanged", subject=self.tenant.id, version=self.version, at=at, data=data)

    def tariff_of(self, service: Service, provider: ResourceId) -> Tariff | None:
        """The tariff under which a provider's service is sold, or None where no price is kept."""
        code = service.tariff_of(provider)
        return None if code is None else self.tariffs[code]

    def venue_of(self, thing: Resource | Service) -> Venue:
        """The place where a resource stands or a service is given."""
        return self.venues[thing.venue]

    def service(self, key: str | ServiceId) -> Service:
        """By key or id; raises NotFound."""
        return _find(self.services.get, self._services_by_name.get, key, "service")

    def resource(self, key: str | ResourceId) -> Resource:
        """By key or id; raises NotFound."""
        return _find(self.resources.get, self._resources_by_name.get, key, "resource")

    def venue(self, key: str | VenueId) -> Venue:
        """By key or id; raises NotFound."""
        return _find(self.venues.get, _by_name(self.venues.values()).get, key, "venue")

    @cached_property
    def _services_by_name(self) -> Mapping[str, Service]:
        return _by_name(self.services.values())

    @cached_property
    def _resources_by_name(self) -> Mapping[str, Resource]:
        return _by_name(self.resources.values())


def _by_name(things: Iterable[T]) -> Mapping[str, T]:
    """Things by the names that texts give them: their keys, and their ids written out."""
    return {str(thing.id): thing for thing in things} | {thing.key: thing for thing in things}


def _find(by_id: Callable[..., T | None], by_name: Callable[..., T | None], key: object, kind: str) -> T:
    found = by_id(key) or by_name(key)
    if found is None:
        raise NotFound(kind, key)
    return found


def _each_once(things: Iterable[V], name: Callable[[V], N], field: str) -> dict[N, V]:
    """Things by their id or code; raises InvalidInput where two have the same."""
    named: dict[N, V] = {}
    for thing in things:
        if name(thing) in named:
            raise InvalidInput(field, "is used twice", str(name(thing)))
        named[name(thing)] = thing
    return named
