"""The contract of Calendars: who has which lane when, and whose time has run out."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from booking_adapters.testing.contracts.scene import NOW, TEN_MINUTES, WHOLE_DAY, Scene, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract, span
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.period import Period

LATER = NOW + TEN_MINUTES
"""The very moment at which a hold of the scene runs out."""


class CalendarsContract(StorageContract):
    """Reading calendars and loads."""

    def test_every_resource_asked_for_has_a_calendar(self, scene: Scene) -> None:
        calendars = scene.read("room", "pool").calendars
        facts = {
            resource: (each.resource, each.lanes, list(each.busy)) for resource, each in calendars.items()
        }
        room, pool = scene.resource("room").id, scene.resource("pool").id
        assert facts == {room: (room, 1, []), pool: (pool, 4, [])}

    def test_only_what_was_asked_for_is_read(self, scene: Scene) -> None:
        scene.reserve("hall", hours(10, 11))
        assert list(scene.read("room").calendars) == [scene.resource("room").id]
        assert scene.taken("room") == []

    def test_holds_reservations_and_closures_take_lanes(self, scene: Scene) -> None:
        scene.reserve("pool", hours(10, 12), lanes=(1, 3))
        scene.hold("pool", hours(11, 13), lanes=(2,))
        scene.close("pool", hours(9, 10), lanes=(4,), quantity=1)
        expected = [(1, hours(10, 12)), (2, hours(11, 13)), (3, hours(10, 12)), (4, hours(9, 10))]
        assert scene.taken("pool") == expected

    def test_what_is_busy_comes_in_order_of_its_start(self, scene: Scene) -> None:
        for first, lane in ((14, 1), (9, 3), (11, 2), (9.5, 1)):
            scene.reserve("pool", hours(first, first + 1), lanes=(lane,))
        starts = [start for start, _, _ in scene.calendar("pool").busy]
        assert starts == sorted(starts)
        assert len(starts) == 4

    @pytest.mark.parametrize(
        ("first", "last", "is_met"),
        [
            (9, 10, False),
            (9, 10.01, True),
            (10.5, 11, True),
            (11.99, 13, True),
            (12, 13, False),
            (8, 14, True),
        ],
    )
    def test_a_window_meets_what_it_overlaps_and_not_what_it_touches(
        self, scene: Scene, first: float, last: float, *, is_met: bool
    ) -> None:
        scene.reserve("room", hours(10, 12))
        assert scene.taken("room", window=hours(first, last)) == ([(1, hours(10, 12))] if is_met else [])

    def test_a_booking_much_longer_than_the_window_is_met_in_its_middle(self, scene: Scene) -> None:
        long = Period.between(hour(0, day=-200), hour(0, day=200))
        scene.reserve("room", long)
        assert scene.taken("room", window=hours(10, 11)) == [(1, long)]

    def test_claims_in_without_are_left_out(self, scene: Scene) -> None:
        booked = scene.reserve("pool", hours(10, 11), lanes=(1,))
        held = scene.hold("pool", hours(10, 11), lanes=(2,))
        scene.reserve("pool", hours(10, 11), lanes=(3,))
        reading = scene.read("pool", without=[booked.id, held.id])
        assert [lane for _, _, lane in reading.calendars[scene.resource("pool").id].busy] == [3]

    def test_a_hold_blocks_until_the_very_moment_of_its_expiry(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        assert scene.taken("room", at=LATER - timedelta(seconds=1)) == [(1, hours(10, 11))]
        assert scene.read("room", at=LATER - timedelta(seconds=1)).lapsed == ()
        assert scene.taken("room", at=LATER) == []
        assert scene.read("room", at=LATER).lapsed == (held.id,)

    def test_a_pending_reservation_lapses_like_a_hold(self, scene: Scene) -> None:
        pending = scene.reserve("room", hours(10, 11), needs_approval=True)
        assert pending.expires_at is not None
        assert scene.read("room", at=pending.expires_at - timedelta(seconds=1)).lapsed == ()
        assert scene.read("room", at=pending.expires_at).lapsed == (pending.id,)
        scene.update(pending.confirm(NOW))
        assert scene.read("room", at=pending.expires_at).lapsed == ()
        assert scene.taken("room", at=pending.expires_at) == [(1, hours(10, 11))]

    def test_a_renewed_hold_lapses_later(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        with scene.begin() as tx:
            tx.holds.save(held.renew("session", NOW + timedelta(minutes=5), TEN_MINUTES))
        assert scene.taken("room", at=LATER) == [(1, hours(10, 11))]
        assert scene.taken("room", at=LATER + timedelta(minutes=5)) == []

    def test_each_lapsed_claim_is_named_once_and_only_where_it_was_met(self, scene: Scene) -> None:
        wide = scene.hold("pool", hours(10, 11), lanes=(1, 2, 3))
        scene.hold("pool", hours(15, 16))
        scene.hold("room", hours(10, 11))
        assert scene.read("pool", window=hours(9, 12), at=LATER).lapsed == (wide.id,)
        assert scene.read("pool", window=hours(9, 12), at=LATER, without=[wide.id]).lapsed == ()

    def test_closures_never_lapse(self, scene: Scene) -> None:
        scene.close("room", hours(10, 11))
        assert scene.taken("room", at=hour(0, day=300)) == [(1, hours(10, 11))]

    def test_closures_of_the_whole_resource_are_named_apart(self, scene: Scene) -> None:
        scene.close("pool", hours(14, 15), lanes=())
        scene.close("pool", hours(9, 10), lanes=(1, 2, 3, 4))
        scene.close("pool", hours(11, 12), lanes=(1,), quantity=1)
        scene.close("room", hours(16, 17))
        scene.close("pool", hours(20, 21), lanes=())
        assert list(scene.calendar("pool", window=hours(8, 20)).closed) == [span(9, 10), span(14, 15)]

    def test_a_booking_inside_a_closure_keeps_its_lane(self, scene: Scene) -> None:
        scene.reserve("room", hours(10, 11))
        scene.close("room", hours(9, 12), lanes=())
        calendar = scene.calendar("room")
        assert [(start, end) for start, end, _ in calendar.busy] == [span(10, 11)]
        assert list(calendar.closed) == [span(9, 12)]

    def test_loads_are_the_seconds_inside_the_window(self, scene: Scene) -> None:
        scene.reserve("pool", hours(8, 10), lanes=(1, 2))
        scene.hold("pool", hours(11, 13), lanes=(1,))
        scene.reserve("room", hours(12, 13))
        assert loads(scene, hours(9, 12)) == {"room": 0, "hall": 0, "pool": 2 * 3600 + 3600}
        assert loads(scene, WHOLE_DAY) == {"room": 3600, "hall": 0, "pool": 4 * 3600 + 2 * 3600}

    def test_loads_count_no_closures_and_nothing_that_ended(self, scene: Scene) -> None:
        scene.close("room", hours(8, 9))
        scene.update(scene.reserve("room", hours(10, 11)).cancel(NOW))
        assert loads(scene, WHOLE_DAY)["room"] == 0

    def test_loads_count_from_when_a_claim_was_made(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11), at=NOW)
        scene.reserve("room", hours(10, 11), hold=held, at=NOW + timedelta(minutes=5))
        scene.reserve("room", hours(13, 14), at=NOW + timedelta(minutes=5))
        assert loads(scene, WHOLE_DAY, since=NOW)["room"] == 2 * 3600
        assert loads(scene, WHOLE_DAY, since=NOW + timedelta(seconds=1))["room"] == 3600
        assert loads(scene, WHOLE_DAY, since=NOW + timedelta(minutes=6))["room"] == 0

    def test_loads_leave_out_what_has_lapsed_and_what_is_being_moved(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11), at=NOW)
        booked = scene.reserve("room", hours(13, 15))
        assert loads(scene, WHOLE_DAY)["room"] == 3 * 3600
        assert loads(scene, WHOLE_DAY, at=held.expires_at)["room"] == 2 * 3600
        assert loads(scene, WHOLE_DAY, without=[booked.id])["room"] == 3600
        assert loads(scene, WHOLE_DAY, without=[booked.id, held.id])["room"] == 0

    def test_a_move_does_not_make_a_claim_younger(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11), at=NOW - timedelta(days=1))
        scene.update(scene.a_move(booked, hours(12, 13)))
        assert loads(scene, WHOLE_DAY, since=NOW)["room"] == 0


def loads(
    scene: Scene,
    window: Period,
    since: datetime = NOW,
    at: datetime = NOW,
    without: Collection[ClaimId] = (),
) -> dict[str, int]:
    """Loads by the resources' keys; a resource that the storage does not mention has none."""
    keys = {scene.resource(key).id: key for key in ("room", "hall", "pool")}
    with scene.reading() as tx:
        found = tx.calendars.loads(list(keys), window, since, at, without)
    return {key: found.get(ResourceId(resource), 0) for resource, key in keys.items()}
