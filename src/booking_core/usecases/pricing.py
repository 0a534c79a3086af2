"""What a request costs under the tenant's tariffs."""

from collections.abc import Mapping
from datetime import datetime

from booking_core.domain.availability.places import with_unnamed
from booking_core.domain.availability.request import Request
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.pricing.price import price
from booking_core.domain.pricing.promotions import PromotionProblem, PromotionRefused
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.request import PriceRequest
from booking_core.ports.storage import Transaction
from booking_core.usecases.wanted import Wanted


def quote_for(  # noqa: PLR0917 - all but the last are what is asked
    catalog: Catalog,
    service: Service,
    provider: ResourceId,
    request: Request,
    wanted: Wanted,
    at: datetime,
    *,
    uses: Mapping[str, int],
) -> Quote | None:
    """The price of a request with a provider of the leading need, None where none is kept.

    `uses` says how often each promotion code is used by others. Raises NoRate, PromotionRefused, and InvalidInput for
    plans and codes where there is no price that they could change.
    """
    tariff = catalog.tariff_of(service, provider)
    if tariff is None:
        for field, value in (("rate_plan", wanted.rate_plan), ("codes", wanted.codes or None)):
            if value is not None:
                raise InvalidInput(
                    field, "changes no price: this service is not sold under a tariff", str(value)
                )
        return None
    return price(priced(catalog, service, request, wanted), tariff, at, code_uses=uses)


def priced(catalog: Catalog, service: Service, request: Request, wanted: Wanted) -> PriceRequest:
    """The request as pricing asks it."""
    start = request.period.start.astimezone(catalog.venue_of(service).zone)
    party = with_unnamed(service, request.quantity, request.party)
    return PriceRequest(
        span=request.stay or request.period,
        begins_on=request.stay.check_in if request.stay else start.date(),
        adults=party.adults,
        child_ages=party.child_ages,
        quantity=request.quantity,
        rate_plan=wanted.rate_plan,
        codes=wanted.codes,
    )


def uses_of_codes(
    tx: Transaction, catalog: Catalog, wanted: Wanted, at: datetime, *, without: ClaimId | None = None
) -> Mapping[str, int]:
    """How often the promotions that the wanted codes mean are used, by the promotion's own spelling."""
    promotions = (each for tariff in catalog.tariffs.values() for each in tariff.promotions)
    meant = {each.code for each in promotions if any(each.answers_to(code) for code in wanted.codes)}
    return tx.quotes.uses_of(sorted(meant), at, without) if meant else {}


def hold_codes_still(tx: Transaction, wanted: Wanted) -> None:
    """Let nobody else use the wanted promotion codes until the transaction ends."""
    for code in sorted({code.casefold() for code in wanted.codes}):
        tx.one_at_a_time(f"promotion:{code}")


def refuse_used_up(catalog: Catalog, service: Service, provider: ResourceId, uses: Mapping[str, int]) -> None:
    """Raise PromotionRefused where a promotion of a given quote has been used by others as often as it may be."""
    tariff = catalog.tariff_of(service, provider)
    for promotion in tariff.promotions if tariff else ():
        if promotion.uses is not None and uses.get(promotion.code, 0) >= promotion.uses:
            raise PromotionRefused(promotion.code, PromotionProblem.USED_UP)
