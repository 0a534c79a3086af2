"""Prices before booking, what calling off would cost, and when what has no slots is free."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.price_views import CancellationView, FreePeriodsView, QuoteView
from booking_adapters.http.requests import QuoteBody
from booking_adapters.http.showing_prices import (
    cancellation_view,
    free_periods_view,
    guest_may_cancel,
    quote_view,
)
from booking_core.domain.kernel.events import Actor
from booking_core.usecases.cancel import CancellationQuery
from booking_core.usecases.free_periods import FreePeriodsQuery
from booking_core.usecases.make_quote import QuoteCommand
from booking_core.usecases.show import ShowQuery

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]


@post(
    "/quotes",
    operation_id="makeQuote",
    summary="Quote a price",
    response_description="A new quote.",
    responses=refusals(*WITH_BODY),
    sync_to_thread=True,
)
def make_quote(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    data: JSONBody[QuoteBody],
    session: p.Session = "",
    spoken: p.Spoken,
) -> QuoteView:
    """The price of what could be booked now. Booked with the quote's id before it expires, the price stays."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    given = engine.make_quote(QuoteCommand(tenant=tenant, wanted=data.wanted(), session=session, actor=actor))
    catalog = engine.show_catalog(tenant)
    return quote_view(catalog, catalog.service(data.service), given, spoken)


@get(
    "/reservations/{reference:str}/cancellation",
    operation_id="simulateCancellation",
    summary="What calling off would cost",
    responses=refusals(409),
    sync_to_thread=True,
)
def simulate_cancellation(
    *, engine: TheEngine, tenant_key: p.TenantKey, reference: p.Reference, at: p.At = None
) -> CancellationView:
    """What a guest would owe and get back of what is paid, calling off at an instant (now). Nothing is called off."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = engine.show(ShowQuery(tenant=tenant, reservation=p.reference_of(reference)))
    moment = p.optional_instant(at, "at") or engine.clock.now().replace(microsecond=0)
    told = engine.simulate_cancellation(
        CancellationQuery(tenant=tenant, reservation=reservation.id, at=moment)
    )
    return cancellation_view(told, moment, may_cancel=guest_may_cancel(reservation, moment))


@get(
    "/services/{service_key:str}/free-periods",
    operation_id="findFreePeriods",
    summary="Free periods",
    responses=refusals(),
    sync_to_thread=True,
)
def find_free_periods(
    *,
    engine: TheEngine,
    tenant_key: p.TenantKey,
    service_key: p.ServiceKey,
    start: p.WindowStart,
    end: p.WindowEnd,
    quantity: p.Quantity = 1,
    resource: p.Resources = None,
    session: p.Session = "",
) -> FreePeriodsView:
    """When halls, tables or cars are open and free in a window of at most 92 days; lengths are checked on booking."""
    query = FreePeriodsQuery(
        tenant=p.tenant_of(engine.tenants, tenant_key),
        service=service_key,
        window=p.window_of(start, end),
        quantity=quantity,
        resources=tuple(resource or ()),
        session=session,
    )
    found = engine.find_free_periods(query)
    return free_periods_view(found, found.catalog.service(service_key))
