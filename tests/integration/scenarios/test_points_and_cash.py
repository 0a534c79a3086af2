"""What guests pay at the counter, what they were here for, and their points: on every storage."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.guests import VisitKind
from booking_core.domain.frontdesk.loyalty import AlreadyMoved, NotEnoughPoints
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.reservation import Reservation, Status
from tests.integration.scenarios.counter import Desk

STAY = 3 * 18_900


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def stayed(desk: Desk, name: str = "Ada") -> Reservation:
    """A stay that was paid in cash."""
    guest = desk.a_guest(name)
    desk.arrives(guest)
    desk.takes_cash(guest, STAY)
    return desk.leaves(guest)


def test_who_pays_in_cash_leaves_owing_nothing(desk: Desk) -> None:
    assert stayed(desk).status is Status.COMPLETED


def test_who_took_the_cash_is_on_the_folio(desk: Desk) -> None:
    guest = stayed(desk)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        folio = tx.folios.get(guest.id)
    assert [(each.kind, each.amount, each.taken_by) for each in folio.entries if each.payment is None][
        -1
    ] == (
        EntryKind.CASH,
        usd(-STAY),
        "Ana",
    )
    assert (folio.owed, folio.balance, folio.received) == (usd(0), usd(0), usd(STAY))


@pytest.mark.parametrize(("minor", "back"), [(STAY + 1, False), (0, False), (-1, False), (1, True)])
def test_nobody_takes_more_cash_than_is_to_be_paid_nor_hands_back_what_was_not_taken(
    desk: Desk, minor: int, back: bool
) -> None:
    guest = desk.a_guest()
    with pytest.raises(InvalidInput, match="amount"):
        desk.takes_cash(guest, minor, back=back)


def test_cash_that_is_too_much_goes_back_in_cash(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.charge(guest)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        group = tx.folios.get(guest.id).entries[-1].group
    assert desk.takes_cash(guest, STAY + 1_250) == usd(0)
    assert desk.take_back(guest, group) == usd(-1_250)
    with pytest.raises(InvalidInput):
        desk.takes_cash(guest, 1_251, back=True)
    assert desk.takes_cash(guest, 1_250, back=True) == usd(0)


def test_a_stay_is_in_the_history_and_earns_a_point_for_each_dollar(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.knows("Ada")
    stayed(desk)
    found = desk.knows("Ada")
    assert found.guest is not None
    assert found.account is not None
    (visit,) = found.guest.visits
    assert (visit.kind, visit.spent, visit.rooms) == (VisitKind.STAYED, usd(STAY), ("301",))
    assert found.account.balance == STAY // 100
    assert desk.knows("Ada") == found


def test_points_pay_for_the_next_stay_once(desk: Desk) -> None:
    stayed(desk)
    desk.knows("Ada")
    again = desk.a_guest("Ada", nights="2026-04-01/2026-04-02")
    with pytest.raises(NotEnoughPoints):
        desk.redeems(again, STAY // 100 + 1)
    assert desk.redeems(again, 500) == (usd(18_900 - 500), 67)
    with pytest.raises(AlreadyMoved):
        desk.redeems(again, 1)


def test_points_come_back_with_a_cancellation_that_costs_nothing(desk: Desk) -> None:
    stayed(desk)
    desk.knows("Ada")
    again = desk.a_guest("Ada", nights="2026-04-01/2026-04-02")
    assert desk.redeems(again)[1] == 0
    desk.hotel.cancel(again)
    found = desk.knows("Ada")
    assert found.account is not None
    assert found.guest is not None
    assert found.account.balance == STAY // 100
    assert [visit.kind for visit in found.guest.visits] == [VisitKind.STAYED, VisitKind.CANCELLED]
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert tx.folios.get(again.id).balance == usd(0)


@pytest.mark.parametrize("ends", ["declined", "expired", "freed"])
def test_points_come_back_with_a_request_that_comes_to_nothing(desk: Desk, ends: str) -> None:
    stayed(desk)
    desk.knows("Ada")
    asking = desk.hotel.business.under(needs_approval=True, pending_ttl=timedelta(hours=1))
    desk.hotel.becomes(asking.revised())
    request = desk.a_guest("Ada", nights="2026-04-01/2026-04-02")
    assert desk.redeems(request, 500) == (usd(18_900 - 500), 67)
    if ends == "declined":
        desk.hotel.decline(request)
    else:
        desk.it_is_at_least(desk.hotel.engine.clock.now() + timedelta(hours=1))
    if ends == "expired":
        assert desk.hotel.time_passes() == 1
    if ends == "freed":  # whoever wants the place meets it
        desk.a_guest("Bob", rooms=3, nights="2026-04-01/2026-04-02")
    found = desk.knows("Ada")
    assert found.account is not None
    assert found.account.balance == STAY // 100
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert tx.folios.get(request.id).balance == usd(0)


def test_who_comes_after_all_keeps_a_history_of_the_stay_and_earns_points(desk: Desk) -> None:
    stayed(desk)
    desk.knows("Ada")
    again = desk.a_guest("Ada", nights="2026-04-01/2026-04-04")
    desk.redeems(again, 500)
    desk.it_is_at_least(again.period.start + timedelta(hours=12))
    desk.hotel.time_passes()
    missed = desk.knows("Ada")
    assert missed.guest is not None
    assert missed.account is not None
    assert missed.guest.count(VisitKind.NO_SHOW) == 1
    assert missed.account.balance == 67, "the points pay the fee"
    desk.arrives(again, after_all=True)
    desk.takes_cash(again, STAY - 500)
    desk.leaves(again)
    came = desk.knows("Ada")
    assert came.guest is not None
    assert came.account is not None
    assert [visit.kind for visit in came.guest.standing] == [VisitKind.STAYED, VisitKind.STAYED]
    assert came.guest.nights == 6
    assert came.account.balance == 67 + (STAY - 500) // 100


def test_points_that_came_back_with_a_waived_fee_pay_when_the_guest_comes_after_all(desk: Desk) -> None:
    stayed(desk)
    desk.knows("Ada")
    again = desk.a_guest("Ada", nights="2026-04-01/2026-04-04")
    desk.redeems(again, 500)
    desk.it_is_at_least(again.period.start + timedelta(hours=12))
    desk.hotel.time_passes()
    desk.waives(again, "the airport was closed")
    back = desk.knows("Ada")
    assert back.account is not None
    assert back.account.balance == STAY // 100
    desk.arrives(again, after_all=True)
    assert desk.redeems(again, 100) == (usd(STAY - 100), STAY // 100 - 100)
    desk.takes_cash(again, STAY - 100)
    desk.leaves(again)
    came = desk.knows("Ada")
    assert came.account is not None
    assert came.account.balance == STAY // 100 - 100 + (STAY - 100) // 100


def test_who_came_after_all_before_anything_followed_was_never_a_no_show(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.it_is_at_least(guest.period.start + timedelta(hours=12))
    desk.hotel.time_passes()
    desk.arrives(guest, after_all=True)
    with pytest.raises(NotFound):
        desk.knows("Ada")
    desk.leaves(guest, owing=True)
    file = desk.knows("Ada")
    assert file.guest is not None
    assert [visit.kind for visit in file.guest.visits] == [VisitKind.STAYED]


def test_a_stay_sold_before_there_were_folios_earns_the_points_of_its_price(desk: Desk) -> None:
    sold = desk.a_guest()
    lane = tuple(attrs.evolve(each, lane=3) for each in sold.allocations)
    old = attrs.evolve(sold, id=ClaimId(desk.hotel.engine.ids.new()), code="GH-NYC-OLD", allocations=lane)
    desk.hotel.cancel(sold)
    with desk.hotel.engine.store(desk.tenant) as tx:
        tx.reservations.save(Change(old, (), None))
    desk.arrives(old)
    desk.it_is_at_least(old.period.end + timedelta(days=1))
    assert desk.hotel.time_passes() == 1
    account = desk.knows("Ada").account
    assert account is not None
    assert account.balance == STAY // 100


def test_points_stay_spent_on_what_a_cancellation_costs(desk: Desk) -> None:
    stayed(desk)
    desk.knows("Ada")
    again = desk.a_guest("Ada", nights="2026-04-01/2026-04-02")
    desk.redeems(again, 500)
    desk.it_is_at_least(again.period.start - timedelta(hours=1))
    desk.hotel.cancel(again)
    found = desk.knows("Ada")
    assert found.account is not None
    assert found.account.balance == 67
