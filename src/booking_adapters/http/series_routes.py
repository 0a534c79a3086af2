"""Series, for staff: a dry run, booking, looking at them, calling them off."""

from http import HTTPStatus
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import checked_reason
from booking_adapters.http.series_views import (
    CancelSeriesBody,
    LinesView,
    MoveSeriesBody,
    SeriesBody,
    SeriesView,
    changed_lines,
    line_view,
    series_view,
    stored_lines,
)
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import SeriesId, parse_uuid
from booking_core.usecases.book_series import SeriesQuery
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.move_series import MoveSeriesCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
SeriesIdText = Annotated[str, PathParameter(description="Id of the series.", schema_extra={"format": "uuid"})]


@post(
    "/series/explain",
    operation_id="explainSeries",
    summary="What booking a series would give",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def explain_series(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[SeriesBody]
) -> LinesView:
    """A line for each date; nothing is written."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    command = data.command(engine.show_catalog(tenant), tenant, actor)
    return LinesView(lines=tuple(map(line_view, engine.series.explain(command))))


@post(
    "/series",
    operation_id="bookSeries",
    summary="Book a series",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def book_series(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[SeriesBody]
) -> SeriesView:
    """All dates at once, or those that can be had; nothing is half booked."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    booked = engine.series.book(data.command(catalog, tenant, actor))
    return series_view(catalog, booked.series, tuple(map(line_view, booked.lines)))


@get(
    "/series/{series_id:str}",
    operation_id="showSeries",
    summary="A series",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def show_series(*, engine: TheEngine, tenant_key: p.TenantKey, series_id: SeriesIdText) -> SeriesView:
    """Its dates with their reservations as they are now."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    query = SeriesQuery(tenant=tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, reservations = engine.series.show(query)
    return series_view(engine.show_catalog(tenant), series, stored_lines(series, reservations))


@post(
    "/series/{series_id:str}/cancel",
    operation_id="cancelSeries",
    summary="Call off some of a series",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def cancel_series(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    series_id: SeriesIdText,
    data: JSONBody[CancelSeriesBody],
) -> SeriesView:
    """One date, it and those that follow, or all; a line for each that was meant."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    query = SeriesQuery(tenant=tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, _ = engine.series.show(query)
    dates = engine.series.cancel(
        CancelSeriesCommand(
            tenant=tenant,
            series=series.id,
            number=data.number,
            scope=data.scope,
            reason=checked_reason(data.reason),
            actor=actor,
        )
    )
    return series_view(engine.show_catalog(tenant), series, changed_lines(series, dates))


@post(
    "/series/{series_id:str}/move",
    operation_id="moveSeries",
    summary="Move some of a series",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def move_series(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    series_id: SeriesIdText,
    data: JSONBody[MoveSeriesBody],
) -> SeriesView:
    """Other times or resources; a date that was moved alone stays where it is."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    query = SeriesQuery(tenant=tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, _ = engine.series.show(query)
    dates = engine.series.move(
        MoveSeriesCommand(
            tenant=tenant,
            series=series.id,
            number=data.number,
            scope=data.scope,
            wanted=data.wanted(),
            actor=actor,
        )
    )
    return series_view(engine.show_catalog(tenant), series, changed_lines(series, dates))


OF_STAFF = (explain_series, book_series, show_series, move_series, cancel_series)
