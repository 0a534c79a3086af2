"""Series, for staff: a dry run, booking, looking at them, moving them and calling them off."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response
from litestar.params import JSONBody, PathParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout
from booking_adapters.http.document import LOCATION, REPLAYED, WITH_BODY, also
from booking_adapters.http.operations import staff_change, staff_create, staff_read
from booking_adapters.http.reservation_routes import answer_made
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
from booking_core.domain.kernel.ids import SeriesId, TenantId, parse_uuid
from booking_core.usecases.book_series import SeriesOfQuery, SeriesQuery

SeriesIdText = Annotated[str, PathParameter(description="Id of the series.", schema_extra={"format": "uuid"})]


@staff_change("/series/explain", "explainSeries", "What booking a series would give", *WITH_BODY)
def explain_series(*, asked: Asked, data: JSONBody[SeriesBody]) -> LinesView:
    """A line for each date; nothing is written."""
    command = data.command(asked.catalog, asked.tenant, asked.actor)
    return LinesView(lines=tuple(map(line_view, asked.engine.series.explain(command))))


@staff_create(
    "/series",
    "bookSeries",
    "Book a series",
    *WITH_BODY,
    responses={HTTPStatus.OK: also(SeriesView, "This idempotency key had made it before; nothing was done.")},
    response_description="A new series.",
    response_headers=[LOCATION, REPLAYED],
)
def book_series(
    *, asked: Asked, data: JSONBody[SeriesBody], idempotency_key: p.IdempotencyKey = ""
) -> Response[SeriesView]:
    """All dates at once, or those that can be had; nothing is half booked."""
    catalog = asked.catalog
    booked = asked.engine.series.book(data.command(catalog, asked.tenant, asked.actor, idempotency_key))
    view = series_view(catalog, booked.series, tuple(map(line_view, booked.lines)))
    return answer_made(view, f"/v1/{asked.tenant_key}/staff/series/{view.id}", is_replay=booked.is_replay)


@staff_read("/series/{series_id:str}", "showSeries", "A series")
def show_series(*, asked: Asked, series_id: SeriesIdText) -> SeriesView:
    """Its dates with their reservations as they are now."""
    series, reservations = asked.engine.series.show(_query(asked.tenant, series_id))
    return series_view(asked.catalog, series, stored_lines(series, reservations))


@staff_read("/reservations/{reference:str}/series", "showSeriesOfReservation", "The series of a reservation")
def show_series_of(*, about: AskedAbout) -> SeriesView:
    """By confirmation number or id; NOT_FOUND where it belongs to none."""
    series, reservations = about.engine.series.find(SeriesOfQuery(tenant=about.tenant, reservation=about.id))
    return series_view(about.catalog, series, stored_lines(series, reservations))


@staff_change("/series/{series_id:str}/cancel", "cancelSeries", "Call off some of a series", *WITH_BODY)
def cancel_series(*, asked: Asked, series_id: SeriesIdText, data: JSONBody[CancelSeriesBody]) -> SeriesView:
    """One date, it and those that follow, or all, in one go; a line for each that was meant."""
    series, _ = asked.engine.series.show(_query(asked.tenant, series_id))
    dates = asked.engine.series.cancel(data.command(asked.tenant, series.id, asked.actor))
    return series_view(asked.catalog, series, changed_lines(series, dates))


@staff_change("/series/{series_id:str}/move", "moveSeries", "Move some of a series", *WITH_BODY)
def move_series(*, asked: Asked, series_id: SeriesIdText, data: JSONBody[MoveSeriesBody]) -> SeriesView:
    """Other times or resources, in one go; a date that was moved alone stays where it is."""
    series, _ = asked.engine.series.show(_query(asked.tenant, series_id))
    dates = asked.engine.series.move(data.command(asked.tenant, series.id, asked.actor))
    return series_view(asked.catalog, series, changed_lines(series, dates))


def _query(tenant: TenantId, series_id: str) -> SeriesQuery:
    return SeriesQuery(tenant=tenant, series=SeriesId(parse_uuid(series_id, "series_id")))


OF_STAFF = (explain_series, book_series, show_series, show_series_of, move_series, cancel_series)
