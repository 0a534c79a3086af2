"""From the text of a TOML file to a checked catalog, or to every problem of the file with its line."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs

from booking_adapters.businesses.amounts import read_amount
from booking_adapters.businesses.cancellations import amounts_in
from booking_adapters.businesses.desk import read_desk
from booking_adapters.businesses.hours import read_schedule
from booking_adapters.businesses.notices import read_notices
from booking_adapters.businesses.policies import read_policies
from booking_adapters.businesses.positions import line_numbers
from booking_adapters.businesses.sections import Notes, Section
from booking_adapters.businesses.tariffs import read_tariffs
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.kernel.currencies import decimals_of
from booking_core.domain.kernel.ids import ResourceId, ServiceId, TenantId, UnitId, VenueId, checked_key
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.problems import BadFile, Problem
from booking_core.domain.kernel.zone import zone
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.pricing.rates import NightlyRate
from booking_core.domain.pricing.tariff import Tariff
from booking_core.domain.reservations.cancellation_data import read_penalty, read_policy
from booking_core.ports.ambient import Clock, Holidays, IdGenerator

MOST_BYTES = 2_000_000
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,14}[A-Z0-9])?")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_TIMES = ("duration", "buffer_before", "buffer_after", "step")
_FIELDS = {name: f"{name}_minutes" for name in _TIMES}


@attrs.frozen(kw_only=True)
class BusinessReader:
    """Reads descriptions of businesses. New ids are given to everything; saving keeps the ids of known keys."""

    ids: IdGenerator
    clock: Clock
    rules: RuleBook
    holidays: Holidays

    def __call__(self, data: bytes, file: str = "business.toml") -> Catalog:
        """The catalog that a TOML file describes; raises BadFile with the line, field and reason of every problem."""
        values, lines = _parsed(data, file)
        notes = Notes(lines)
        catalog = _Description(Section(values, (), notes), self).catalog()
        if notes.problems or catalog is None:
            raise BadFile(file, notes.problems)
        return catalog


def _parsed(data: bytes, file: str) -> tuple[Mapping[str, Any], Mapping[tuple[str | int, ...], int]]:
    if len(data) > MOST_BYTES:
        raise BadFile(file, [Problem(1, "file", f"is larger than {MOST_BYTES} bytes")])
    try:
        text = data.decode().replace("\r\n", "\n")
        return tomllib.loads(text), line_numbers(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(file, [Problem(line, "file", "is not UTF-8 text")]) from None
    except ValueError as error:  # TOMLDecodeError, and numbers of too many digits
        where = _TOML_LINE.search(str(error))
        line = int(where[1]) if where else data.count(b"\n") + 1
        raise BadFile(file, [Problem(line, "file", f"is not TOML: {error}")]) from None
    except RecursionError:
        raise BadFile(file, [Problem(1, "file", "is nested too deeply")]) from None


def read_notice_rules(data: bytes, file: str = "notices.toml") -> NoticeSettings:
    """What the table `notices` of a TOML file says, which has no other; raises BadFile like `BusinessReader`."""
    values, lines = _parsed(data, file)
    notes = Notes(lines)
    section = Section(values, (), notes)
    settings = read_notices(section)
    section.finish()
    if notes.problems or settings is None:
        raise BadFile(file, notes.problems)
    return settings


class _Description:
    """One file while it is read."""

    def __init__(self, file: Section, reader: BusinessReader) -> None:
        self._file = file
        self._reader = reader
        self._today = reader.clock.now().date()
        self._venues: dict[str, VenueId] = {}
        self._places: dict[VenueId, Venue] = {}
        self._tariffs: Mapping[str, Tariff | None] = {}
        self._resources: dict[str, tuple[ResourceId, VenueId | None]] = {}

    def catalog(self) -> Catalog | None:
        """The catalog, or None where anything is wrong."""
        venues = [self._venue(section) for section in self._file.tables("venues")]
        tenant = self._tenant()
        if not venues:
            self._file.wrong("is required: at least one place", "venues")
        resources = [self._resource(section) for section in self._file.tables("resources")]
        policies = read_policies(self._file, self._reader.rules, self._today, self._only_currency())
        self._tariffs = read_tariffs(self._file, self._place_of, self._today)
        known: dict[str, None] = {}
        services = [self._service(section, policies, known) for section in self._file.tables("services")]
        notices = read_notices(self._file)
        self._file.finish()
        tariffs = self._tariffs.values()
        if tenant is None or None in (*venues, *resources, *services, *tariffs) or not self._file.is_good:
            return None
        return self._file.made(
            lambda: Catalog.of(
                tenant,
                venues=[each for each in venues if each],
                resources=[each for each in resources if each],
                services=[each for each in services if each],
                tariffs=[each for each in tariffs if each],
                notices=notices,
            )
        )

    def _tenant(self) -> Tenant | None:
        section = self._file.table("business")
        if section is None:
            self._file.wrong("is required: a table with key and name", "business")
            return None
        key, name = section.key({}), section.text("name")
        tolerance = self._tolerance(section)
        section.finish()
        if not section.is_good:
            return None
        return section.made(
            lambda: Tenant(id=TenantId(self._id()), key=key, name=name, price_tolerance_minor=tolerance),
            "price_tolerance",
        )

    def _tolerance(self, section: Section) -> int:
        """By how much a price may differ unasked, in minor units of the one currency of the file."""
        if not section.has("price_tolerance"):
            return 0
        currency = self._only_currency()
        if currency is None:
            section.wrong("needs venues of one currency", "price_tolerance")
        amount = read_amount(section, "price_tolerance", currency or "USD")
        return 0 if amount is None else amount.amount_minor

    def _only_currency(self) -> str | None:
        """The currency of every venue, None where they have several."""
        found = {venue.currency for venue in self._places.values()}
        return found.pop() if len(found) == 1 else None

    def _venue(self, section: Section) -> Venue | None:
        key, name, code = section.key(self._venues), section.text("name"), section.text("code")
        venue_id = VenueId(self._id())
        self._venues[key] = venue_id
        if code and not _CODE.fullmatch(code):
            section.wrong("must be 1…16 capitals, digits or inner hyphens", "code")
        zone_name, currency = section.text("zone"), section.text("currency")
        place = section.made(lambda: zone(zone_name), "zone") if zone_name else None
        if currency:
            section.made(lambda: decimals_of(currency), "currency")
        hours = {
            field: section.made(lambda: minute_of_day(section.text(field)), field)  # noqa: B023 - called at once
            for field in ("check_in", "check_out")
            if section.has(field)
        }
        holidays = section.text("holidays") if section.has("holidays") else None
        if holidays:
            section.made(
                lambda: self._reader.holidays.between(holidays, self._today, self._today), "holidays"
            )
        desk = read_desk(section, currency) if currency and section.is_good else None
        section.finish()
        if place is None or not section.is_good:
            return None
        given: dict[str, Any] = {field: minute for field, minute in hours.items() if minute is not None}
        if desk is not None:
            given["desk"] = desk
        venue = section.made(
            lambda: Venue(
                id=venue_id,
                key=key,
                code=code,
                name=name,
                zone=place,
                currency=currency,
                holidays=holidays,
                **given,
            )
        )
        if venue is not None:
            self._places[venue_id] = venue
        return venue

    def _resource(self, section: Section) -> Resource | None:
        key, name = section.key(self._resources), section.text("name")
        venue = self._venue_named(section)
        resource_id = ResourceId(self._id())
        self._resources[key] = (resource_id, venue)
        schedule = read_schedule(section, self._today)
        units = self._units(section)
        numbers = {field: section.whole(field) for field in ("capacity", "allowance", "largest_party")}
        section.finish()
        if venue is None or schedule is None or not section.is_good:
            return None
        given: dict[str, Any] = {field: number for field, number in numbers.items() if number is not None}
        given.setdefault("capacity", len(units) or 1)
        return section.made(
            lambda: Resource(
                id=resource_id, venue=venue, key=key, name=name, schedule=schedule, units=units, **given
            )
        )

    def _units(self, section: Section) -> tuple[Unit, ...]:
        units: dict[str, Unit] = {}
        for index, value in enumerate(section.entries("units")):
            inner = section.inner(value if isinstance(value, dict) else {"key": value}, "units", index)
            key = inner.key(units)
            units[key] = Unit(id=UnitId(self._id()), key=key, name=inner.text("name", key))
            inner.finish()
            section.absorb(inner)
        return tuple(units.values())

    def _service(
        self, section: Section, policies: Mapping[str, Policy | None], known: dict[str, None]
    ) -> Service | None:
        key, name = section.key(known), section.text("name")
        known[key] = None
        venue = self._venue_named(section)
        policy_key = section.text("policy")
        if policy_key and policy_key not in policies:
            section.wrong(f"no such policy ({policy_key})", "policy")
        needs = self._needs(section, venue)
        times = {name: section.minutes(field) for name, field in _FIELDS.items()}
        given: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
        policy = policies.get(policy_key)
        given |= self._prices(section, venue, policy)
        section.finish()
        if venue is None or policy is None or not section.is_good:
            return None
        service_id = ServiceId(self._id())
        return section.made(
            lambda: Service(
                id=service_id, venue=venue, key=key, name=name, policy=policy, needs=needs, **given
            ),
            names=_FIELDS,
        )

    def _prices(self, section: Section, venue: VenueId | None, policy: Policy | None) -> dict[str, Any]:
        """The tariff of the service, and those of providers that have their own."""
        prices: dict[str, Any] = {}
        place = None if venue is None else self._places.get(venue)
        if policy and place and policy.cancellation:
            terms = read_policy(policy.key, dict(policy.cancellation))
            if amounts_in(terms) - {place.currency}:
                section.wrong(
                    "asks for amounts in another currency than the venue's on cancellation", "policy"
                )
        fee = read_penalty(dict(policy.no_show_fee)) if policy and policy.no_show_fee else None
        if place and isinstance(fee, Money) and fee.currency != place.currency:
            section.wrong(
                "asks for a fee in another currency than the venue's of who does not come", "policy"
            )
        ahead = terms_of(policy) if policy else None
        if ahead and place and isinstance(ahead.deposit, Money) and ahead.deposit.currency != place.currency:
            section.wrong("asks for a payment in another currency than the venue's", "policy")
        if section.has("tariff"):
            prices["tariff"] = self._tariff_named(section, "tariff", place, policy)
        table = section.table("own_tariffs")
        if table is not None:
            names = table.names()
            providers = [self._provider(table, key, venue, key) for key in names]
            codes = [self._tariff_named(table, key, place, policy) for key in names]
            pairs = zip(providers, codes, strict=True)
            prices["own_tariffs"] = tuple((who, code) for who, code in pairs if who and code)
            section.absorb(table)
        return prices

    def _tariff_named(
        self, section: Section, field: str, place: Venue | None, policy: Policy | None
    ) -> str | None:
        """The code of a tariff that exists and can price the service."""
        code = section.text(field)
        if code and code not in self._tariffs:
            section.wrong(f"no such tariff ({code})", field)
        tariff = self._tariffs.get(code)
        if tariff is not None and place is not None and tariff.currency != place.currency:
            section.wrong(f"is not in the currency of the venue ({code})", field)
        if tariff is not None and policy is not None:
            by_night = isinstance(tariff.rate, NightlyRate)
            if by_night != (policy.trade is Trade.STAY):
                wrong = "has prices per night" if by_night else "has no prices per night"
                section.wrong(f"{wrong} ({code})", field)
        return code or None

    def _needs(self, section: Section, venue: VenueId | None) -> tuple[Need, ...]:
        table = section.table("needs")
        if table is None:
            section.wrong('is required: roles and who fills them, such as stylist = ["mia", "leo"]', "needs")
            return ()
        needs = tuple(self._need(table, role, venue) for role in table.names())
        section.absorb(table)
        return needs

    def _need(self, table: Section, role: str, venue: VenueId | None) -> Need:
        """A role and its providers: a list of keys, or a table of `any_of` and `per_quantity`."""
        table.made(lambda: checked_key(role), role)
        keys, per_quantity = table.take(role), True
        field: tuple[str, ...] = (role,)
        if isinstance(keys, dict):
            inner = table.inner(keys, role)
            keys = inner.entries("any_of")
            per_quantity = inner.flag("per_quantity", default=True)
            inner.finish()
            table.absorb(inner)
            field = (role, "any_of")
        if not isinstance(keys, list):
            table.wrong("must be a list of keys of resources", *field)
            keys = []
        providers = [self._provider(table, key, venue, *field, n) for n, key in enumerate(keys)]
        return Need(role, tuple(each for each in providers if each), per_quantity)

    def _provider(
        self, section: Section, key: object, venue: VenueId | None, *field: str | int
    ) -> ResourceId | None:
        if not isinstance(key, str) or key not in self._resources:
            section.wrong(f"no such resource ({str(key)[:64]})", *field)
            return None
        found, place = self._resources[key]
        if venue and place and place != venue:
            section.wrong(f"stands in another venue ({key})", *field)
        return found

    def _venue_named(self, section: Section) -> VenueId | None:
        """The venue that is named, or the only one."""
        if not section.has("venue") and len(self._venues) == 1:
            return next(iter(self._venues.values()))
        key = section.text("venue")
        if key and key not in self._venues:
            section.wrong(f"no such venue ({key})", "venue")
        return self._venues.get(key)

    def _place_of(self, section: Section) -> Venue | None:
        """The venue that is named, or the only one, where nothing is wrong with it."""
        named = self._venue_named(section)
        return None if named is None else self._places.get(named)

    def _id(self) -> UUID:
        return self._reader.ids.new()
