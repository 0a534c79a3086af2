"""The state machine, arrow by arrow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import named_id
from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, ClosureId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.codes import confirmation_code
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import (
    LIVE,
    TRANSITIONS,
    Claim,
    Reservation,
    Status,
    Step,
)
from booking_core.domain.reservations.soundness import history_is_path

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERIOD = Period(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))
LATER = Period(PERIOD.start + timedelta(days=1), PERIOD.end + timedelta(days=1))
ANNA = ResourceId(named_id("resource", "anna"))
LANE = (Allocation(ANNA, 1, PERIOD),)
POLICY = Policy(
    key="p", trade=Trade.APPOINTMENT, completes_unattended=True, no_show_after=timedelta(minutes=15)
)
DUE = PERIOD.start + timedelta(minutes=15)
Decision = Callable[[Reservation], Change[Reservation, Reservation]]

ARROWS: dict[Status, Decision] = {
    Status.CONFIRMED: lambda r: r.confirm_late(LANE, DUE) if r.status is Status.EXPIRED else r.confirm(DUE),
    Status.DECLINED: lambda r: r.decline(DUE, "full"),
    Status.CANCELLED: lambda r: r.cancel(DUE, "ill"),
    Status.EXPIRED: lambda r: attrs.evolve(r, expires_at=DUE).expire(DUE),
    Status.CHECKED_IN: lambda r: (
        r.correct_no_show(LANE, DUE) if r.status is Status.NO_SHOW else r.check_in(DUE)
    ),
    Status.COMPLETED: lambda r: r.complete(DUE),
    Status.NO_SHOW: lambda r: r.no_show(DUE),
}


def placed(policy: Policy = POLICY, hold: Hold | None = None) -> Change[Reservation, Hold | None]:
    return Reservation.place(
        id=ClaimId(named_id("claim", "1")),
        code="X-1",
        service=ServiceId(named_id("service", "visit")),
        period=PERIOD,
        stay=None,
        quantity=1,
        party=Party(),
        customer=Customer(name="Bob"),
        assigned=(("staff", ANNA),),
        claims=(Claim(ANNA, PERIOD, 1),),
        allocations=LANE,
        policy=policy,
        at=NOW,
        hold=hold,
    )


def in_state(status: Status, **facts: Any) -> Reservation:
    return attrs.evolve(placed().state, status=status, history=(Step(status, NOW),), **facts)


def test_a_reservation_is_confirmed_at_once_or_waits_for_approval() -> None:
    at_once = placed()
    assert at_once.state.status is Status.CONFIRMED
    assert at_once.state.expires_at is None
    assert [each.name for each in at_once.events] == ["ReservationPlaced", "ReservationConfirmed"]
    waiting = placed(attrs.evolve(POLICY, needs_approval=True, pending_ttl=timedelta(hours=3)))
    assert waiting.state.status is Status.PENDING
    assert waiting.state.expires_at == NOW + timedelta(hours=3)
    assert [each.name for each in waiting.events] == ["ReservationPlaced"]
    confirmed = waiting.state.confirm(NOW).state
    assert (confirmed.status, confirmed.expires_at, confirmed.version) == (Status.CONFIRMED, None, 2)


def test_a_reservation_made_of_a_hold_begins_its_history_with_it() -> None:
    earlier = NOW - timedelta(minutes=5)
    hold = Hold.place(
        id=ClaimId(named_id("claim", "1")),
        session="mine",
        service=ServiceId(named_id("service", "visit")),
        period=PERIOD,
        stay=None,
        quantity=1,
        assigned=(("staff", ANNA),),
        allocations=LANE,
        at=earlier,
        ttl=timedelta(minutes=10),
    ).state
    change = placed(hold=hold)
    assert change.before == hold
    assert change.state.history == (Step(Status.HELD, earlier), Step(Status.CONFIRMED, NOW))
    assert history_is_path(change.state.history)


@pytest.mark.parametrize(("status", "wanted"), list(product(Status, ARROWS)))
def test_the_table_of_arrows_is_all_there_is(status: Status, wanted: Status) -> None:
    reservation = in_state(status)
    if wanted not in TRANSITIONS[status]:
        with pytest.raises(InvalidTransition) as refused:
            ARROWS[wanted](reservation)
        assert refused.value.details["code"] == "X-1"
        return
    change = ARROWS[wanted](reservation)
    assert change.state.status is wanted
    assert change.state.version == reservation.version + 1 == change.events[0].version
    assert change.state.history[-1].status is wanted
    assert bool(change.state.allocations) == (wanted in LIVE) == change.state.is_live


def test_who_was_called_a_no_show_is_not_checked_in_without_places() -> None:
    with pytest.raises(InvalidTransition, match="no-show"):
        in_state(Status.NO_SHOW, allocations=()).check_in(DUE)


def test_a_guest_who_is_here_is_sent_to_the_front_desk() -> None:
    with pytest.raises(InvalidTransition, match="Please contact front desk for early departure") as refused:
        in_state(Status.CHECKED_IN).cancel(NOW)
    assert refused.value.details == {
        "code": "X-1",
        "status": Status.CHECKED_IN,
        "wanted": Status.CANCELLED,
    }


def test_nothing_expires_before_its_time_or_without_one() -> None:
    waiting = in_state(Status.PENDING, expires_at=DUE)
    assert waiting.expire(DUE).state.status is Status.EXPIRED
    for too_early in (waiting, in_state(Status.PENDING)):
        with pytest.raises(InvalidTransition):
            too_early.expire(DUE - timedelta(seconds=1))


def test_a_guest_is_no_no_show_before_the_policys_time_or_without_one() -> None:
    for policy, at in ((POLICY, DUE - timedelta(seconds=1)), (attrs.evolve(POLICY, no_show_after=None), DUE)):
        with pytest.raises(InvalidTransition, match="too early"):
            in_state(Status.CONFIRMED, policy=policy).no_show(at)


def test_nobody_completes_without_check_in_unless_the_policy_says_so() -> None:
    strict = attrs.evolve(POLICY, completes_unattended=False)
    with pytest.raises(InvalidTransition, match="not checked in"):
        in_state(Status.CONFIRMED, policy=strict).complete(DUE)
    assert in_state(Status.CHECKED_IN, policy=strict).complete(DUE).state.status is Status.COMPLETED


def test_a_no_show_who_comes_after_all_is_checked_in_while_the_stay_lasts() -> None:
    corrected = in_state(Status.NO_SHOW, allocations=()).correct_no_show(LANE, DUE)
    assert corrected.state.status is Status.CHECKED_IN
    assert corrected.state.allocations == LANE
    assert corrected.state.history[-1].note == "no-show corrected"
    for reservation, at in ((in_state(Status.NO_SHOW), PERIOD.end), (in_state(Status.CONFIRMED), DUE)):
        with pytest.raises(InvalidTransition, match="only a no-show can be corrected"):
            reservation.correct_no_show(LANE, at)


@pytest.mark.parametrize("status", list(Status))
def test_what_is_pending_or_confirmed_can_be_moved_and_nothing_else(status: Status) -> None:
    facts: dict[str, Any] = {
        "period": LATER,
        "stay": None,
        "quantity": 2,
        "party": Party(2),
        "assigned": (("staff", ANNA),),
        "claims": (Claim(ANNA, LATER, 2),),
        "allocations": (Allocation(ANNA, 1, LATER),),
    }
    reservation = in_state(status)
    if status not in {Status.PENDING, Status.CONFIRMED}:
        with pytest.raises(InvalidTransition) as refused:
            reservation.move(at=NOW, **facts)
        assert refused.value.details == {"code": "X-1", "status": status}
        return
    change = reservation.move(at=NOW, **facts)
    expected = attrs.evolve(reservation, history=(*reservation.history, Step(status, NOW, "moved")), **facts)
    assert change.state == expected
    assert change.before == reservation
    assert change.events[0].data["from_start"] == PERIOD.start.isoformat()


@pytest.mark.parametrize(
    ("history", "is_path"),
    [
        ((), False),
        (("confirmed",), True),
        (("held", "pending", "confirmed", "checked_in", "completed"), True),
        (("confirmed", "no_show", "checked_in", "completed"), True),
        (("cancelled",), False),
        (("checked_in",), False),
        (("confirmed", "confirmed"), False),
        (("confirmed", "confirmed:moved", "cancelled"), True),
        (("pending", "confirmed:moved"), True),
        (("cancelled:moved",), False),
        (("confirmed", "cancelled", "cancelled:moved"), False),
        (("confirmed", "checked_in", "cancelled"), False),
    ],
)
def test_a_history_is_a_path_along_the_arrows(history: tuple[str, ...], is_path: bool) -> None:
    parts = [each.partition(":") for each in history]
    assert history_is_path(tuple(Step(Status(name), NOW, note) for name, _, note in parts)) == is_path


def test_a_confirmation_number_is_short_readable_and_of_its_own_claim() -> None:
    codes = {confirmation_code("GH-NYC", ClaimId(named_id("claim", str(n)))) for n in range(1_000)}
    assert len(codes) == 1_000
    assert all(len(each) == len("GH-NYC-") + 8 and not set(each[7:]) & set("ILOU") for each in codes)


def test_a_closure_of_no_places_is_refused_and_one_can_be_ended() -> None:
    facts: dict[str, Any] = {
        "id": ClosureId(named_id("closure", "1")),
        "resource": ANNA,
        "period": PERIOD,
        "reason": "repairs",
        "allocations": LANE,
        "at": NOW,
    }
    with pytest.raises(InvalidInput) as refused:
        Closure.close(**facts, quantity=0)
    assert refused.value.field == "quantity"
    closed = Closure.close(**facts)
    assert [each.name for each in closed.events] == ["ResourceClosed"]
    reopened = closed.state.reopen(NOW)
    assert (reopened.state, reopened.before) == (None, closed.state)
    assert [(each.name, each.version) for each in reopened.events] == [("ResourceReopened", 2)]
