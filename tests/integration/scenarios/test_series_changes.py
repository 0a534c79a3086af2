"""A series is moved and called off as a whole: one commit, a line for each date, each at its own price."""

from datetime import UTC, datetime

import attrs
import pytest

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.testing.builders import a_clinic, cabins, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Operation
from booking_core.domain.reservations.cancellation import CancellationClosed
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book_series import BookedSeries, SeriesNotBookable
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.changing_series import Scope
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.pay import PayCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesMode
from booking_core.usecases.reschedule import RescheduleCommand
from tests.integration.crashes.dying import NEVER, Arrows, Died, DyingUnitOfWork
from tests.integration.scenarios.series import book, calling_off, codes, moves, moving, nights, stands

A_NIGHT = Money(12_000, "CHF")
HALF_BACK = (("free_cancellation_hours", 96), ("partial_refund_hours", 24), ("partial_refund_percent", 50))


@pytest.fixture
def clinic(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_clinic().with_staff("anna"))


@pytest.fixture
def camp(engine: TheEngine) -> OpenBusiness:
    """Two nights cost 240 francs; 96 hours before they are free to cancel, then half of them goes back."""
    priced = cabins(1).priced("cabin", nightly("cabins", A_NIGHT))
    return engine.opens(priced.under(cancellation=HALF_BACK))


