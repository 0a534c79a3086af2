"""What templates of notices may name: the facts of a booking, or of a place in the waitlist, in words.

By the clock and money of the venue.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from booking_adapters._wording.cancellation import money_text, terms_text
from booking_adapters._wording.languages import ENGLISH, LANGUAGES
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.reservation import LIVE, Reservation, Status
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.usecases.cancel import policy_of

FACTS = frozenset(
    {
        "business",
        "venue",
        "service",
        "provider",
        "customer",
        "code",
        "when",
        "date",
        "time",
        "price",
        "terms",
        "manage_url",
        "is_pending",
        "until",
    }
)
"""`provider` is who or what was assigned; `price`, `terms` and `manage_url` are empty where there is none.

`until` is how long an offer stands, and empty elsewhere. Who waits has no `provider`, `code`, `price` or `terms` yet.
"""
_THIN_SPACE = "\u202f"


def facts_of(
    reservation: Reservation, catalog: Catalog, *, language: str, manage_url: str = ""
) -> Mapping[str, str | bool]:
    """The facts of a booking. What the catalog no longer sells goes without its name."""
    venue, service = venue_of(catalog, reservation), catalog.services.get(reservation.service)
    start = reservation.period.start
    return {
        "business": catalog.tenant.name,
        "venue": venue.name,
        "service": service.name if service else "",
        "provider": _assigned(catalog, reservation),
        "customer": reservation.customer.name,
        "code": reservation.code,
        "when": when_text(reservation.period, venue.zone, language),
        "date": _date(start.astimezone(venue.zone), language),
        "time": _time(start.astimezone(venue.zone), language),
        "price": money_text(reservation.quote.total, _locale(language)) if reservation.quote else "",
        "terms": _terms(reservation, venue.zone, language),
        "manage_url": manage_url,
        "is_pending": reservation.status is Status.PENDING,
        "until": "",
    }


def facts_in_line(
    entry: WaitlistEntry, catalog: Catalog, *, language: str, manage_url: str = ""
) -> Mapping[str, str | bool]:
    """The facts of a place in the line: of what is offered, or of what was waited for."""
    service, offer = catalog.services.get(entry.service), entry.offer
    venue = next(iter(catalog.venues.values())) if service is None else catalog.venue_of(service)
    period = entry.period if offer is None else offer.period
    start = period.start.astimezone(venue.zone)
    nothing_yet = dict.fromkeys(("provider", "code", "price", "terms"), "")
    return {
        **nothing_yet,
        "business": catalog.tenant.name,
        "venue": venue.name,
        "service": service.name if service else "",
        "customer": entry.customer.name,
        "when": when_text(period, venue.zone, language),
        "date": _date(start, language),
        "time": _time(start, language),
        "manage_url": manage_url,
        "is_pending": False,
        "until": "" if offer is None else _moment(offer.until.astimezone(venue.zone), language),
    }


def when_text(period: Period, zone: ZoneInfo, language: str) -> str:
    """`Monday, March 2, 2026, 10:00 AM - 11:00 AM`, or both days where they differ."""
    start, end = period.start.astimezone(zone), period.end.astimezone(zone)
    first = _moment(start, language)
    if start.date() == end.date():
        return f"{first} - {_time(end, language)}"
    return f"{first} - {_moment(end, language)}"


def venue_of(catalog: Catalog, reservation: Reservation) -> Venue:
    """Where it takes place; any place of the business where what was booked is no longer sold."""
    for _, resource in reservation.assigned:
        if resource in catalog.resources:
            return catalog.venue_of(catalog.resources[resource])
    return next(iter(catalog.venues.values()))


def _assigned(catalog: Catalog, reservation: Reservation) -> str:
    names = (catalog.resources[each].name for _, each in reservation.assigned if each in catalog.resources)
    return ", ".join(dict.fromkeys(names))


def _terms(reservation: Reservation, zone: ZoneInfo, language: str) -> str:
    policy = policy_of(reservation) if reservation.status in LIVE else None
    if policy is None:
        return ""
    spoken = language.partition("-")[0]
    return terms_text(
        policy,
        reservation.period.start,
        zone,
        spoken if spoken in LANGUAGES else ENGLISH,
        at=reservation.history[-1].at,
    )


def _moment(local: datetime, language: str) -> str:
    return f"{_date(local, language)}, {_time(local, language)}"


def _date(local: datetime, language: str) -> str:
    return format_date(local, "full", locale=_locale(language))


def _time(local: datetime, language: str) -> str:
    return format_time(local, "short", locale=_locale(language)).replace(_THIN_SPACE, " ")


def _locale(language: str) -> str:
    """The name under which babel knows a language such as `pt-BR`; English where it does not."""
    try:
        return str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return ENGLISH
