"""How a venue's front desk works: late fees, articles, loyalty points, and whether rooms are inspected."""

from typing import Any

from booking_adapters.businesses.amounts import read_amount, read_percent
from booking_adapters.businesses.sections import Section
from booking_adapters.businesses.tariffs import read_levy
from booking_core.domain.catalog.desk import Article, DeskTerms, LateFee, LoyaltyTerms
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.pricing.taxes import Levy


def read_desk(venue: Section, currency: str) -> DeskTerms | None:
    """The table `desk` of a venue; None where it is missing or wrong."""
    section = venue.table("desk")
    if section is None:
        return None
    inspected_only = section.flag("inspected_only")
    fees = [_late_fee(section, inner, currency) for inner in section.tables("late_fees")]
    articles = [_article(section, inner, currency) for inner in section.tables("articles")]
    loyalty = _loyalty(section, currency)
    section.finish()
    venue.absorb(section)
    if not section.is_good:
        return None
    return venue.made(
        lambda: DeskTerms(
            inspected_only=inspected_only,
            late_fees=tuple(each for each in fees if each),
            articles=tuple(each for each in articles if each),
            loyalty=loyalty,
        ),
        "desk",
    )


def _late_fee(section: Section, inner: Section, currency: str) -> LateFee | None:
    """Until when, for an amount or a percentage of the last night."""
    until = inner.made(lambda: minute_of_day(inner.text("until")), "until")
    if inner.has("amount") == inner.has("percent"):
        inner.wrong("needs amount or percent, and not both")
    amount, percent = read_amount(inner, "amount", currency), read_percent(inner)
    fee = percent if amount is None else amount
    levies = _levies(inner, currency)
    _ended(section, inner)
    if until is None or fee is None or not inner.is_good:
        return None
    return inner.made(lambda: LateFee(until, fee, levies))


def _article(section: Section, inner: Section, currency: str) -> Article | None:
    code, text, price = inner.text("code"), inner.text("text"), read_amount(inner, "price", currency)
    if price is None and inner.is_good:
        inner.wrong("is required", "price")
    levies = _levies(inner, currency)
    _ended(section, inner)
    if price is None or not inner.is_good:
        return None
    made = inner.made(lambda: Article(code=code, text=text, price=price, levies=levies))
    section.absorb(inner)
    return made


def _levies(inner: Section, currency: str) -> tuple[Levy, ...]:
    """The good ones; of the others `inner` knows."""
    read = (read_levy(inner, each, currency) for each in inner.tables("levies"))
    return tuple(each for each in read if each)


def _loyalty(section: Section, currency: str) -> LoyaltyTerms | None:
    inner = section.table("loyalty")
    if inner is None:
        return None
    given: dict[str, Any] = {
        "points_per_unit": inner.whole("points_per_unit"),
        "point_value": read_amount(inner, "point_value", currency),
    }
    for field in [field for field, value in given.items() if value is None]:
        inner.wrong("is required", field)
    _ended(section, inner)
    made = inner.made(lambda: LoyaltyTerms(**given)) if inner.is_good else None
    section.absorb(inner)
    return made


def _ended(section: Section, inner: Section) -> None:
    inner.finish()
    section.absorb(inner)
