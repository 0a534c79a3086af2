"""The contract of Reservations: one version after the other, the difference of the lanes, and the listings."""

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import DAY, NOW, TEN_MINUTES, WHOLE_DAY, Scene, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import Conflict, LaneTaken, NotFound, StaleVersion
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.storage import Page


class ReservationsContract(StorageContract):
    """Saving: insert, compare-and-set, lanes."""

    def test_every_field_survives(self, scene: Scene) -> None:
        customer = Customer(name="Zoë O'Neill", email="zoe@example.org", phone="+49 30 1234")
        stay = Stay.of_nights(DAY.date(), 3)
        party = Party(2, (4, 11))
        facts = {"lanes": (2, 4), "customer": customer, "stay": stay, "party": party, "service": "pool"}
        booked = scene.reserve("pool", hours(15, 83), needs_approval=True, **facts)
        assert scene.found(booked.id) == booked
        with scene.reading() as tx:
            assert tx.reservations.find(booked.code) == booked

    def test_what_does_not_exist_is_not_found(self, scene: Scene) -> None:
        with pytest.raises(NotFound):
            scene.found(ClaimId(scene.ids.new()))
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.reservations.find("SCENE-00000000")

    def test_the_whole_history_survives(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        booked = scene.reserve("room", hours(10, 11), hold=held, needs_approval=True)
        confirmed = scene.update(booked.confirm(NOW))
        moved = scene.update(scene.a_move(confirmed, hours(12, 13)))
        present = scene.update(moved.check_in(hour(12)))
        gone = scene.update(present.complete(hour(13)))
        assert scene.found(booked.id) == gone
        assert [step.status for step in gone.history] == [
            Status.HELD,
            Status.PENDING,
            Status.CONFIRMED,
            Status.CONFIRMED,
            Status.CHECKED_IN,
            Status.COMPLETED,
        ]

    def test_a_reservation_is_inserted_once(self, scene: Scene) -> None:
        change = scene.a_reservation("room", hours(10, 11))
        with scene.begin() as tx:
            tx.reservations.save(change)
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.reservations.save(change)

    def test_a_change_of_an_older_version_is_stale(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        moved = scene.update(scene.a_move(booked, hours(12, 13)))
        for late in (booked.cancel(NOW), scene.a_move(booked, hours(15, 16))):
            with pytest.raises(StaleVersion):
                scene.update(late)
        assert scene.found(booked.id) == moved
        assert scene.taken("room") == [(1, hours(12, 13))]

    def test_one_of_many_who_change_the_same_version_wins(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        changes = [scene.a_move(booked, hours(first, first + 1)) for first in range(11, 17)]
        acts = [lambda each=each: scene.update(each) for each in changes]
        outcomes = all_at_once(*acts)
        won = [outcome for outcome in outcomes if isinstance(outcome, Reservation)]
        lost = [outcome for outcome in outcomes if not isinstance(outcome, Reservation)]
        assert len(won) == 1
        assert all(isinstance(each, Conflict) for each in lost), lost
        assert scene.found(booked.id) == won[0]
        assert scene.taken("room") == [(1, won[0].period)]

    def test_a_confirmation_number_is_given_once(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        change = scene.a_reservation("hall", hours(10, 11))
        same_code = attrs.evolve(change, state=attrs.evolve(change.state, code=booked.code))
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.reservations.save(same_code)
        assert scene.taken("hall") == []

    @pytest.mark.parametrize("ending", ["cancel", "decline", "expire", "complete", "no_show"])
    def test_an_ended_reservation_stays_and_its_lanes_are_free(self, scene: Scene, ending: str) -> None:
        pending = scene.reserve("pool", hours(10, 11), lanes=(1, 2), needs_approval=True)
        if ending in {"cancel", "decline", "expire"}:
            ended = scene.update(
                getattr(pending, ending)(NOW if ending == "cancel" else NOW + timedelta(days=2))
            )
        else:
            confirmed = scene.update(pending.confirm(NOW))
            arrived = confirmed if ending == "no_show" else scene.update(confirmed.check_in(hour(10)))
            ended = scene.update(getattr(arrived, ending)(hour(11)))
        assert scene.found(pending.id) == ended
        assert scene.taken("pool") == []

    def test_a_move_takes_the_new_lanes_and_frees_the_old(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        moved = scene.update(scene.a_move(booked, hours(14, 16), resource="pool", lanes=(2, 3)))
        assert scene.found(booked.id) == moved
        assert scene.taken("room") == []
        assert scene.taken("pool") == [(2, hours(14, 16)), (3, hours(14, 16))]

    @pytest.mark.parametrize(("start", "end"), [(10.5, 11.5), (9.5, 10.5), (10, 12), (10, 10.5), (10, 11)])
    def test_a_move_never_conflicts_with_itself(self, scene: Scene, start: float, end: float) -> None:
        booked = scene.reserve("room", hours(10, 11))
        scene.update(scene.a_move(booked, hours(start, end)))
        assert scene.taken("room") == [(1, hours(start, end))]

    def test_a_move_onto_a_taken_lane_changes_nothing(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        scene.reserve("room", hours(12, 13))
        with pytest.raises(LaneTaken):
            scene.update(scene.a_move(booked, hours(11.5, 12.5)))
        assert scene.found(booked.id) == booked
        assert scene.taken("room") == [(1, hours(10, 11)), (1, hours(12, 13))]

    def test_a_no_show_that_is_corrected_takes_its_lanes_again(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 12))
        missing = scene.update(booked.no_show(hour(11)))
        lanes = scene.lanes("room", hours(10, 12), [1])
        scene.update(missing.correct_no_show(lanes, hour(11.5)))
        assert scene.taken("room") == [(1, hours(10, 12))]


class TakeOverContract(StorageContract):
    """A reservation made of a hold takes over its row and its lanes."""

    def test_the_hold_becomes_the_reservation(self, scene: Scene) -> None:
        held = scene.hold("pool", hours(10, 11), lanes=(1, 3))
        booked = scene.reserve("pool", hours(10, 11), lanes=(1, 3), hold=held)
        assert (scene.held(held.id), scene.found(held.id)) == (None, booked)
        assert scene.taken("pool") == [(1, hours(10, 11)), (3, hours(10, 11))]
        with scene.reading() as tx:
            assert list(tx.holds.of_session("session")) == []

    def test_its_lanes_do_not_lapse_any_more(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        scene.reserve("room", hours(10, 11), hold=held)
        reading = scene.read("room", at=NOW + timedelta(days=30))
        assert reading.lapsed == ()
        assert scene.taken("room", at=NOW + timedelta(days=30)) == [(1, hours(10, 11))]

    def test_a_pending_one_lapses_when_its_own_time_is_over(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        pending = scene.reserve("room", hours(10, 11), hold=held, needs_approval=True)
        assert scene.read("room", at=held.expires_at).lapsed == ()
        assert pending.expires_at is not None
        assert scene.read("room", at=pending.expires_at).lapsed == (pending.id,)

    def test_a_hold_that_was_renewed_meanwhile_is_stale(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        renewal = held.renew("session", NOW, TEN_MINUTES)
        with scene.begin() as tx:
            tx.holds.save(renewal)
        with pytest.raises(StaleVersion):
            scene.reserve("room", hours(10, 11), hold=held)
        assert scene.held(held.id) == renewal.state

    def test_a_hold_that_is_gone_is_stale(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        with scene.begin() as tx:
            tx.holds.save(held.release(NOW))
        scene.reserve("room", hours(10, 11))
        with pytest.raises(StaleVersion):
            scene.reserve("room", hours(10, 11), hold=held)

    def test_a_hold_is_booked_or_released_but_never_both(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))

        def release() -> None:
            with scene.begin() as tx:
                tx.holds.save(held.release(NOW))

        outcomes = all_at_once(lambda: scene.reserve("room", hours(10, 11), hold=held), release)
        lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert len(lost) == 1
        assert isinstance(lost[0], Conflict)
        assert len(scene.taken("room")) == (1 if isinstance(outcomes[0], Reservation) else 0)


class ListingsContract(StorageContract):
    """live_of, due, overlapping."""

    def test_live_reservations_of_a_customer_are_counted(self, scene: Scene) -> None:
        bob, eve = Customer(name="Bob", email="bob@example.org"), Customer(name="Eve")
        scene.reserve("room", hours(8, 9), customer=bob)
        scene.reserve("room", hours(10, 11), customer=bob, needs_approval=True)
        scene.update(scene.reserve("room", hours(12, 13), customer=bob).cancel(NOW))
        scene.reserve("pool", hours(10, 11), customer=bob, service="pool")
        scene.reserve("room", hours(14, 15), customer=eve)

        def live(key: str, after: float) -> int:
            with scene.reading() as tx:
                return tx.reservations.live_of(key, scene.service("room").id, hour(after))

        assert [live(bob.key, after) for after in (6, 8.5, 9, 11)] == [2, 2, 1, 0]
        assert (live(eve.key, 6), live("nobody", 6)) == (1, 0)

    def test_pending_reservations_count_for_a_customer_until_they_expire(self, scene: Scene) -> None:
        pending = scene.reserve("room", hours(10, 11, day=2), needs_approval=True)
        expiry = pending.expires_at
        assert expiry is not None
        for at, expected in ((expiry - timedelta(seconds=1), 1), (expiry, 0)):
            with scene.reading() as tx:
                assert tx.reservations.live_of("bob", pending.service, at) == expected

    def test_pending_reservations_are_due_when_they_expire(self, scene: Scene) -> None:
        pending = scene.reserve("room", hours(10, 11), needs_approval=True)
        scene.reserve("room", hours(12, 13))
        expiry = pending.expires_at
        assert expiry is not None
        assert due(scene, Status.EXPIRED, expiry - timedelta(seconds=1)) == []
        assert due(scene, Status.EXPIRED, expiry) == [pending]
        scene.update(pending.confirm(NOW))
        assert due(scene, Status.EXPIRED, expiry) == []

    def test_confirmed_reservations_are_due_when_their_guest_is_missing(self, scene: Scene) -> None:
        absent = scene.reserve("room", hours(10, 11))
        present = scene.reserve("pool", hours(10, 11))
        patient = scene.a_reservation("hall", hours(10, 11))
        never = attrs.evolve(patient.state, policy=attrs.evolve(patient.state.policy, no_show_after=None))
        with scene.begin() as tx:
            tx.reservations.save(attrs.evolve(patient, state=never))
        scene.update(present.check_in(hour(10)))
        assert due(scene, Status.NO_SHOW, hour(10.5) - timedelta(seconds=1)) == []
        assert due(scene, Status.NO_SHOW, hour(10.5)) == [absent]

    def test_reservations_are_due_for_completion_when_they_are_over(self, scene: Scene) -> None:
        def under(key: str, period: Period, **terms: Any) -> Reservation:
            change = scene.a_reservation(key, period)
            kept = attrs.evolve(change.state, policy=attrs.evolve(change.state.policy, **terms))
            with scene.begin() as tx:
                tx.reservations.save(attrs.evolve(change, state=kept))
            return kept

        unattended = under("room", hours(10, 11), no_show_after=None, completes_unattended=True)
        nobody_said = under("room", hours(12, 13), no_show_after=None)
        here = scene.update(scene.reserve("hall", hours(12, 13)).check_in(hour(12)))
        scene.reserve("pool", hours(12, 13))
        scene.update(under("room", hours(8, 9), no_show_after=None).cancel(NOW))
        assert due(scene, Status.COMPLETED, hour(11) - timedelta(seconds=1)) == []
        assert due(scene, Status.COMPLETED, hour(11)) == [unattended]
        assert due(scene, Status.COMPLETED, hour(13, day=1) - timedelta(seconds=1)) == [unattended]
        late = sorted((nobody_said, here), key=lambda each: each.id)
        assert due(scene, Status.COMPLETED, hour(13, day=1)) == [unattended, *late]
        assert due(scene, Status.COMPLETED, hour(13, day=1), limit=1) == [unattended]

    def test_no_more_are_due_than_asked_for(self, scene: Scene) -> None:
        for first in (10, 12, 14):
            scene.reserve("room", hours(first, first + 1))
        assert len(due(scene, Status.NO_SHOW, hour(20), limit=2)) == 2

    @pytest.mark.parametrize(
        ("first", "last", "is_met"), [(9, 10, False), (9, 11, True), (10.2, 10.4, True), (12, 13, False)]
    )
    def test_reservations_that_overlap_a_window_are_listed(
        self, scene: Scene, first: float, last: float, *, is_met: bool
    ) -> None:
        booked = scene.reserve("room", hours(10, 12))
        assert listed(scene, "room", hours(first, last)) == ([booked] if is_met else [])

    def test_live_and_ended_ones_are_listed_by_start_and_id(self, scene: Scene) -> None:
        late = scene.reserve("room", hours(14, 15))
        early = scene.update(scene.reserve("pool", hours(8, 9)).cancel(NOW))
        first, second = sorted(
            (scene.reserve(key, hours(10, 11)) for key in ("pool", "room")), key=lambda r: r.id
        )
        scene.hold("hall", hours(10, 11))
        assert listed(scene, None) == [early, first, second, late]
        assert listed(scene, "room") == [each for each in (first, second, late) if is_in(scene, each, "room")]

    def test_a_cancelled_reservation_is_still_listed_under_its_resource(self, scene: Scene) -> None:
        cancelled = scene.update(scene.reserve("room", hours(10, 11)).cancel(NOW))
        assert listed(scene, "room") == [cancelled]

    def test_a_moved_reservation_is_listed_where_it_went(self, scene: Scene) -> None:
        moved = scene.update(
            scene.a_move(scene.reserve("room", hours(10, 11)), hours(14, 15), resource="hall")
        )
        assert listed(scene, "room") == []
        assert listed(scene, "hall", hours(14, 15)) == [moved]
        assert listed(scene, None, hours(10, 11)) == []

    def test_pages_follow_one_another_without_gap_or_repeat(self, scene: Scene) -> None:
        for first in (8, 10, 12):
            for lane in (1, 2, 3):
                scene.reserve("pool", hours(first, first + 1), lanes=(lane,))
        everything = listed(scene, "pool")
        pages: list[Reservation] = []
        after = None
        for _ in range(5):
            with scene.reading() as tx:
                page = tx.reservations.overlapping(
                    scene.resource("pool").id, WHOLE_DAY, Page(limit=2, after=after)
                )
            pages += page
            after = pages[-1].id
        assert len(everything) == 9
        assert pages == everything


def due(scene: Scene, end: Status, at: datetime, limit: int = 10) -> list[Reservation]:
    """What is due by an instant."""
    with scene.reading() as tx:
        return list(tx.reservations.due(end, at, limit))


def listed(scene: Scene, resource: str | None, window: Period = WHOLE_DAY) -> list[Reservation]:
    """The reservations of a resource, or of all, in a window."""
    key = None if resource is None else scene.resource(resource).id
    with scene.reading() as tx:
        return list(tx.reservations.overlapping(key, window, Page()))


def is_in(scene: Scene, reservation: Reservation, resource: str) -> bool:
    """Whether the resource serves the reservation."""
    return scene.resource(resource).id in {who for _, who in reservation.assigned}
