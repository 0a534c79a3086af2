"""Series, for staff: a dry run, booking, looking at them, calling them off."""

from typing import Annotated

from litestar.params import JSONBody, PathParameter

from booking_adapters.http.asking import Asked
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_change, staff_create, staff_read
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
from booking_core.domain.kernel.ids import SeriesId, parse_uuid
from booking_core.usecases.book_series import SeriesQuery
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.move_series import MoveSeriesCommand

SeriesIdText = Annotated[str, PathParameter(description="Id of the series.", schema_extra={"format": "uuid"})]


@staff_change("/series/explain", "explainSeries", "What booking a series would give", *WITH_BODY)
def explain_series(*, asked: Asked, data: JSONBody[SeriesBody]) -> LinesView:
    """A line for each date; nothing is written."""
    command = data.command(asked.catalog, asked.tenant, asked.actor)
    return LinesView(lines=tuple(map(line_view, asked.engine.series.explain(command))))


@staff_create("/series", "bookSeries", "Book a series", *WITH_BODY)
def book_series(*, asked: Asked, data: JSONBody[SeriesBody]) -> SeriesView:
    """All dates at once, or those that can be had; nothing is half booked."""
    catalog = asked.catalog
    booked = asked.engine.series.book(data.command(catalog, asked.tenant, asked.actor))
    return series_view(catalog, booked.series, tuple(map(line_view, booked.lines)))


@staff_read("/series/{series_id:str}", "showSeries", "A series")
def show_series(*, asked: Asked, series_id: SeriesIdText) -> SeriesView:
    """Its dates with their reservations as they are now."""
    query = SeriesQuery(tenant=asked.tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, reservations = asked.engine.series.show(query)
    return series_view(asked.catalog, series, stored_lines(series, reservations))


@staff_change("/series/{series_id:str}/cancel", "cancelSeries", "Call off some of a series", *WITH_BODY)
def cancel_series(*, asked: Asked, series_id: SeriesIdText, data: JSONBody[CancelSeriesBody]) -> SeriesView:
    """One date, it and those that follow, or all; a line for each that was meant."""
    query = SeriesQuery(tenant=asked.tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, _ = asked.engine.series.show(query)
    dates = asked.engine.series.cancel(
        CancelSeriesCommand(
            tenant=asked.tenant,
            series=series.id,
            number=data.number,
            scope=data.scope,
            reason=checked_reason(data.reason),
            actor=asked.actor,
        )
    )
    return series_view(asked.catalog, series, changed_lines(series, dates))


@staff_change("/series/{series_id:str}/move", "moveSeries", "Move some of a series", *WITH_BODY)
def move_series(*, asked: Asked, series_id: SeriesIdText, data: JSONBody[MoveSeriesBody]) -> SeriesView:
    """Other times or resources; a date that was moved alone stays where it is."""
    query = SeriesQuery(tenant=asked.tenant, series=SeriesId(parse_uuid(series_id, "series_id")))
    series, _ = asked.engine.series.show(query)
    dates = asked.engine.series.move(
        MoveSeriesCommand(
            tenant=asked.tenant,
            series=series.id,
            number=data.number,
            scope=data.scope,
            wanted=data.wanted(),
            actor=asked.actor,
        )
    )
    return series_view(asked.catalog, series, changed_lines(series, dates))


OF_STAFF = (explain_series, book_series, show_series, move_series, cancel_series)
