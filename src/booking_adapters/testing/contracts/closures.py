"""The contract of Closures: closed times that take lanes, of staff or of an outside calendar."""

import pytest

from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract, span
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.ids import ClosureId


class ClosuresContract(StorageContract):
    """Writing, finding and ending them."""

    def test_every_field_survives(self, scene: Scene) -> None:
        partial = scene.close(
            "pool", hours(9, 10), lanes=(1, 3), quantity=2, source="ical:a.ics", reference="uid/1"
        )
        whole = scene.close("room", hours(9, 10))
        with scene.reading() as tx:
            assert tx.closures.get(partial.id) == partial
            assert tx.closures.get(whole.id) == whole

    def test_what_does_not_exist_is_not_found(self, scene: Scene) -> None:
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.closures.get(ClosureId(scene.ids.new()))

    def test_a_fully_booked_resource_can_be_closed_without_a_lane(self, scene: Scene) -> None:
        scene.reserve("room", hours(10, 11))
        scene.close("room", hours(10, 11), lanes=())
        assert list(scene.calendar("room").closed) == [span(10, 11)]

    def test_whole_closures_may_overlap(self, scene: Scene) -> None:
        first = scene.close("room", hours(10, 12))
        scene.close("room", hours(11, 13), lanes=())
        with scene.begin() as tx:
            tx.closures.save(first.reopen(NOW))
        assert scene.taken("room") == []
        assert list(scene.calendar("room").closed) == [span(11, 13)]

    def test_a_reopened_closure_is_gone_with_its_lanes(self, scene: Scene) -> None:
        closure = scene.close("pool", hours(10, 11), lanes=(1, 2, 3, 4))
        with scene.begin() as tx:
            tx.closures.save(closure.reopen(NOW))
        calendar = scene.calendar("pool")
        assert (list(calendar.busy), list(calendar.closed)) == ([], [])
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.closures.get(closure.id)

    def test_reopening_twice_is_a_conflict(self, scene: Scene) -> None:
        closure = scene.close("room", hours(10, 11))
        with scene.begin() as tx:
            tx.closures.save(closure.reopen(NOW))
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.closures.save(closure.reopen(NOW))

    def test_the_closures_of_a_resource_in_a_window_come_by_start(self, scene: Scene) -> None:
        late, early = scene.close("pool", hours(14, 15)), scene.close("pool", hours(8, 9), quantity=1)
        scene.close("pool", hours(18, 19))
        scene.close("room", hours(10, 11))
        with scene.reading() as tx:
            found = tx.closures.overlapping(scene.resource("pool").id, hours(8.5, 18))
        assert list(found) == [early, late]

    def test_a_busy_time_of_a_source_is_closed_once(self, scene: Scene) -> None:
        scene.close("room", hours(8, 9), lanes=(), source="ical:a", reference="a")
        with pytest.raises(Conflict):
            scene.close("room", hours(8, 9), lanes=(), source="ical:a", reference="a")
        scene.close("room", hours(9, 10), lanes=(), source="ical:a", reference="a")
        scene.close("hall", hours(8, 9), lanes=(), source="ical:a", reference="a")
        scene.close("room", hours(8, 9), lanes=(), source="ical:b", reference="a")
        for _ in range(2):
            scene.close("room", hours(8, 9), lanes=())

    def test_what_came_from_one_source_is_listed_by_reference(self, scene: Scene) -> None:
        second = scene.close("room", hours(8, 9), source="ical:a", reference="b")
        first = scene.close("room", hours(10, 11), source="ical:a", reference="a")
        elsewhere = scene.close("hall", hours(10, 11), source="ical:a", reference="c")
        scene.close("room", hours(12, 13), source="ical:b", reference="a")
        scene.close("room", hours(14, 15))
        with scene.reading() as tx:
            assert list(tx.closures.of_source("ical:a")) == [first, second, elsewhere]
            assert list(tx.closures.of_source("ical:nothing")) == []
