"""Save what a business sells, as its owner describes it, over what was saved before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, TypeVar
from uuid import UUID

import attrs

from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.kernel.currencies import decimals_of
from booking_core.domain.kernel.errors import BookingError, Conflict, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ResourceId, ServiceId, TenantId, VenueId
from booking_core.domain.reservations.cancellation_data import read_policy
from booking_core.ports.ambient import Clock, Holidays
from booking_core.ports.storage import Tenants, Transaction, UnitOfWork

T = TypeVar("T", Venue, Resource, Service, Unit)


class ResourceInUse(BookingError):
    """A resource would lose places that are booked: move or cancel those bookings first."""

    code: ClassVar[str] = "RESOURCE_IN_USE"


@attrs.frozen(kw_only=True)
class SaveBusinessCommand:
    """The whole catalog as it shall be. Its ids count only for what is new; its version does not count."""

    catalog: Catalog
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SavedBusiness:
    """What is stored now, and the keys (`resources.anna`) of what was added, changed and removed."""

    catalog: Catalog
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing had to be written."""
        return not (self.added or self.changed or self.removed)


@attrs.frozen(kw_only=True)
class SaveBusiness:
    """What has a known key keeps its id; what is new to a known business joins now (its load is counted from now).

    What the description leaves out is removed. Saving the same twice writes nothing the second time.
    """

    begin: UnitOfWork
    tenants: Tenants
    clock: Clock
    rules: RuleBook
    holidays: Holidays

    def __call__(self, command: SaveBusinessCommand) -> SavedBusiness:
        """What was saved; raises InvalidInput for unknown rules, currencies and holidays, ResourceInUse."""
        at = self.clock.now()
        self._check(command.catalog, at)
        tenant = self._tenant(command.catalog.tenant)
        with self.begin(tenant, command.actor) as tx:
            tx.alone()
            stored = _stored(tx)
            wanted = _with_known_ids(command.catalog, tenant, stored, at)
            saved = _compared(wanted, stored)
            if not saved.is_unchanged:
                _save(tx, wanted, stored, at)
            return saved

    def _check(self, catalog: Catalog, at: datetime) -> None:
        for service in catalog.services.values():
            self.rules.rules_of(service.policy)
            if service.policy.cancellation:
                read_policy(service.policy.key, dict(service.policy.cancellation))
        for venue in catalog.venues.values():
            decimals_of(venue.currency)
            if venue.holidays is not None:
                self.holidays.between(venue.holidays, at.date(), at.date())

    def _tenant(self, described: Tenant) -> TenantId:
        try:
            return self.tenants.by_key(described.key)
        except NotFound:
            return described.id


def _stored(tx: Transaction) -> Catalog | None:
    try:
        return tx.catalogs.load()
    except NotFound:
        return None


def _save(tx: Transaction, wanted: Catalog, stored: Catalog | None, at: datetime) -> None:
    try:
        tx.catalogs.save(wanted, at)
    except Conflict as refused:
        if stored is None or "resource" not in refused.details:
            raise
        key = stored.resource(refused.details["resource"]).key
        raise ResourceInUse(f"{key} would lose places that are booked", resource=key) from refused


def _with_known_ids(described: Catalog, tenant: TenantId, stored: Catalog | None, at: datetime) -> Catalog:
    """The description under the ids that its keys already have."""
    venues = _adopted(described.venues.values(), stored.venues.values() if stored else ())
    resources = _adopted(described.resources.values(), stored.resources.values() if stored else ())
    services = _adopted(described.services.values(), stored.services.values() if stored else ())
    before = {each.key: each for each in stored.resources.values()} if stored else {}
    joined = at if stored else None
    return Catalog.of(
        attrs.evolve(described.tenant, id=tenant),
        version=stored.version + 1 if stored else 1,
        venues=[attrs.evolve(each, id=VenueId(venues[each.id])) for each in described.venues.values()],
        resources=[
            _resource(
                each,
                ResourceId(resources[each.id]),
                VenueId(venues[each.venue]),
                before.get(each.key),
                joined,
            )
            for each in described.resources.values()
        ],
        services=[
            attrs.evolve(
                each,
                id=ServiceId(services[each.id]),
                venue=VenueId(venues[each.venue]),
                needs=tuple(_need(need, resources) for need in each.needs),
                own_tariffs=tuple((ResourceId(resources[who]), code) for who, code in each.own_tariffs),
            )
            for each in described.services.values()
        ],
        tariffs=described.tariffs.values(),
        notices=described.notices,
    )


def _adopted(described: Iterable[T], stored: Iterable[T]) -> Mapping[UUID, UUID]:
    """From the described id to the stored id of the same key, or to itself."""
    known = {each.key: each.id for each in stored}
    return {each.id: known.get(each.key, each.id) for each in described}


def _need(need: Need, resources: Mapping[UUID, UUID]) -> Need:
    return attrs.evolve(need, any_of=tuple(ResourceId(resources[each]) for each in need.any_of))


def _resource(
    described: Resource, id: ResourceId, venue: VenueId, before: Resource | None, joined: datetime | None
) -> Resource:
    known = {unit.key: unit.id for unit in before.units} if before else {}
    return attrs.evolve(
        described,
        id=id,
        venue=venue,
        since=before.since if before else joined,
        units=tuple(attrs.evolve(unit, id=known.get(unit.key, unit.id)) for unit in described.units),
    )


def _compared(wanted: Catalog, stored: Catalog | None) -> SavedBusiness:
    after, before = _by_key(wanted), _by_key(stored) if stored else {}
    changed = tuple(key for key in after if key in before and after[key] != before[key])
    removed = tuple(key for key in before if key not in after)
    added = tuple(key for key in after if key not in before)
    kept = stored if stored and not (added or changed or removed) else wanted
    return SavedBusiness(catalog=kept, added=added, changed=changed, removed=removed)


def _by_key(catalog: Catalog) -> Mapping[str, object]:
    kinds = (("venues", catalog.venues), ("resources", catalog.resources), ("services", catalog.services))
    things = {f"{kind}.{each.key}": each for kind, members in kinds for each in members.values()}
    tariffs = {f"tariffs.{code}": tariff for code, tariff in catalog.tariffs.items()}
    told = {} if catalog.notices == NoticeSettings() else {"notices": catalog.notices}
    return {f"business.{catalog.tenant.key}": catalog.tenant, **things, **tariffs, **told}
