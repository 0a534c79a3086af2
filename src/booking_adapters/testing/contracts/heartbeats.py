"""What every keeper of signs of life does."""

from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW
from booking_core.ports.heartbeats import REMEMBERED, Heartbeats

SECOND = timedelta(seconds=1)


class HeartbeatsContract:
    """Give it `heartbeats` of a deployment where nobody has worked yet, and as `elsewhere` those of another process."""

    @pytest.fixture
    def elsewhere(self, heartbeats: Heartbeats) -> Heartbeats:
        """The same one where there is no other process."""
        return heartbeats

    def test_nobody_is_known_before_anybody_worked(self, heartbeats: Heartbeats) -> None:
        assert heartbeats.last() == {}

    def test_the_last_sign_of_each_is_told_wherever_it_was_given(
        self, heartbeats: Heartbeats, elsewhere: Heartbeats
    ) -> None:
        heartbeats.beat("first", NOW)
        elsewhere.beat("second", NOW + SECOND)
        heartbeats.beat("first", NOW + 2 * SECOND)
        assert list(elsewhere.last().items()) == [("first", NOW + 2 * SECOND), ("second", NOW + SECOND)]

    def test_who_stopped_in_good_order_is_forgotten_at_once(self, heartbeats: Heartbeats) -> None:
        heartbeats.beat("first", NOW)
        heartbeats.beat("second", NOW)
        heartbeats.end("first")
        heartbeats.end("nobody")
        assert heartbeats.last() == {"second": NOW}

    def test_who_has_been_silent_for_a_day_is_forgotten(self, heartbeats: Heartbeats) -> None:
        heartbeats.beat("killed", NOW)
        heartbeats.beat("alive", NOW + REMEMBERED - SECOND)
        assert set(heartbeats.last()) == {"killed", "alive"}
        heartbeats.beat("alive", NOW + REMEMBERED)
        assert heartbeats.last() == {"alive": NOW + REMEMBERED}

    def test_many_give_signs_at_once(self, heartbeats: Heartbeats) -> None:
        def give(number: int) -> None:
            heartbeats.beat(f"worker {number % 3}", NOW)

        assert all_at_once(*[lambda number=number: give(number) for number in range(6)]) == [None] * 6
        assert heartbeats.last() == {f"worker {number}": NOW for number in range(3)}
