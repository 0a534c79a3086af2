"""Quote a price that holds for a while."""

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Refusal
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import QuoteId, ResourceId, TenantId
from booking_core.domain.pricing.quote import Quote
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.pricing import quote_for, uses_of_codes
from booking_core.usecases.reading import Reader
from booking_core.usecases.search_slots import own_claims
from booking_core.usecases.wanted import Wanted


class NotPriced(BookingError):
    """No price is kept for this service."""

    code = "NOT_PRICED"


@attrs.frozen(kw_only=True)
class QuoteCommand:
    """What is wanted, with its rate plan and promotion codes."""

    tenant: TenantId
    wanted: Wanted
    session: str = ""
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class GivenQuote:
    """A quote under its id, and the resource that it is for."""

    id: QuoteId
    resource: ResourceId
    quote: Quote


@attrs.frozen(kw_only=True)
class MakeQuote:
    """Prices what could be booked now, and remembers the price. It claims nothing: for that there are holds."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, command: QuoteCommand) -> GivenQuote:
        """The quote; raises NotBookable, NotPriced, NoRate, PromotionRefused, InvalidInput, NotFound."""
        at = self.clock.now()
        wanted = command.wanted.asked_by(command.actor)
        with self.begin(command.tenant, command.actor) as tx:
            catalog = tx.catalogs.load()
            service = catalog.service(wanted.service)
            request = wanted.request(catalog, service)
            own = own_claims(tx, command.session, service)
            view = self.reader.for_request(tx, catalog, service, request, at, without=own)
            answer = evaluate(request, view.snapshot, at, self.rules)
            if isinstance(answer, Refusal):
                raise answer.error()
            (_, provider), *_ = answer.assigned
            uses = uses_of_codes(tx, catalog, wanted, at)
            quote = quote_for(catalog, service, provider, request, wanted, at, uses=uses)
            if quote is None:
                raise NotPriced("no price is kept for this service", service=service.key)
            given = GivenQuote(id=QuoteId(self.ids.new()), resource=provider, quote=quote)
            tx.quotes.keep(given.id, quote)
            return given
