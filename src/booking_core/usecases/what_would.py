"""What it would cost, and what it would have cost: estimates before anybody chooses, and a policy over the past."""

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing.estimate import Estimate, estimate
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import Booked, CancellationPolicy
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.domain.reservations.what_if import PastCancellation, Replay, replay
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import MOST_OF_A_PAGE, Page, Transaction, UnitOfWork
from booking_core.usecases.cancel import earned_before
from booking_core.usecases.make_quote import NotPriced

MOST_PAGES = 40
"""How many reservations a replay reads: 20,000 at most."""
MOST_GUESTS, MOST_NIGHTS = 100, 366


@attrs.frozen(kw_only=True)
class EstimateQuery:
    """So many guests for so many nights of a service, from a date on."""

    tenant: TenantId
    service: str
    guests: int
    nights: int
    arriving: date

    def __attrs_post_init__(self) -> None:
        """Refuse parties and stays that nobody has."""
        for field, value, most in (
            ("guests", self.guests, MOST_GUESTS),
            ("nights", self.nights, MOST_NIGHTS),
        ):
            if not 1 <= value <= most:
                raise InvalidInput(field, f"must be 1…{most}", value)


@attrs.frozen(kw_only=True)
class EstimateStay:
    """The estimates of a service that is sold by the night, one for each resource with a price of its own."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: EstimateQuery) -> Mapping[ResourceId, Estimate]:
        """By resource, cheapest first, free or not; raises NotPriced, NoRate, InvalidInput, NotFound."""
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
        service = catalog.service(query.service)
        at = self.clock.now()
        found: dict[ResourceId, Estimate] = {}
        for provider in service.needs[0].any_of:
            tariff = catalog.tariff_of(service, provider)
            if tariff is not None:
                found[provider] = estimate(
                    tariff, guests=query.guests, nights=query.nights, arriving=query.arriving, at=at
                )
        if not found:
            raise NotPriced("no price is kept for this service", service=service.key)
        return dict(sorted(found.items(), key=lambda each: (each[1].total, each[0])))


@attrs.frozen(kw_only=True)
class ReplayQuery:
    """A policy over what was cancelled of the bookings in a period."""

    tenant: TenantId
    policy: CancellationPolicy
    window: Period


@attrs.frozen(kw_only=True)
class ReplayPolicy:
    """Tells what past cancellations would have come to under another policy; nothing is changed."""

    begin: UnitOfWork

    def __call__(self, query: ReplayQuery) -> Mapping[str, Replay]:
        """By currency. What was let go by waivers counts as it was charged then: not at all."""
        past: dict[str, list[PastCancellation]] = {}
        with self.begin.reading(query.tenant) as tx:
            for reservation in _cancelled(tx, query.window):
                folio = tx.folios.find(reservation.id)
                quote = reservation.quote
                if folio is None or quote is None:
                    continue
                past.setdefault(quote.currency, []).append(_past(reservation, quote, folio))
        return {currency: replay(query.policy, found, currency) for currency, found in past.items()}


def _past(reservation: Reservation, quote: Quote, folio: Folio) -> PastCancellation:
    """A cancellation; what was kept for nights given up before it is left aside."""
    nothing = Money.zero(quote.currency)
    kept = Money.total((line.amount for line in earned_before(quote)), quote.currency)
    price = quote.total - kept
    booked = Booked(
        price=price, paid=price, first_night=quote.first_night, starts_at=reservation.period.start
    )
    return PastCancellation(
        booked=booked, cancelled_at=reservation.history[-1].at, penalty=max(folio.booking - kept, nothing)
    )


def _cancelled(tx: Transaction, window: Period) -> Iterator[Reservation]:
    """Those that were confirmed and called off, in order."""
    page = Page(limit=MOST_OF_A_PAGE)
    for _ in range(MOST_PAGES):
        found = tx.reservations.overlapping(None, window, page)
        for each in found:
            was_firm = any(step.status is Status.CONFIRMED for step in each.history)
            if each.status is Status.CANCELLED and was_firm:
                yield each
        if len(found) < page.limit:
            return
        page = attrs.evolve(page, after=found[-1].id)
