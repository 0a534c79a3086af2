"""Businesses in sentences: `a_clinic().with_staff("anna", hours="MO-FR 09:00-17:00").catalog`."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs

from booking_adapters.testing.ambient import uuid_v7
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.policy import Opening, Policy, RuleSetting, Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.schedule import WEEKDAYS, Schedule, Window
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, ServiceId, TenantId, VenueId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.zone import zone
from booking_core.domain.pricing.rates import NightlyRate, RateCalendar
from booking_core.domain.pricing.tariff import Tariff

OFFICE_HOURS = "MO-FR 09:00-17:00"


def named_id(kind: str, key: str) -> UUID:
    """The same UUIDv7-shaped id for the same name, always.

    Two tenants that both have an "anna" share her id: whatever mixes them up is found out.
    """
    digest = int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest())
    return uuid_v7(1_770_000_000_000, digest & 0xFFF, digest >> 12 & (1 << 62) - 1)


def weekly_hours(text: str, **exceptions: Any) -> Schedule:
    """A schedule of `"MO-FR 09:00-12:00 13:00-17:00; SA-SU 10:00-14:00"`, `"always"` or `"never"`.

    `exceptions` are those of `Schedule.of`: overrides, closed_dates, keeps_holidays.
    """
    if text == "always":
        text = "MO-SU 00:00-24:00"
    weekly: dict[int, list[Window]] = {}
    for part in [] if text == "never" else text.split(";"):
        days, *windows = part.split() or [""]
        first, _, last = days.partition("-")
        if {first, last or first} - set(WEEKDAYS) or not windows:
            raise InvalidInput("hours", "must read like MO-FR 09:00-12:00 13:00-17:00; SA 10:00-14:00", part)
        begins = WEEKDAYS.index(first)
        for day in range(begins, begins + (WEEKDAYS.index(last or first) - begins) % 7 + 1):
            weekly.setdefault(day % 7, []).extend(Window.of(*window.split("-")) for window in windows)
    return Schedule.of(weekly, **exceptions)


@attrs.frozen(kw_only=True)
class Offering:
    """A service as it is described before it is known who performs it: by the roles that it needs.

    Roles in `one_of` take one place whatever the quantity (one guide for all seats).
    """

    key: str
    policy: Policy
    roles: tuple[str, ...]
    one_of: frozenset[str] = frozenset()
    duration: timedelta | None = None
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    step: timedelta | None = None
    tariff: str | None = None
    own_tariffs: tuple[tuple[ResourceId, str], ...] = ()


@attrs.frozen(kw_only=True)
class Business:
    """A business under description. Every method returns a new one; `catalog` is what the engine sells."""

    tenant: Tenant
    venue: Venue
    hours: Schedule
    cast: tuple[tuple[str, Resource], ...] = ()
    offerings: tuple[Offering, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    notices: NoticeSettings = attrs.field(factory=NoticeSettings)
    version: int = 1

    @property
    def catalog(self) -> Catalog:
        """The checked catalog; raises InvalidInput where a role has nobody to fill it."""
        return Catalog.of(
            self.tenant,
            venues=[self.venue],
            resources={who.id: who for _, who in self.cast}.values(),  # somebody may fill several roles
            services=[self._service(offering) for offering in self.offerings],
            tariffs=self.tariffs,
            notices=self.notices,
            version=self.version,
        )

    def called(self, key: str) -> "Business":
        """The same business as another tenant."""
        return attrs.evolve(self, tenant=Tenant(id=TenantId(named_id("tenant", key)), key=key, name=key))

    def in_zone(self, name: str) -> "Business":
        """The same business elsewhere."""
        return attrs.evolve(self, venue=attrs.evolve(self.venue, zone=zone(name)))

    def keeping_holidays(self, calendar: str) -> "Business":
        """Shut on the public holidays of a calendar, with everybody in it."""
        cast = [
            (role, attrs.evolve(who, schedule=attrs.evolve(who.schedule, keeps_holidays=True)))
            for role, who in self.cast
        ]
        hours = attrs.evolve(self.hours, keeps_holidays=True)
        return attrs.evolve(
            self, venue=attrs.evolve(self.venue, holidays=calendar), cast=tuple(cast), hours=hours
        )

    def revised(self) -> "Business":
        """The next version of its catalog."""
        return attrs.evolve(self, version=self.version + 1)

    def open_at(self, hours: str | Schedule) -> "Business":
        """The hours of everybody who joins from here on without hours of their own."""
        return attrs.evolve(self, hours=hours if isinstance(hours, Schedule) else weekly_hours(hours))

    def with_staff(self, *keys: str, hours: str | Schedule | None = None, **facts: Any) -> "Business":
        """People who can perform the services, in order of preference."""
        return self.with_any("staff", *keys, hours=hours, **facts)

    def with_any(
        self, role: str, *keys: str, hours: str | Schedule | None = None, **facts: Any
    ) -> "Business":
        """Resources that fill a role; `facts` are those of Resource, such as `capacity` and `since`."""
        schedule = self.hours if hours is None else hours
        if isinstance(schedule, str):
            schedule = weekly_hours(schedule)
        joining = tuple(
            (
                role,
                Resource(
                    id=ResourceId(named_id("resource", key)),
                    venue=self.venue.id,
                    key=key,
                    name=key.replace("-", " ").title(),
                    schedule=schedule,
                    **facts,
                ),
            )
            for key in keys
        )
        return attrs.evolve(self, cast=(*self.cast, *joining))

    def also_as(self, role: str, *keys: str) -> "Business":
        """Resources that are here already and can fill another role too."""
        known = {who.key: who for _, who in self.cast}
        return attrs.evolve(self, cast=(*self.cast, *((role, known[key]) for key in keys)))

    def without(self, key: str) -> "Business":
        """Somebody leaves."""
        return attrs.evolve(self, cast=tuple((role, who) for role, who in self.cast if who.key != key))

    def changing(self, key: str, **facts: Any) -> "Business":
        """A resource with other facts, such as `capacity=3`."""
        cast = ((role, attrs.evolve(who, **facts) if who.key == key else who) for role, who in self.cast)
        return attrs.evolve(self, cast=tuple(cast))

    def offering(
        self,
        key: str,
        *roles: str,
        trade: Trade = Trade.APPOINTMENT,
        minutes: int | None = None,
        every: int | None = None,
        before: int = 0,
        after: int = 0,
        one_of: frozenset[str] = frozenset(),
        **policy: Any,
    ) -> "Business":
        """A service that needs these roles, in place of one of its key; times are minutes, `policy` facts of Policy."""
        offered = Offering(
            key=key,
            policy=Policy(key=f"{key}-policy", trade=trade, **policy),
            roles=roles,
            one_of=one_of,
            duration=None if minutes is None else timedelta(minutes=minutes),
            before=timedelta(minutes=before),
            after=timedelta(minutes=after),
            step=None if every is None else timedelta(minutes=every),
        )
        others = (each for each in self.offerings if each.key != key)
        return attrs.evolve(self, offerings=(*others, offered))

    def under(self, **policy: Any) -> "Business":
        """Every service under other terms, such as `needs_approval=True`."""
        changed = (attrs.evolve(each, policy=attrs.evolve(each.policy, **policy)) for each in self.offerings)
        return attrs.evolve(self, offerings=tuple(changed))

    def with_rule(self, name: str, **parameters: Any) -> "Business":
        """Every service under one rule more: `with_rule("minimum_notice", hours=2)`."""
        rule = RuleSetting.of(name, **parameters)
        changed = (
            attrs.evolve(each, policy=attrs.evolve(each.policy, rules=(*each.policy.rules, rule)))
            for each in self.offerings
        )
        return attrs.evolve(self, offerings=tuple(changed))

    def priced(self, service: str, tariff: Tariff, *, only: str | None = None) -> "Business":
        """A service sold under a tariff, or only one of its providers (by key)."""
        own = () if only is None else ((ResourceId(named_id("resource", only)), tariff.code),)
        changed = (
            attrs.evolve(
                each,
                tariff=each.tariff if only else tariff.code,
                own_tariffs=(*each.own_tariffs, *own),
            )
            if each.key == service
            else each
            for each in self.offerings
        )
        others = (each for each in self.tariffs if each.code != tariff.code)
        return attrs.evolve(self, offerings=tuple(changed), tariffs=(*others, tariff))

    def _service(self, offering: Offering) -> Service:
        return Service(
            id=ServiceId(named_id("service", offering.key)),
            venue=self.venue.id,
            key=offering.key,
            name=offering.key.replace("-", " ").title(),
            policy=offering.policy,
            needs=tuple(self._need(role, offering) for role in offering.roles),
            duration=offering.duration,
            buffer_before=offering.before,
            buffer_after=offering.after,
            step=offering.step,
            tariff=offering.tariff,
            own_tariffs=offering.own_tariffs,
        )

    def _need(self, role: str, offering: Offering) -> Need:
        able = tuple(resource.id for filled, resource in self.cast if filled == role)
        return Need(role, able, per_quantity=role not in offering.one_of)


def nightly(code: str, a_night: Money, **terms: Any) -> Tariff:
    """A tariff with one price a night; `terms` are plans, promotions, levies and the policy."""
    return Tariff(code=code, rate=NightlyRate(calendar=RateCalendar.flat(a_night)), **terms)


def a_business(key: str, *, code: str, place: str = "Europe/Berlin", currency: str = "EUR") -> Business:
    """A business that has a venue and nothing else yet; office hours unless it says otherwise."""
    tenant = Tenant(id=TenantId(named_id("tenant", key)), key=key, name=key.replace("-", " ").title())
    venue = Venue(
        id=VenueId(named_id("venue", "main")),
        key="main",
        code=code,
        name=tenant.name,
        zone=zone(place),
        currency=currency,
    )
    return Business(tenant=tenant, venue=venue, hours=weekly_hours(OFFICE_HOURS))


def a_clinic() -> Business:
    """A clinic in Berlin without staff: visits of 30 minutes every 15, with 10 minutes before and 5 after."""
    clinic = a_business("clinic", code="CLINIC")
    return clinic.offering("visit", "staff", minutes=30, every=15, before=10, after=5)


def a_practice() -> Business:
    """A practice whose scan needs a doctor, a room and a device at once: two of each, and one device."""
    practice = a_business("practice", code="PRAXIS").open_at("MO-FR 08:00-16:00")
    practice = practice.with_any("doctor", "dr-adams", "dr-brown").with_any("room", "room-1", "room-2")
    practice = practice.with_any("device", "scanner", hours="MO-FR 10:00-14:00")
    return practice.offering("scan", "doctor", "room", "device", minutes=60, every=30)


def a_salon() -> Business:
    """A salon whose haircut needs a stylist and a chair; open Tuesday to Saturday, two of each."""
    salon = a_business("salon", code="SALON").open_at("TU-SA 10:00-19:00")
    salon = salon.with_any("stylist", "mia", "noah").with_any("chair", "chair-1", "chair-2", hours="always")
    return salon.offering("haircut", "stylist", "chair", minutes=45, every=15, after=15)


def a_hall() -> Business:
    """A hall that is not divided: any interval of at least an hour inside 08:00-22:00."""
    hall = a_business("town-hall", code="HALL").with_any("hall", "hall", hours="MO-SU 08:00-22:00")
    terms = (RuleSetting.of("length", minimum_minutes=60, maximum_minutes=14 * 60, step_minutes=15),)
    return hall.offering("hall", "hall", trade=Trade.RENTAL, rules=terms)


def a_car_rental(*cars: str) -> Business:
    """Cars that are picked up and returned in office hours, and are out over night; an hour between two rentals."""
    rental = a_business("car-rental", code="CARS").with_any("car", *(cars or ("fiat",)))
    return rental.offering("car", "car", trade=Trade.RENTAL, opening=Opening.ENDS, after=60)


def a_tour(seats: int = 12) -> Business:
    """A three-hour tour with so many seats, departing at 10:00 every day."""
    tour = a_business("city-tours", code="TOUR").with_any(
        "tour", "tour", hours="MO-SU 10:00-13:00", capacity=seats
    )
    return tour.offering("tour", "tour", trade=Trade.ACTIVITY, minutes=180)


def cabins(count: int) -> Business:
    """Cabins in the Alps, each of its own, for up to four people, by the night."""
    camp = a_business("alpine-cabins", code="ALPS", place="Europe/Zurich", currency="CHF").open_at("always")
    keys = [f"cabin-{number}" for number in range(1, count + 1)]
    camp = camp.with_any("cabin", *keys, largest_party=4)
    return camp.offering("cabin", "cabin", trade=Trade.STAY, no_show_after=timedelta(hours=9))


def grand_hotel(rooms: int = 5) -> Business:
    """The Grand Hotel NYC: so many deluxe king rooms for up to three people each."""
    hotel = a_business("grand-hotel", code="GH-NYC", place="America/New_York", currency="USD").open_at(
        "always"
    )
    hotel = hotel.with_any("deluxe-king", "deluxe-king", capacity=rooms, largest_party=3)
    return hotel.offering("deluxe-king", "deluxe-king", trade=Trade.STAY)
