"""The tariffs of a file: rates, rate plans, promotions, fees and taxes, and the terms of cancelling."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import attrs

from booking_adapters.businesses.amounts import read_amount, read_discount, read_percent
from booking_adapters.businesses.cancellations import amounts_in, read_cancellation
from booking_adapters.businesses.rates import A_DAY, read_day, read_rate
from booking_adapters.businesses.sections import Section
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.period import Period, from_epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.pricing.promotions import Promotion, RatePlan
from booking_core.domain.pricing.tariff import Tariff
from booking_core.domain.pricing.taxes import Base, Fixed, Levy, Per, Percent
from booking_core.domain.reservations.cancellation import CancellationPolicy

_FIELDS = {"quote_ttl": "quote_minutes", "rate plan": "plans", "promotion": "promotions", "levy": "levies"}


class LevyKind(StrEnum):
    """Who asks for it: the business or the state."""

    FEE = "fee"
    TAX = "tax"


@attrs.frozen
class _Place:
    """What the prices of a venue need to know of it."""

    currency: str
    zone: ZoneInfo
    today: date


def read_tariffs(
    file: Section, venue_named: Callable[[Section], Venue | None], today: date
) -> Mapping[str, Tariff | None]:
    """The tariffs by code; None for one in which something is wrong."""
    tariffs: dict[str, Tariff | None] = {}
    for section in file.tables("tariffs"):
        code = section.text("code")
        if code in tariffs:
            section.wrong(f"is used twice ({code})", "code")
        venue = venue_named(section)
        tariffs[code] = None
        if venue is not None:
            tariffs[code] = _tariff(section, code, _Place(venue.currency, venue.zone, today))
            section.finish()
        file.absorb(section)
    return tariffs


def _tariff(section: Section, code: str, place: _Place) -> Tariff | None:
    rate = read_rate(section, place.currency, place.today)
    plans = [_plan(section, inner, place) for inner in section.tables("plans")]
    promotions = [_promotion(section, inner, place) for inner in section.tables("promotions")]
    levies = [read_levy(section, inner, place.currency) for inner in section.tables("levies")]
    policy = _terms(section, code, place)
    minutes = section.minutes("quote_minutes")
    if rate is None or not section.is_good:
        return None
    given = {} if minutes is None else {"quote_ttl": minutes}
    return section.made(
        lambda: Tariff(
            code=code,
            rate=rate,
            plans=tuple(each for each in plans if each),
            promotions=tuple(each for each in promotions if each),
            levies=tuple(each for each in levies if each),
            policy=policy,
            **given,
        ),
        names=_FIELDS,
    )


def _plan(section: Section, inner: Section, place: _Place) -> RatePlan | None:
    code = inner.text("code")
    discount = read_discount(inner, place.currency)
    policy = _terms(inner, code, place)
    inner.finish()
    section.absorb(inner)
    if not inner.is_good:
        return None
    plan = inner.made(lambda: RatePlan(code=code, discount=discount, policy=policy))
    section.absorb(inner)
    return plan


def _terms(section: Section, code: str, place: _Place) -> CancellationPolicy | None:
    """The terms of cancelling, under the name that the file gives them or the code of what they belong to."""
    read = read_cancellation(section, code, place.currency, may_be_named=True)
    if read is None:
        return None
    policy, _ = read
    if amounts_in(policy) - {place.currency}:
        section.wrong("asks for amounts in another currency than the venue's", "cancellation")
    return policy


def _promotion(section: Section, inner: Section, place: _Place) -> Promotion | None:
    code = inner.text("code")
    discount = read_discount(inner, place.currency)
    valid = _season(inner, place)
    minimum = read_amount(inner, "minimum", place.currency)
    uses, nights = inner.whole("uses"), inner.whole("minimum_nights")
    stackable = inner.flag("stackable")
    if discount is None and inner.is_good:
        inner.wrong("needs percent or amount")
    inner.finish()
    section.absorb(inner)
    if discount is None or not inner.is_good:
        return None
    promotion = inner.made(
        lambda: Promotion(
            code=code,
            discount=discount,
            valid=valid,
            uses=uses,
            minimum=minimum,
            minimum_nights=nights or 0,
            stackable=stackable,
        )
    )
    section.absorb(inner)
    return promotion


def _season(inner: Section, place: _Place) -> Period | None:
    """When a promotion can be used: whole days of the venue, both included."""
    if not (inner.has("from") or inner.has("until")):
        return None
    first, last = read_day(inner, "from", place.today), read_day(inner, "until", place.today)
    if first is None or last is None:
        return None
    return inner.made(
        lambda: Period.between(_midnight(first, place.zone), _midnight(last + A_DAY, place.zone)), "until"
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return from_epoch(wall_epoch(day, 0, zone))


def read_levy(section: Section, inner: Section, currency: str) -> Levy | None:
    """A fee or a tax in a table of its own; None where something is wrong with it."""
    code, kind = inner.text("code"), inner.choice("kind", LevyKind)
    charge = _charge(inner, currency)
    included = inner.flag("included")
    inner.finish()
    section.absorb(inner)
    if kind is None or charge is None or not inner.is_good:
        return None
    make = Levy.fee if kind is LevyKind.FEE else Levy.tax
    return make(code, charge, included=included)


def _charge(inner: Section, currency: str) -> Fixed | Percent | None:
    """An amount per something, or a percentage of a stated base."""
    if inner.has("amount") == inner.has("percent"):
        inner.wrong("needs percent or amount, and not both")
        return None
    if inner.has("percent"):
        rate, base = read_percent(inner), inner.choice("of", Base)
        also_on = inner.texts("also_on")
        return None if rate is None or base is None else Percent(rate, base, also_on)
    amount, per = read_amount(inner, "amount", currency), inner.choice("per", Per)
    from_age = inner.whole("from_age") or 0
    if amount is None or per is None:
        return None
    return inner.made(lambda: Fixed(amount, per, from_age))
