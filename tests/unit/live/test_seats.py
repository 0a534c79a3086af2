"""Seats of those who watch: so many of a process, and not all of them of one business."""

from contextlib import ExitStack
from uuid import UUID

from booking_adapters.http.live_seats import Seats
from booking_core.domain.kernel.ids import TenantId

HOTEL, SALON = TenantId(UUID(int=1)), TenantId(UUID(int=2))


def test_one_business_leaves_seats_for_others_and_the_process_has_an_end() -> None:
    seats = Seats(most=3, most_of_a_tenant=2)
    with ExitStack() as stack:
        given = [stack.enter_context(seats.taken(each)) for each in (HOTEL, HOTEL, HOTEL, SALON, SALON)]
        assert given == [True, True, False, True, False]


def test_a_seat_that_was_left_is_free_and_one_that_was_refused_was_none() -> None:
    seats = Seats(most=1)
    with seats.taken(HOTEL) as first:
        assert first
        with seats.taken(HOTEL) as second:
            assert not second
        with seats.taken(SALON) as third:
            assert not third
    with seats.taken(SALON) as last:
        assert last
