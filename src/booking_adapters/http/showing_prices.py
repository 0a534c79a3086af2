"""From prices and terms of the domain to what clients see of them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from booking_adapters._wording.cancellation import terms_text, window_text
from booking_adapters._wording.languages import ENGLISH
from booking_adapters.http.price_views import (
    AgreedView,
    CancellationCost,
    CancellationView,
    FreePeriod,
    FreePeriodsView,
    FreeResource,
    LineView,
    PriceView,
    QuoteView,
    TermsView,
    TermsWindow,
    TotalsView,
)
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Policy
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Stay
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import (
    Assessment,
    CancellationPolicy,
    FirstNight,
    TierWindow,
    check_in_instant,
)
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.cancel import policy_of, terms_of
from booking_core.usecases.free_periods import FoundPeriods
from booking_core.usecases.make_quote import GivenQuote

MOST_PERIODS = 10_000


def price_view(amount: Money) -> PriceView:
    """An amount."""
    return PriceView(amount_minor=amount.amount_minor, currency=amount.currency)


def quote_view(catalog: Catalog, service: Service, given: GivenQuote, language: str = ENGLISH) -> QuoteView:
    """A quote that was given."""
    quote = given.quote
    return QuoteView(
        id=given.id,
        service=service.key,
        resource=catalog.resources[given.resource].key,
        price=agreed_view(
            quote, service.policy, start_of(catalog, service, quote), _zone(catalog, service), language
        ),
        made_at=quote.made_at,
        expires_at=quote.expires_at,
    )


def start_of(catalog: Catalog, service: Service, quote: Quote) -> datetime:
    """When what was quoted starts: a stay at the check-in time on the venue's wall."""
    span, venue = quote.request.span, catalog.venue_of(service)
    if isinstance(span, Stay):
        return check_in_instant(span.check_in, venue.check_in, venue.zone)
    return span.start


def agreed_view(
    quote: Quote, policy: Policy, starts_at: datetime, zone: ZoneInfo, language: str = ENGLISH
) -> AgreedView:
    """A price with the terms that it, or the policy of the service, is sold under."""
    terms = terms_of(quote, policy)
    return AgreedView(
        rate_plan=quote.request.rate_plan,
        codes=quote.request.codes,
        totals=totals_view(quote),
        lines=tuple(
            LineView(
                kind=line.kind.value,
                code=line.code,
                source=line.source,
                amount_minor=line.amount.amount_minor,
                night=line.night,
                included=line.included,
            )
            for line in quote.lines
        ),
        cancellation=None
        if terms is None
        else terms_view(terms, starts_at, zone, language, at=quote.made_at),
        rounding=quote.rounding,
        fingerprint=quote.fingerprint,
    )


def totals_view(quote: Quote) -> TotalsView:
    """The sums of a price."""
    totals = quote.totals
    return TotalsView(
        currency=quote.currency,
        subtotal_minor=totals.subtotal.amount_minor,
        discounts_minor=totals.discounts.amount_minor,
        fees_minor=totals.fees.amount_minor,
        taxes_minor=totals.taxes.amount_minor,
        penalties_minor=totals.penalties.amount_minor,
        included_minor=totals.included.amount_minor,
        total_minor=totals.total.amount_minor,
    )


def terms_view(
    terms: CancellationPolicy,
    starts_at: datetime,
    zone: ZoneInfo,
    language: str = ENGLISH,
    *,
    at: datetime | None,
) -> TermsView:
    """The terms of calling off something that starts at an instant, as they are offered `at` another."""
    return TermsView(
        name=terms.code,
        text=terms_text(terms, starts_at, zone, language, at=at),
        language=language,
        free_until=terms.free_until(starts_at),
        windows=tuple(_window(each, zone, language) for each in terms.windows(starts_at)),
    )


def cancellation_view(told: Assessment | None, at: datetime, *, may_cancel: bool) -> CancellationView:
    """What calling off would cost."""
    return CancellationView(at=at, may_cancel=may_cancel, cost=cost_view(told))


def cost_view(told: Assessment | None) -> CancellationCost | None:
    """What calling off comes to; None where no price or no terms were agreed."""
    if told is None:
        return None
    return CancellationCost(
        penalty=price_view(told.penalty),
        waived=price_view(told.waived),
        refund=price_view(told.refund),
        outstanding=price_view(told.outstanding),
        refund_status=told.refund_status.value,
    )


def guest_may_cancel(reservation: Reservation, at: datetime) -> bool:
    """Whether the terms let a guest call off at an instant; staff always may."""
    terms = policy_of(reservation)
    return terms is None or reservation.period.start - at >= terms.guest_until


def free_periods_view(found: FoundPeriods, service: Service, *, most: int = MOST_PERIODS) -> FreePeriodsView:
    """Free periods, at most so many of them."""
    left, resources = most, []
    for resource, periods in found.by_resource.items():
        named = found.catalog.resources[resource]
        shown = tuple(FreePeriod(start=each.start, end=each.end) for each in islice(periods, left))
        left -= len(shown)
        resources.append(FreeResource(resource=named.key, name=named.name, periods=shown))
    return FreePeriodsView(
        service=service.key,
        zone=_zone(found.catalog, service).key,
        resources=tuple(resources),
        has_more=sum(map(len, found.by_resource.values())) > most,
    )


def price_lines(view: AgreedView) -> Iterator[tuple[str, int]]:
    """One entry per rule and kind, in the order of the bill: what is shown where nights are not listed."""
    sums: dict[str, int] = {}
    for line in view.lines:
        name = line.code if line.code == line.kind else f"{line.kind} {line.code}"
        name += " (included)" if line.included else ""
        sums[name] = sums.get(name, 0) + line.amount_minor
    yield from sums.items()


def _window(window: TierWindow, zone: ZoneInfo, language: str) -> TermsWindow:
    penalty = window.penalty
    return TermsWindow(
        after=window.after,
        until=window.until,
        percent=str(penalty) if isinstance(penalty, Percentage) else None,
        first_night=isinstance(penalty, FirstNight),
        amount=price_view(penalty) if isinstance(penalty, Money) else None,
        text=window_text(window, zone, language),
    )


def _zone(catalog: Catalog, service: Service) -> ZoneInfo:
    return catalog.venue_of(service).zone
