"""A buyer comes between the look at all dates of a series and the move of one: all dates move, or none does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book_series import BookedSeries, SeriesNotBookable
from booking_core.usecases.changing_series import Scope
from booking_core.usecases.move_series import MoveSeries, MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesPlanner
from booking_core.usecases.reading import Reader, View
from booking_core.usecases.reschedule import Reschedule

TEN, ELEVEN = "2026-03-03 10:00", "2026-03-03 11:00"


class Interrupted(Reader):
    """Once, before it looks at a place, somebody books it."""

    buys: Callable[[], object] | None = None

    def for_request(self, *asked: Any, **more: Any) -> View:
        """Let the buyer in, and read."""
        buy, Interrupted.buys = Interrupted.buys, None
        if buy is not None:
            buy()
        return super().for_request(*asked, **more)


def a_series(engine: TheEngine) -> tuple[OpenBusiness, BookedSeries]:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    command = SeriesCommand(
        tenant=clinic.tenant,
        wanted=clinic.wanted("visit", TEN),
        recurrence=recurrence_of("FREQ=WEEKLY;COUNT=3", datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
    )
    return clinic, engine.book_series(command)


@pytest.mark.parametrize("kind", ["memory", "postgres"])
def test_a_place_that_is_bought_in_between_keeps_all_dates_where_they_were(
    kind: str, request: pytest.FixtureRequest
) -> None:
    store: Storage = request.getfixturevalue(f"{kind}_store")
    engine = TheEngine(store)
    clinic, series = a_series(engine)
    rules, reader = standard_rules(), Reader(holidays=ListedHolidays({}))
    Interrupted.buys = lambda: clinic.book("visit", "2026-03-10 11:00")
    late = Interrupted(holidays=ListedHolidays({}))
    move = MoveSeries(
        begin=store,
        clock=engine.clock,
        planner=SeriesPlanner(reader=reader, rules=rules),
        reschedule=Reschedule(begin=store, clock=engine.clock, ids=engine.ids, reader=late, rules=rules),
    )
    command = MoveSeriesCommand(
        tenant=clinic.tenant,
        series=series.series.id,
        number=1,
        scope=Scope.ALL,
        wanted=clinic.wanted("visit", ELEVEN),
    )
    with pytest.raises(SeriesNotBookable) as refused:
        Persistent(move)(command)
    assert [each["number"] for each in refused.value.details["missing"]] == [2]
    for line in series.lines:
        assert line.reservation is not None
        assert clinic.show(line.reservation.id) == line.reservation
