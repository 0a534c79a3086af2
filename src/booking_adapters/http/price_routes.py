"""Prices before booking, what calling off would cost, and when what has no slots is free."""

from litestar.params import JSONBody

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import create, read
from booking_adapters.http.price_views import CancellationView, FreePeriodsView, QuoteView
from booking_adapters.http.requests import QuoteBody
from booking_adapters.http.showing_prices import (
    cancellation_view,
    free_periods_view,
    guest_may_cancel,
    quote_view,
)
from booking_core.usecases.cancel import CancellationQuery
from booking_core.usecases.free_periods import FreePeriodsQuery
from booking_core.usecases.make_quote import QuoteCommand


@create("/quotes", "makeQuote", "Quote a price", *WITH_BODY, response_description="A new quote.")
def make_quote(
    *, asked: Asked, data: JSONBody[QuoteBody], spoken: p.Spoken, session: p.Session = ""
) -> QuoteView:
    """The price of what could be booked now. Booked with the quote's id before it expires, the price stays."""
    given = asked.engine.make_quote(
        QuoteCommand(tenant=asked.tenant, wanted=data.wanted(), session=session, actor=asked.actor)
    )
    return quote_view(asked.catalog, asked.catalog.service(data.service), given, spoken)


@read(
    "/reservations/{reference:str}/cancellation", "simulateCancellation", "What calling off would cost", 409
)
def simulate_cancellation(*, about: AskedAbout, at: p.At = None) -> CancellationView:
    """What a guest would owe and get back of what is paid, calling off at an instant (now). Nothing is called off."""
    moment = p.optional_instant(at, "at") or about.engine.clock.now().replace(microsecond=0)
    told = about.engine.simulate_cancellation(
        CancellationQuery(tenant=about.tenant, reservation=about.id, at=moment)
    )
    return cancellation_view(told, moment, may_cancel=guest_may_cancel(about.reservation, moment))


@read("/services/{service_key:str}/free-periods", "findFreePeriods", "Free periods")
def find_free_periods(
    *,
    asked: Asked,
    service_key: p.ServiceKey,
    start: p.WindowStart,
    end: p.WindowEnd,
    quantity: p.Quantity = 1,
    resource: p.Resources = None,
    session: p.Session = "",
) -> FreePeriodsView:
    """When halls, tables or cars are open and free in a window of at most 92 days; lengths are checked on booking."""
    query = FreePeriodsQuery(
        tenant=asked.tenant,
        service=service_key,
        window=p.window_of(start, end),
        quantity=quantity,
        resources=tuple(resource or ()),
        session=session,
    )
    found = asked.engine.find_free_periods(query)
    return free_periods_view(found, found.catalog.service(service_key))
