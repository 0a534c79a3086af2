"""The contract of SeriesBook: which reservations were booked together."""

from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.scene import DAY, NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId
from booking_core.domain.reservations.recurrence import Frequency, NthWeekday, Recurrence
from booking_core.domain.reservations.series import Missing, Occurrence, Series

TAKEN = Missing("lane_taken", "“Ünal” is taken at this time")
RULE = Recurrence(frequency=Frequency.MONTHLY, interval=2, nth_weekdays=(NthWeekday(-1, 4),), count=2)


def a_series(scene: Scene, *members: ClaimId | None) -> Change[Series, None]:
    """The decision to book these together, one a day; None for a date that could not be had."""
    return Series.book(
        id=SeriesId(scene.ids.new()),
        service=scene.service().id,
        recurrence=RULE,
        occurrences=[
            Occurrence(
                number=number,
                date=DAY.date() + timedelta(days=number),
                reservation=each,
                is_shifted=each is not None and number > 1,
                missing=(TAKEN,) if each is None else (),
            )
            for number, each in enumerate(members, start=1)
        ],
        at=NOW,
    )


class SeriesBookContract(StorageContract):
    """Adding, finding, and one series for a reservation."""

    def test_every_field_survives(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        change = a_series(scene, booked, None)
        with scene.begin() as tx:
            tx.series.add(change)
        with scene.reading() as tx:
            assert tx.series.get(change.state.id) == change.state
            assert tx.series.of_reservation(booked) == change.state

    def test_what_is_in_no_series_is_not_found(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        with scene.reading() as tx:
            assert tx.series.of_reservation(booked) is None
            with pytest.raises(NotFound):
                tx.series.get(SeriesId(scene.ids.new()))

    def test_a_reservation_belongs_to_one_series(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        first, second = a_series(scene, booked), a_series(scene, None, booked)
        with scene.begin() as tx:
            tx.series.add(first)
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.series.add(second)
        with scene.reading() as tx:
            assert tx.series.of_reservation(booked) == first.state
            with pytest.raises(NotFound):
                tx.series.get(second.state.id)

    def test_a_reservation_that_is_not_stored_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.series.add(a_series(scene, ClaimId(scene.ids.new())))

    def test_what_is_rolled_back_is_gone(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        change = a_series(scene, booked)
        thrown = RuntimeError("in the middle")
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.series.add(change)
            raise thrown
        with scene.reading() as tx:
            assert tx.series.of_reservation(booked) is None