def test_this_and_the_following_dates_move_and_one_that_was_moved_alone_stays(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=5")
    assert moves(clinic, series, 4, Scope.ONE, "2026-03-25 15:00")[3] == "03-25 15:00"
    assert moves(clinic, series, 3, Scope.FOLLOWING, "2026-03-18 11:00") == [
        "03-03 10:00",
        "03-10 10:00",
        "03-18 11:00",
        "03-25 15:00",
        "04-01 11:00",
    ]
    assert moves(clinic, series, 1, Scope.ALL, "2026-03-03 09:30")[:2] == ["03-03 09:30", "03-10 09:30"]


def test_a_daily_series_moves_by_a_day_into_its_own_places(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=DAILY;COUNT=3")
    assert moves(clinic, series, 1, Scope.ALL, "2026-03-04 10:00") == [
        "03-04 10:00",
        "03-05 10:00",
        "03-06 10:00",
    ]
    assert moves(clinic, series, 2, Scope.ALL, "2026-03-04 10:00") == [
        "03-03 10:00",
        "03-04 10:00",
        "03-05 10:00",
    ]


def test_none_moves_where_one_cannot(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    clinic.book("visit", "2026-03-17 11:00")
    with pytest.raises(SeriesNotBookable) as refused:
        moves(clinic, series, 1, Scope.ALL, "2026-03-03 11:00")
    assert [each["number"] for each in refused.value.details["missing"]] == [3]
    assert stands(clinic, series) == ["03-03 10:00", "03-10 10:00", "03-17 10:00"]


def test_what_cannot_move_stays_and_says_why_where_dates_are_skipped(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=4")
    clinic.book("visit", "2026-03-10 11:00")
    clinic.cancel(_reservation(series, 4))
    lines = moving(clinic, series, 1, Scope.ALL, "2026-03-03 11:00", SeriesMode.SKIP)
    assert codes(lines) == [[], ["lane_taken"], [], ["not_movable"]]
    assert stands(clinic, series)[:3] == ["03-03 11:00", "03-10 10:00", "03-17 11:00"]


def test_what_cannot_move_shifts_to_the_next_slot_before_the_following_date(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    clinic.book("visit", "2026-03-10 11:00")
    lines = moving(clinic, series, 1, Scope.ALL, "2026-03-03 11:00", SeriesMode.SHIFT)
    assert [each.is_shifted for each in lines] == [False, True, False]
    assert stands(clinic, series) == ["03-03 11:00", "03-10 11:45", "03-17 11:00"]


def test_nights_shift_by_days_but_not_past_the_next_date(camp: OpenBusiness) -> None:
    series = book(camp, "FREQ=WEEKLY;COUNT=3", "cabin", "2026-03-03/2026-03-04")
    camp.book("cabin", "2026-03-04/2026-03-06")
    camp.book("cabin", "2026-03-11/2026-03-17")
    lines = moving(camp, series, 1, Scope.ALL, "2026-03-04/2026-03-05", SeriesMode.SHIFT)
    assert nights(lines) == ["03-06", "03-17", "03-18"]
    assert [each.is_shifted for each in lines] == [True, True, False]


def test_nights_stay_where_no_later_day_is_free(camp: OpenBusiness) -> None:
    series = book(camp, "FREQ=DAILY;INTERVAL=2;COUNT=3", "cabin", "2026-03-03/2026-03-04")
    camp.book("cabin", "2026-03-06/2026-03-07")
    camp.book("cabin", "2026-03-08/2026-03-16")
    lines = moving(camp, series, 1, Scope.ALL, "2026-03-04/2026-03-05", SeriesMode.SHIFT)
    assert nights(lines) == ["03-04", "03-05", "03-07"]
    assert codes(lines) == [[], ["lane_taken"], ["lane_taken"]]


def test_a_series_of_which_nothing_can_move_is_refused_also_where_dates_are_skipped(
    clinic: OpenBusiness,
) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=2")
    for day in ("2026-03-03", "2026-03-10"):
        clinic.book("visit", f"{day} 11:00")
    with pytest.raises(SeriesNotBookable, match="2 of 2"):
        moving(clinic, series, 1, Scope.ALL, "2026-03-03 11:00", SeriesMode.SKIP)


def test_a_date_that_was_moved_alone_has_a_line_that_says_so(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    moving(clinic, series, 2, Scope.ONE, "2026-03-11 15:00")
    lines = moving(clinic, series, 1, Scope.ALL, "2026-03-03 09:30")
    assert codes(lines) == [[], ["out_of_step"], []]


def test_what_has_ended_or_is_not_there_cannot_be_the_date_that_is_moved(clinic: OpenBusiness) -> None:
    clinic.book("visit", "2026-03-10 10:00")
    series = book(clinic, "FREQ=WEEKLY;COUNT=3", mode=SeriesMode.SKIP)
    clinic.cancel(_reservation(series, 3))
    for number in (2, 3):
        with pytest.raises(InvalidTransition):
            moving(clinic, series, number, Scope.ONE, "2026-03-18 10:00")
    with pytest.raises(InvalidInput):
        moving(clinic, series, 4, Scope.ONE, "2026-03-18 10:00")


def test_each_date_keeps_the_member_of_staff_that_it_had(engine: TheEngine) -> None:
    salon = engine.opens(a_clinic().with_staff("anna", "ben"))
    salon.book("visit", "2026-03-10 10:00", by=["anna"])
    series = book(salon, "FREQ=WEEKLY;COUNT=2")
    was = [salon.who(_reservation(series, number)) for number in (1, 2)]
    lines = moving(salon, series, 1, Scope.ALL, "2026-03-03 11:00")
    assert [salon.who(each.reservation) for each in lines] == was


def test_a_series_is_called_off_in_one_go_and_what_is_over_stays(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    clinic.it_is("2026-03-03 12:00")
    lines = calling_off(clinic, series)
    assert codes(lines) == [["invalid_transition"], [], []]
    assert [each.reservation.status for each in lines] == [
        Status.CONFIRMED,
        Status.CANCELLED,
        Status.CANCELLED,
    ]


def test_each_date_that_is_called_off_has_a_penalty_and_a_refund_of_its_own(camp: OpenBusiness) -> None:
    series = book(camp, "FREQ=WEEKLY;COUNT=3", "cabin", "2026-03-03/2026-03-05")
    till = camp.engine.till
    for number in (1, 2):
        till.pay(
            PayCommand(tenant=camp.tenant, reservation=_reservation(series, number).id, method="pm_card_visa")
        )
    camp.it_is("2026-03-01 12:00")  # within 96 hours of the first date, and not of the others
    calling_off(camp, series)
    with camp.engine.store.reading(camp.tenant) as tx:
        refunds = [
            [
                each.amount
                for each in tx.intents.of_claim(_reservation(series, number).id)
                if each.operation is Operation.REFUND
            ]
            for number in (1, 2, 3)
        ]
        kept = [tx.folios.get(_reservation(series, number).id).charges for number in (1, 2, 3)]
    assert refunds == [[A_NIGHT], [A_NIGHT.times(2)], []]
    assert kept == [A_NIGHT, Money.zero("CHF"), Money.zero("CHF")]
    till.works(camp.tenant)
    with camp.engine.store.reading(camp.tenant) as tx:
        paid = [
            each.paid for number in (1, 2) for each in tx.payments.of_claim(_reservation(series, number).id)
        ]
    assert paid == [A_NIGHT, Money.zero("CHF")]


def test_staff_let_a_guest_off_all_penalties_and_guests_do_not(camp: OpenBusiness) -> None:
    series = book(camp, "FREQ=WEEKLY;COUNT=2", "cabin", "2026-03-03/2026-03-05")
    camp.it_is("2026-03-01 12:00")
    with pytest.raises(InvalidInput, match="waives_penalty"):
        calling_off(camp, series, waives=True, by="guest")
    calling_off(camp, series, waives=True)
    with camp.engine.store.reading(camp.tenant) as tx:
        assert not any(tx.folios.get(_reservation(series, number).id).charges for number in (1, 2))


def test_a_guest_who_is_too_late_for_one_date_calls_none_off(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1).under(cancellation=(*HALF_BACK, ("no_refund_hours", 24))))
    series = book(camp, "FREQ=WEEKLY;COUNT=2", "cabin", "2026-03-03/2026-03-05")
    camp.it_is("2026-03-03 09:00")
    with pytest.raises(CancellationClosed):
        calling_off(camp, series, by="guest")
    assert all(camp.show(_reservation(series, number).id).is_live for number in (1, 2))


def test_a_series_moves_at_the_price_of_each_date_and_what_was_paid_too_much_goes_back(
    camp: OpenBusiness,
) -> None:
    series = book(camp, "FREQ=WEEKLY;COUNT=2", "cabin", "2026-03-03/2026-03-05")
    camp.engine.till.pay(
        PayCommand(tenant=camp.tenant, reservation=_reservation(series, 2).id, method="pm_card_visa")
    )
    moving(camp, series, 1, Scope.ALL, "2026-03-03/2026-03-04")
    with camp.engine.store.reading(camp.tenant) as tx:
        charges = [tx.folios.get(_reservation(series, number).id).charges for number in (1, 2)]
        intents = tx.intents.of_claim(_reservation(series, 2).id)
    half = Money(6_000, "CHF")
    assert charges == [A_NIGHT + half, A_NIGHT], "half of what is given up so late is kept"
    assert [each.amount for each in intents if each.operation is Operation.REFUND] == [A_NIGHT]


def test_what_is_to_be_paid_ahead_is_paid_date_by_date_where_staff_let_the_guest(engine: TheEngine) -> None:
    priced = cabins(1).priced("cabin", nightly("cabins", A_NIGHT)).under(payment=(("ask", "all"),))
    camp = engine.opens(priced)
    command = SeriesCommand(
        tenant=camp.tenant,
        wanted=camp.wanted("cabin", "2026-03-03/2026-03-05"),
        recurrence=recurrence_of("FREQ=WEEKLY;COUNT=2", datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
        pay_later=True,
        actor=Actor("staff"),
    )
    series = engine.book_series(command)
    assert [each.reservation and each.reservation.status for each in series.lines] == [Status.CONFIRMED] * 2
    paid = _reservation(series, 1)
    engine.till.pay(PayCommand(tenant=camp.tenant, reservation=paid.id, method="pm_card_visa"))
    lines = moving(camp, series, 1, Scope.ALL, "2026-03-03/2026-03-06")
    assert codes(lines) == [[], []], "a date that is dearer now waits for no money"
    with engine.store.reading(camp.tenant) as tx:
        owed = [tx.folios.get(each.reservation.id).charges for each in lines]
        had = [each.paid for each in tx.payments.of_claim(paid.id)]
    assert (owed, had) == ([A_NIGHT.times(3)] * 2, [A_NIGHT.times(2)])
    engine.till.pay(PayCommand(tenant=camp.tenant, reservation=paid.id, method="pm_card_visa"))
    calling_off(camp, series)
    engine.till.works(camp.tenant)
    with engine.store.reading(camp.tenant) as tx:
        assert not any(each.paid for each in tx.payments.of_claim(paid.id))


def test_each_date_of_a_series_waits_for_an_approval_of_its_own(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").under(needs_approval=True))
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    clinic.confirm(_reservation(series, 1))
    clinic.decline(_reservation(series, 2), "on leave")
    lines = moving(clinic, series, 1, Scope.ALL, "2026-03-03 11:00")
    assert codes(lines) == [[], ["not_movable"], []]
    assert [each.reservation.status for each in lines] == [
        Status.CONFIRMED,
        Status.DECLINED,
        Status.PENDING,
    ]


def test_a_date_whose_money_is_being_asked_for_does_not_move(camp: OpenBusiness) -> None:
    series = book(camp, "FREQ=WEEKLY;COUNT=2", "cabin", "2026-03-03/2026-03-05")
    asks = PayCommand(
        tenant=camp.tenant, reservation=_reservation(series, 2).id, method="pm_card_authenticationRequired"
    )
    camp.engine.till.pay(asks)
    with pytest.raises(PaymentUnderWay):
        moving(camp, series, 1, Scope.ALL, "2026-03-04/2026-03-06")
    assert camp.show(_reservation(series, 1).id) == _reservation(series, 1)
    lines = moving(camp, series, 1, Scope.ALL, "2026-03-04/2026-03-06", SeriesMode.SKIP)
    assert codes(lines) == [[], ["payment_under_way"]]


def dying(business: OpenBusiness, arrows: Arrows) -> OpenBusiness:
    """The same business, served by a process that dies before or after a commit."""
    store = DyingUnitOfWork(business.engine.store, arrows)
    return OpenBusiness(TheEngine(store, business.engine.clock, business.engine.ids), business.business)


@pytest.mark.parametrize("dies_at", [0, 1], ids=["before the commit", "after it"])
def test_a_process_that_dies_has_booked_moved_and_called_off_all_dates_or_none(
    clinic: OpenBusiness, dies_at: int
) -> None:
    with pytest.raises(Died):
        book(dying(clinic, Arrows(dies_at)), "FREQ=WEEKLY;COUNT=3", when="2026-03-03 15:00")
    free = [not clinic.explain("visit", f"2026-03-{day:02} 15:00") for day in (3, 10, 17)]
    assert free == [dies_at == 0] * 3

    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    with pytest.raises(Died):
        moving(dying(clinic, Arrows(dies_at)), series, 1, Scope.ALL, "2026-03-03 11:00")
    hour = "10" if dies_at == 0 else "11"
    assert [each[-5:] for each in stands(clinic, series)] == [f"{hour}:00"] * 3

    with pytest.raises(Died):
        calling_off(dying(clinic, Arrows(dies_at)), series)
    live = [clinic.show(_reservation(series, number).id).is_live for number in (1, 2, 3)]
    assert live == [dies_at == 0] * 3


def test_control_date_by_date_a_process_that_dies_leaves_half_a_series(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    arrows = Arrows(NEVER)
    half = dying(clinic, arrows)
    half.cancel(_reservation(series, 1))
    arrows.dies_at = arrows.passed
    with pytest.raises(Died):
        half.cancel(_reservation(series, 2))
    live = [clinic.show(_reservation(series, number).id).is_live for number in (1, 2, 3)]
    assert live == [False, True, True]


def _reservation(series: BookedSeries, number: int) -> Reservation:
    found = series.lines[number - 1].reservation
    assert found is not None
    return found


def test_a_date_that_became_another_service_is_out_of_step(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").offering("talk", "staff", minutes=45, every=15))
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    second = series.lines[1].reservation
    assert second is not None
    wanted = clinic.wanted("talk", "2026-03-10 10:00")
    engine.reschedule(RescheduleCommand(tenant=clinic.tenant, reservation=second.id, wanted=wanted))
    first, talk, third = moving(clinic, series, 1, Scope.ALL, "2026-03-03 11:00")
    assert [each.code for each in talk.violations] == ["out_of_step"]
    assert (first.violations, third.violations) == ((), ())


def test_a_series_of_what_is_no_longer_sold_is_not_moved(clinic: OpenBusiness) -> None:
    series = book(clinic, "FREQ=WEEKLY;COUNT=3")
    move = MoveSeriesCommand(
        tenant=clinic.tenant,
        series=series.series.id,
        number=1,
        scope=Scope.ALL,
        wanted=clinic.wanted("visit", "2026-03-03 11:00"),
    )
    clinic.becomes(attrs.evolve(clinic.business, offerings=()).revised())
    with pytest.raises(NotFound):
        clinic.engine.move_series(move)
