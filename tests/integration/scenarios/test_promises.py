"""What was promised is kept, and nothing beyond it: holds, codes, moves and approvals, on every storage."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.builders import Business, a_clinic, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing import (
    PriceChanged,
    Promotion,
    PromotionRefused,
    RateCalendar,
    ServicePrice,
    Tariff,
)
from booking_core.domain.reservations.cancellation import CancellationClosed, CancellationPolicy
from booking_core.domain.reservations.hold import HoldExpired
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book import BookCommand
from booking_core.usecases.make_quote import QuoteCommand
from booking_core.usecases.place_hold import HoldCommand
from booking_core.usecases.reschedule import ChangedMeanwhile, RescheduleCommand

GUEST = Actor(kind="guest")


def practice() -> Business:
    """Anna sees patients from nine to five; a visit takes half an hour."""
    return a_clinic().with_any("staff", "anna").offering("visit", "staff", minutes=30, every=30)


def priced_practice(**terms: object) -> Business:
    rate = ServicePrice(calendar=RateCalendar.flat(Money.of("80", "EUR")))
    return practice().priced("visit", Tariff(code="VISIT", rate=rate, **terms))  # type: ignore[arg-type]


def move(clinic: OpenBusiness, visit: Reservation, when: str, **facts: object) -> Reservation:
    command = RescheduleCommand(
        tenant=clinic.tenant, reservation=visit.id, wanted=clinic.wanted("visit", when), actor=GUEST
    )
    return clinic.engine.reschedule(attrs.evolve(command, **facts))  # type: ignore[arg-type]


def test_a_hold_of_what_has_changed_since_is_not_booked(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    hold = clinic.hold("visit", "2026-03-03 10:00", "mine")
    longer = [attrs.evolve(each, after=timedelta(minutes=30)) for each in clinic.business.offerings]
    clinic.becomes(attrs.evolve(clinic.business, offerings=tuple(longer)).revised())
    with pytest.raises(HoldExpired, match="changed"):
        clinic.book("visit", "2026-03-03 10:00", session="mine", hold=hold)
    assert clinic.book("visit", "2026-03-03 10:00", session="mine").is_live


def test_a_hold_is_renewed_only_so_often(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    hold = clinic.hold("visit", "2026-03-03 10:00", "mine")
    for _ in range(20):
        engine.clock.advance(timedelta(minutes=5))
        try:
            hold = clinic.renew(hold, "mine")
        except HoldExpired:
            break
    assert engine.clock.now() - hold.placed_at == timedelta(hours=1)
    assert clinic.book("visit", "2026-03-03 10:00").is_live


def test_what_has_begun_is_not_booked_from_a_hold(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    clinic.it_is("2026-03-03 09:55")
    hold = clinic.hold("visit", "2026-03-03 10:00", "mine")
    clinic.it_is("2026-03-03 10:01")
    with pytest.raises(NotBookable, match="passed"):
        clinic.book("visit", "2026-03-03 10:00", session="mine", hold=hold)


def test_notice_counts_from_when_it_was_held(engine: TheEngine) -> None:
    clinic = engine.opens(practice().with_rule("minimum_notice", hours=2))
    clinic.it_is("2026-03-03 07:59")
    hold = clinic.hold("visit", "2026-03-03 10:00", "mine")
    clinic.it_is("2026-03-03 08:05")
    assert clinic.book("visit", "2026-03-03 10:00", session="mine", hold=hold).is_live


def test_a_hold_is_not_renewed_by_holding_again_where_it_was_closed_since(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    clinic.hold("visit", "2026-03-03 10:00", "mine")
    clinic.close("anna", "2026-03-03")
    with pytest.raises(NotBookable, match="closed"):
        clinic.hold("visit", "2026-03-03 10:00", "mine")


def test_a_hold_of_another_service_is_an_obstacle_to_oneself_too_and_is_shown_as_one(
    engine: TheEngine,
) -> None:
    clinic = engine.opens(practice().offering("massage", "staff", minutes=30, every=30))
    clinic.hold("visit", "2026-03-03 10:00", "mine")
    assert "10:00" not in clinic.times("massage", "2026-03-03", session="mine")
    assert "10:00" in clinic.times("visit", "2026-03-03", session="mine")
    assert [each.code for each in clinic.explain("massage", "2026-03-03 10:00", session="mine")] == [
        "lane_taken"
    ]
    with pytest.raises(SlotTaken):
        clinic.book("massage", "2026-03-03 10:00", session="mine")


def test_a_code_that_may_be_used_once_is_used_once_also_with_a_quote(engine: TheEngine) -> None:
    once = Promotion(code="FREE", discount=Percentage.of(100), uses=1)
    clinic = engine.opens(priced_practice(promotions=(once,)))
    wanted = attrs.evolve(clinic.wanted("visit", "2026-03-03 10:00"), codes=("FREE",))
    first = engine.make_quote(QuoteCommand(tenant=clinic.tenant, wanted=wanted))
    later = attrs.evolve(clinic.wanted("visit", "2026-03-03 11:00"), codes=("FREE",))
    second = engine.make_quote(QuoteCommand(tenant=clinic.tenant, wanted=later))
    command = BookCommand(tenant=clinic.tenant, wanted=wanted, customer=Customer(name="Ada"), quote=first.id)
    assert engine.book(command).quote == first.quote
    with pytest.raises(PromotionRefused):
        engine.book(attrs.evolve(command, wanted=later, quote=second.id))


def test_a_guest_does_not_move_out_of_a_cancellation_that_costs(engine: TheEngine) -> None:
    clinic = engine.opens(priced_practice(policy=CancellationPolicy.flexible("day-before")))
    visit = clinic.book("visit", "2026-03-03 10:00")
    clinic.it_is("2026-03-02 10:00")
    visit = move(clinic, visit, "2026-03-03 11:00")
    clinic.it_is("2026-03-02 11:01")
    with pytest.raises(CancellationClosed):
        move(clinic, visit, "2026-03-30 10:00")
    assert move(clinic, visit, "2026-03-30 10:00", actor=Actor(kind="staff")).is_live


def test_nights_that_fall_away_are_charged_so_a_guest_may_move_a_stay(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1).under(cancellation=(("free_cancellation_hours", 24),)))
    stay = camp.book("cabin", "2026-03-03/2026-03-05")
    wanted = camp.wanted("cabin", "2026-03-04/2026-03-06")
    moved = engine.reschedule(
        RescheduleCommand(tenant=camp.tenant, reservation=stay.id, wanted=wanted, actor=GUEST)
    )
    assert moved.stay != stay.stay


def test_a_move_is_refused_where_somebody_else_changed_the_reservation(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    visit = clinic.book("visit", "2026-03-03 10:00")
    move(clinic, visit, "2026-03-03 11:00", version=visit.version)
    with pytest.raises(ChangedMeanwhile):
        move(clinic, visit, "2026-03-03 12:00", version=visit.version)


def test_a_move_to_another_price_than_was_shown_is_refused(engine: TheEngine) -> None:
    clinic = engine.opens(priced_practice())
    visit = clinic.book("visit", "2026-03-03 10:00")
    with pytest.raises(PriceChanged):
        move(clinic, visit, "2026-03-03 11:00", displayed=Money.of("79", "EUR"))
    assert move(clinic, visit, "2026-03-03 11:00", displayed=Money.of("80", "EUR")).is_live


def test_a_role_that_is_gone_is_filled_anew_by_a_move(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    visit = clinic.book("visit", "2026-03-03 10:00")
    renamed = attrs.evolve(
        clinic.business,
        cast=tuple(("doctor", who) for _, who in clinic.business.cast),
        offerings=tuple(attrs.evolve(each, roles=("doctor",)) for each in clinic.business.offerings),
    )
    clinic.becomes(renamed.revised())
    assert [role for role, _ in clinic.move(visit, "2026-03-03 11:00").assigned] == ["doctor"]


@pytest.mark.parametrize("act", ["confirm", "cancel", "move"])
def test_what_waited_too_long_for_approval_can_only_expire(engine: TheEngine, act: str) -> None:
    clinic = engine.opens(practice().under(needs_approval=True))
    waiting = clinic.book("visit", "2026-03-02 10:00")
    assert waiting.expires_at == waiting.period.start
    clinic.it_is("2026-03-02 10:00")
    with pytest.raises(InvalidTransition, match="expired"):
        {
            "confirm": lambda: clinic.confirm(waiting),
            "cancel": lambda: clinic.cancel(waiting),
            "move": lambda: clinic.move(waiting, "2026-03-03 11:00"),
        }[act]()
    clinic.time_passes()
    assert clinic.show(waiting.code).status is Status.EXPIRED


def test_guests_waive_no_rules(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    wanted = clinic.wanted("visit", "2026-03-03 20:00", waived=["opening_hours"])
    ask = BookCommand(tenant=clinic.tenant, wanted=wanted, customer=Customer(name="Eve"), actor=GUEST)
    with pytest.raises(InvalidInput, match="waived"):
        engine.book(ask)
    with pytest.raises(InvalidInput, match="waived"):
        engine.place_hold(HoldCommand(tenant=clinic.tenant, session="eve", wanted=wanted, actor=GUEST))
    assert engine.book(attrs.evolve(ask, actor=Actor(kind="staff"))).is_live


def test_a_blank_mail_address_does_not_hide_who_books(engine: TheEngine) -> None:
    clinic = engine.opens(practice().with_rule("customer_limit", live=1))
    ask = BookCommand(
        tenant=clinic.tenant,
        wanted=clinic.wanted("visit", "2026-03-03 10:00"),
        customer=Customer(name="Bob", email=" "),
    )
    engine.book(ask)
    with pytest.raises(NotBookable, match="upcoming"):
        engine.book(attrs.evolve(ask, wanted=clinic.wanted("visit", "2026-03-03 11:00")))


def test_the_same_moment_in_another_offset_is_the_same_request(engine: TheEngine) -> None:
    clinic = engine.opens(practice())
    wanted = clinic.wanted("visit", "2026-03-03 10:00")
    assert wanted.start is not None
    command = BookCommand(
        tenant=clinic.tenant, wanted=wanted, customer=Customer(name="Bob"), idempotency_key="once"
    )
    local = attrs.evolve(wanted, start=wanted.start.astimezone(clinic.business.venue.zone))
    assert engine.book(command) == engine.book(attrs.evolve(command, wanted=local))


@pytest.mark.parametrize("text", ["nul\0", "half \ud800 of a character"])
def test_what_cannot_be_stored_everywhere_is_refused_everywhere(engine: TheEngine, text: str) -> None:
    clinic = engine.opens(practice())
    wanted = clinic.wanted("visit", "2026-03-03 10:00")
    ask = BookCommand(tenant=clinic.tenant, wanted=wanted, customer=Customer(name="Bob"))
    with pytest.raises(InvalidInput, match="session"):
        engine.book(attrs.evolve(ask, session=text))
    with pytest.raises(InvalidInput, match="idempotency_key"):
        engine.book(attrs.evolve(ask, idempotency_key=text))
    with pytest.raises(InvalidInput, match="session"):
        engine.place_hold(HoldCommand(tenant=clinic.tenant, session=text, wanted=wanted))
    with pytest.raises(InvalidInput, match=r"customer\.email"):
        Customer(name="Bob", email=text)
