"""Which room types, cabins or other nightly resources are free for a stay."""

from collections.abc import Iterator

import attrs

from booking_core.domain.availability.evaluate import evaluate, occupied
from booking_core.domain.availability.request import Refusal, Request, Snapshot
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Stay, epoch
from booking_core.domain.pricing.promotions import PromotionRefused
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.rates import NoRate
from booking_core.domain.reservations.party import Party
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.pricing import quote_for, uses_of_codes
from booking_core.usecases.reading import Reader
from booking_core.usecases.search_slots import own_claims
from booking_core.usecases.wanted import Wanted


@attrs.frozen(kw_only=True)
class StayQuery:
    """A stay of so many rooms for a party; one service by key, or all that are sold by the night."""

    tenant: TenantId
    stay: Stay
    service: str | None = None
    quantity: int = 1
    party: Party = Party()
    rate_plan: str | None = None
    codes: tuple[str, ...] = ()
    session: str = ""


@attrs.frozen(kw_only=True)
class StayOffer:
    """A resource that is free for the stay, with how many places are left and its price where one is kept."""

    service: Service
    resource: Resource
    left: int
    quote: Quote | None

    @property
    def price(self) -> Money | None:
        """The total, taxes and fees included."""
        return None if self.quote is None else self.quote.total


@attrs.frozen(kw_only=True)
class SearchStays:
    """Finds every nightly resource that could be booked now, cheapest first (unpriced ones last, by key)."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook

    def __call__(self, query: StayQuery) -> list[StayOffer]:
        """The offers; raises NotFound for an unknown service.

        What has no rate for every night, or is not sold under the plan or with the codes, is left out; where that
        leaves nothing, the first of these refusals is raised (NoRate, PromotionRefused, InvalidInput).
        """
        unsold: list[BookingError] = []
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
            services = [catalog.service(query.service)] if query.service else _nightly(catalog)
            offers = [
                offer for service in services for offer in self._offers(tx, catalog, service, query, unsold)
            ]
        if unsold and not offers:
            raise unsold[0]
        return sorted(offers, key=_cheapest_first)

    def _offers(
        self,
        tx: Transaction,
        catalog: Catalog,
        service: Service,
        query: StayQuery,
        unsold: list[BookingError],
    ) -> Iterator[StayOffer]:
        at = self.clock.now()
        wanted = Wanted(
            service=service.key,
            stay=query.stay,
            quantity=query.quantity,
            party=query.party,
            rate_plan=query.rate_plan,
            codes=query.codes,
        )
        request = wanted.request(catalog, service)
        without = own_claims(tx, query.session, service)
        snapshot = self.reader.around(tx, catalog, service, request.period, at, without=without).snapshot
        uses = uses_of_codes(tx, catalog, wanted, at)
        lead = service.needs[0]
        for provider in lead.any_of:
            choice = attrs.evolve(request, chosen={lead.role: provider})
            if isinstance(evaluate(choice, snapshot, at, self.rules), Refusal):
                continue
            try:
                quote = quote_for(catalog, service, provider, choice, wanted, at, uses=uses)
            except (NoRate, PromotionRefused, InvalidInput) as refused:
                unsold.append(refused)
                continue
            resource = catalog.resources[provider]
            left = _left(snapshot, choice, resource)
            yield StayOffer(service=service, resource=resource, left=left, quote=quote)


def _nightly(catalog: Catalog) -> list[Service]:
    return [service for service in catalog.services.values() if service.policy.trade is Trade.STAY]


def _left(snapshot: Snapshot, request: Request, resource: Resource) -> int:
    times = occupied(snapshot.service, request.period)
    return resource.lanes - snapshot.diaries[resource.id].calendar.peak(epoch(times.start), epoch(times.end))


def _cheapest_first(offer: StayOffer) -> tuple[bool, int, str]:
    price = offer.price
    return (price is None, price.amount_minor if price else 0, offer.resource.key)
